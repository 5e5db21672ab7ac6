"""Trouble in pictures: too few of them, copies, blank ones, a narrow range."""

import hashlib
from dataclasses import dataclass

import numpy as np

from zerosum.health.data.looking import FEWEST_LOOKED_AT, POOLED, choose_rows, parts, pool, share
from zerosum.health.finding import Finding, Level

LOOKED_AT = 10_000  # pictures; a share of 1 % is then known to 0.1 %
MOST_BYTES = 1 << 28  # of pictures that are looked at, however large each is,

SHARE_WARN, SHARE_ALARM = 0.01, 0.2  # of repeated, and of blank, pictures
NEARLY_REPEATED = 0.02  # share of pictures above which near-duplicates are worth a note
NEARLY = 0.05  # how far near-duplicates may differ in any cell, in standard deviations of all cells
NEARBY = 16  # how many pictures of similar brightness each one is compared with

BLANK_RANGE = 8  # of 255 levels: what compression leaves of a picture of one colour stays below
NARROW_RANGE = 16  # of 255 levels, over all pictures

FEW_PICTURES_WARN, FEW_PICTURES_ALARM = 1_000, 50


@dataclass(frozen=True)
class _Look:
    """What one pass over pictures keeps of them.

    Attributes:
        rows: Numbers of the pictures that were looked at, ascending, shape (n,).
        total: How many pictures there are.
        digests: Hash of each picture's bytes, shape (n,), uint64.
        cells: Each picture averaged to a small grid, shape (n, channels * POOLED * POOLED), float32.
        blank: Which pictures have one colour, nearly, shape (n,).
        low: Smallest byte of all.
        high: Largest byte of all.
    """

    rows: np.ndarray
    total: int
    digests: np.ndarray
    cells: np.ndarray
    blank: np.ndarray
    low: int
    high: int

    @property
    def seen(self) -> str:
        """A sentence about what was left out, to be appended to the evidence; empty when nothing was."""
        count = len(self.rows)
        return "" if count == self.total else f" Looked at {count:,} of {self.total:,} pictures."


def picture_findings(rows: np.ndarray, generator: np.random.Generator) -> list[Finding]:
    """What is wrong with pictures (n, height, width, channels), uint8."""
    look = _look_at_pictures(rows, generator)
    return [*_few_pictures(len(rows)), *_repeated_pictures(look, generator), *_blank(look), *_narrow(look)]


def _look_at_pictures(rows: np.ndarray, generator: np.random.Generator) -> _Look:
    size = max(1, rows[0].nbytes)
    chosen = choose_rows(len(rows), min(LOOKED_AT, max(FEWEST_LOOKED_AT, MOST_BYTES // size)), generator)
    digests, cells, blank, low, high = [], [], [], 255, 0
    for part in parts(chosen, size):
        pictures = np.ascontiguousarray(rows[part])
        digests += [hashlib.blake2b(picture, digest_size=8).digest() for picture in pictures]
        cells.append(pool(pictures))
        blank.append(_is_blank(pictures, cells[-1]))
        low, high = min(low, int(pictures.min())), max(high, int(pictures.max()))
    return _Look(
        rows=chosen,
        total=len(rows),
        digests=np.frombuffer(b"".join(digests), np.uint64),
        cells=np.concatenate(cells),
        blank=np.concatenate(blank),
        low=low,
        high=high,
    )


def _is_blank(pictures: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """Which pictures (n, height, width, channels) have nearly one colour, given their cells; shape (n,)."""
    by_channel = cells.reshape(len(pictures), pictures.shape[-1], -1)
    # Averages differ by less than pixels do, so only pictures with even cells need to be looked at more closely.
    blank = (np.ptp(by_channel, axis=2) < BLANK_RANGE).all(axis=1)
    # One axis after the other: numpy reduces whole lines ten times as fast as single pixels.
    high, low = pictures[blank].max(axis=1).max(axis=1), pictures[blank].min(axis=1).min(axis=1)
    blank[blank] = (high - low < BLANK_RANGE).all(axis=1)
    return blank


def _few_pictures(count: int) -> list[Finding]:
    if count >= FEW_PICTURES_WARN:
        return []
    return [
        Finding(
            failure="few",
            level="alarm" if count < FEW_PICTURES_ALARM else "warn",
            what="There are so few pictures that the discriminator can learn them by heart.",
            evidence=f"{count:,} pictures; fewer than {FEW_PICTURES_WARN:,} is a warning, fewer than "
            f"{FEW_PICTURES_ALARM} an alarm.",
            try_this=(
                "Train with --augment ada, which shows the discriminator changed pictures once it learns by heart.",
                "Give --mirror if a picture and its mirror image are equally good; it doubles the data.",
                "Start from a model that was trained on many similar pictures.",
                "Collect more pictures: a few thousand of one subject are a good start.",
            ),
        )
    ]


def _repeated_pictures(look: _Look, generator: np.random.Generator) -> list[Finding]:
    count = len(look.rows)
    _, first, inverse = np.unique(look.digests, return_index=True, return_inverse=True)
    repeated = count - len(first)
    level = _share_level(repeated, count)
    if level is not None:
        copy = int(np.flatnonzero(first[inverse] != np.arange(count))[0])
        original = int(first[inverse[copy]])
        different = "picture" if len(first) == 1 else "different pictures"
        return [
            Finding(
                failure="duplicates",
                level=level,
                what="Pictures are in the data more than once, and the generator learns to draw these more often.",
                evidence=f"{share(repeated, count, 'pictures')} repeat another one, e.g. rows "
                f"{look.rows[original]:,} and {look.rows[copy]:,}; that leaves {len(first):,} {different}. "
                f"{_share_limits()}{look.seen}",
                try_this=(
                    "Remove the copies, and keep one of each.",
                    "Check the script that collected the data: did it save one source twice?",
                ),
            )
        ]
    return _nearly_repeated(look, np.sort(first), generator)


def _nearly_repeated(look: _Look, different: np.ndarray, generator: np.random.Generator) -> list[Finding]:
    """A note on pictures that are others after small changes, such as another compression.

    Pictures are put in order of a random projection of their cells, where near-duplicates come to lie side by side, and
    each is compared with the next few. Some pairs are missed, so the share is a lower bound.
    """
    # Even textures differ in details that the cells do not show.
    by_channel = look.cells[different].reshape(len(different), -1, POOLED * POOLED)
    different = different[(np.ptp(by_channel, axis=2) >= NARROW_RANGE).any(axis=1)]
    cells = look.cells[different]
    if len(cells) < 2:
        return []
    order = np.argsort(cells @ generator.standard_normal(cells.shape[1]).astype(np.float32), kind="stable")
    cells, tolerance = cells[order], NEARLY * float(cells.std())
    partner = np.full(len(cells), -1)
    for ahead in range(1, min(NEARBY, len(cells) - 1) + 1):
        # Most pairs differ in the first few cells already, so that all of them are compared for the rest only.
        pairs = np.flatnonzero((np.abs(cells[ahead:, ::7] - cells[:-ahead, ::7]) <= tolerance).all(axis=1))
        close = (np.abs(cells[pairs + ahead] - cells[pairs]) <= tolerance).all(axis=1)
        partner[pairs[close] + ahead] = pairs[close]
    near = np.flatnonzero(partner >= 0)
    if len(near) <= NEARLY_REPEATED * len(look.rows):
        return []
    one, other = sorted(int(look.rows[different[order[place]]]) for place in (near[0], partner[near[0]]))
    return [
        Finding(
            failure="duplicates",
            level="note",
            what="Some pictures are nearly the same as others, as if they were copies that were saved again.",
            evidence=f"At least {share(len(near), len(look.rows), 'pictures')} are another one up to small changes, "
            f"e.g. rows {one:,} and {other:,}; more than {100 * NEARLY_REPEATED:.0f} % is worth a note.{look.seen}",
            try_this=("Look at these rows, and keep one of each if they are copies.",),
        )
    ]


def _blank(look: _Look) -> list[Finding]:
    count, blank = len(look.rows), np.flatnonzero(look.blank)
    level = _share_level(len(blank), count)
    if level is None:
        return []
    which = "All" if len(blank) == count else "Some"
    return [
        Finding(
            failure="blank",
            level=level,
            what=f"{which} pictures show nothing but one colour, and the generator learns to draw these too.",
            evidence=f"{share(len(blank), count, 'pictures')} span fewer than {BLANK_RANGE} of 255 levels in each "
            f"channel, e.g. row {look.rows[blank[0]]:,}. {_share_limits()}{look.seen}",
            try_this=(
                "Look at these pictures, and remove them if they are failed downloads, empty pages or missing tiles.",
                "If they are drawn in transparency alone, give another --background or --channels 4.",
            ),
        )
    ]


def _narrow(look: _Look) -> list[Finding]:
    if look.high - look.low >= NARROW_RANGE:
        return []
    return [
        Finding(
            failure="range",
            level="warn",
            what="The pictures use only a sliver of the range from black to white.",
            evidence=f"All bytes lie between {look.low} and {look.high}; a span below {NARROW_RANGE} of 255 is a "
            f"warning.{look.seen}",
            try_this=(
                "Stretch the values to 0 to 255 before saving.",
                "If they were fractions from 0 to 1, multiply by 255 before converting them to bytes.",
            ),
        )
    ]


def _share_level(part: int, whole: int) -> Level | None:
    part_of_all = part / whole
    return "alarm" if part_of_all > SHARE_ALARM else "warn" if part_of_all > SHARE_WARN else None


def _share_limits() -> str:
    return f"More than {100 * SHARE_WARN:.0f} % is a warning, more than {100 * SHARE_ALARM:.0f} % an alarm."
