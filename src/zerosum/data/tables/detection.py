"""What kind of column it is, from what its entries are like; a person can say otherwise."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from zerosum.core.errors import DataError, SettingError
from zerosum.data.tables.columns import TEXT, Column, Kind
from zerosum.data.tables.identifiers import pattern_of
from zerosum.data.tables.spelling import clock_seconds, date_form, decimals_of, is_number
from zerosum.data.tables.tally import Tally

TRUE_AND_FALSE = [{"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"}, {"on", "off"}, {"0", "1"}, {"0.0", "1.0"}]
"""Spellings, in small letters, of columns that say yes or no."""

CALLED_SO = re.compile(r"(^|[^a-z])(id|ids|uuid|guid|key|index|no|nr|number|code|ref|row)($|[^a-z])|Id$|ID$", re.ASCII)
"""Names of columns whose numbers stand for something and count nothing."""

FREE = 5.0
"""Words that entries have on average from which on they are sentences and not names."""

FEWEST = 20
"""Entries below which nothing is taken for an identifier."""

NEARLY_ALL = 0.95
"""Share of the entries that are numbers from which on the others are taken for mistakes."""

COUNTING = "each whole number comes once, and its name or its order says that it counts rows"

Answer = Column | None


@dataclass(frozen=True)
class Entries:
    """The different entries of a column that are there, as text, with what is needed to judge them."""

    name: str
    texts: tuple[str, ...]
    tally: Tally
    comma: bool

    def column(self, kind: Kind, why: str, **known: object) -> Column:
        """The column, of this kind for this reason."""
        tally = self.tally
        spelled = tally.spelled_missing.most_common(1)
        facts = {
            "name": self.name,
            "kind": kind,
            "why": why,
            "dtype": TEXT if tally.text else tally.dtype,
            "missing": tally.missing / max(1, tally.total),
            "missing_as": spelled[0][0] if spelled else "",
            "distinct": tally.distinct,
        }
        return Column(**(facts | known))  # type: ignore[arg-type]


def detect(tally: Tally, comma: bool = False, declared: Kind | None = None) -> Column:
    """What a column is, as far as its different entries say; ranges and steps are found when all are read.

    Args:
        tally: Its entries.
        comma: Whether text has a decimal comma.
        declared: What a person says it is, if anything.

    Raises:
        DataError: Numbers and other things are mixed in it.
        SettingError: It cannot be what it is declared to be.
    """
    found = Entries(tally.name, tuple(str(value) for value in tally.counts), tally, comma)
    if declared is not None:
        return as_declared(found, declared)
    for question in (_constant, _boolean, _typed, _date, _clock, _number, _identifier, _mixed, _free_text):
        column = question(found)
        if column is not None:
            return column
    return _category(found, "category", f"{tally.distinct:,} different texts")


def as_declared(found: Entries, declared: Kind) -> Column:
    """The column as a person says it is.

    Raises:
        SettingError: It cannot be that.
    """
    why = "as you say"
    if declared in ("boolean", "category", "ordinal"):
        if found.tally.more:
            raise SettingError(
                f'The column "{found.name}" has more than {found.tally.distinct:,} different entries, too many for '
                f"{declared}; declare it an identifier or a text."
            )
        return _category(found, declared, why)
    if declared == "constant":
        most = found.tally.counts.most_common(1)
        return found.column("constant", why, levels=tuple(str(value) for value, _ in most))
    if declared == "text":
        return found.column("text", why)
    if declared == "identifier":
        return found.column("identifier", why, form=pattern_of(found.texts))
    questions: dict[Kind, Sequence[Callable[[Entries], Answer]]] = {
        "integer": (_typed, _number),
        "decimal": (_typed, _number),
        "date": (_typed, _date),
        "duration": (_typed, _clock),
    }
    for question in questions[declared]:
        column = question(found)
        if column is not None and column.kind in (declared, "integer", "decimal", "identifier"):
            kind: Kind = declared if declared in ("integer", "decimal") else column.kind
            return found.column(kind, why, decimals=column.decimals, comma=column.comma, form=column.form)
    wrong = next((text for text in found.texts if not is_number(text, found.comma)), "")
    raise SettingError(f'The column "{found.name}" cannot be {declared}: it has entries such as "{wrong[:40]}".')


def _category(found: Entries, kind: Kind, why: str) -> Column:
    levels = found.tally.ordered or in_order(found.texts)
    ordered: Kind = "ordinal" if found.tally.ordered and kind == "category" else kind
    return found.column(ordered, why, levels=levels)


def in_order(texts: Sequence[str]) -> tuple[str, ...]:
    """Levels by their value where all are numbers, or else by the alphabet."""
    if decimals_of(texts, False) is not None:
        return tuple(sorted(texts, key=float))
    return tuple(sorted(texts))


def _constant(found: Entries) -> Answer:
    if found.tally.distinct == 0:
        return found.column("constant", "there is no entry in it")
    if found.tally.distinct == 1 and not found.tally.missing:
        return found.column("constant", "all entries are the same", levels=found.texts)
    return None


def _boolean(found: Entries) -> Answer:
    said = {text.lower() for text in found.texts}
    if len(found.texts) == 2 and said in TRUE_AND_FALSE:
        return _category(found, "boolean", f"it says {found.texts[0]} or {found.texts[1]}")
    return None


def _typed(found: Entries) -> Answer:
    """By the type that the table's own format has for it."""
    tally = found.tally
    if tally.text:
        return None
    example = next(iter(tally.counts))
    if isinstance(example, pd.Timestamp):
        return found.column("date", f"its type is {tally.dtype}")
    if isinstance(example, pd.Timedelta):
        return found.column("duration", f"its type is {tally.dtype}")
    values = np.array([float(value) for value in tally.counts])
    if not np.isfinite(values).all():
        raise DataError(
            f'The column "{found.name}" has infinite values, which cannot be learned. Replace them by numbers, or by '
            "nothing, which is taken for missing."
        )
    whole = bool((values == np.round(values)).all())
    if whole and _stands_for_rows(found, values):
        return found.column("identifier", COUNTING)
    return found.column("integer" if whole else "decimal", f"its type is {tally.dtype}")


def _date(found: Entries) -> Answer:
    form = date_form(found.texts)
    return None if form is None else found.column("date", f"spelled as {form}", form=form, decimals=_fraction(found))


def _fraction(found: Entries) -> int | None:
    """Digits of fractions of seconds, where all have as many."""
    match = re.search(r"\.(\d{1,6})", found.texts[0])
    return len(match[1]) if match else None


def _clock(found: Entries) -> Answer:
    if clock_seconds(found.texts) is None:
        return None
    form = "%H:%M:%S" if found.texts[0].count(":") == 2 else "%H:%M"
    return found.column("duration", f"spelled as {form}", form=form)


def _number(found: Entries) -> Answer:
    comma = found.comma and any("," in text for text in found.texts)
    decimals = decimals_of(found.texts, comma)
    if decimals is None:
        return None
    values = np.array([float(text.replace(",", ".") if comma else text) for text in found.texts])
    if not np.isfinite(values).all():
        raise DataError(f'The column "{found.name}" has numbers too large for arithmetic; make them smaller.')
    if decimals:
        return found.column("decimal", f"numbers with up to {decimals} decimals", decimals=decimals, comma=comma)
    if _stands_for_rows(found, values):
        return found.column("identifier", COUNTING)
    return found.column("integer", "whole numbers", decimals=0, comma=comma)


def _stands_for_rows(found: Entries, values: np.ndarray) -> bool:
    """Whether whole numbers that come once each are numbers of rows, by name or because none is left out."""
    once = found.tally.distinct == found.tally.known >= FEWEST or found.tally.more
    if not once:
        return False
    none_left_out = values.max() - values.min() + 1 == len(values) and not found.tally.more
    return bool(CALLED_SO.search(found.name)) or bool(none_left_out)


def _identifier(found: Entries) -> Answer:
    """Short texts without blanks that come once each."""
    tally = found.tally
    once = tally.distinct == tally.known >= FEWEST or tally.more
    short = all(len(text) <= 64 and " " not in text for text in found.texts)
    if not (once and short and tally.text):
        return None
    coded = sum(any(letter.isdigit() for letter in text) for text in found.texts) > 0.9 * len(found.texts)
    if not (coded or CALLED_SO.search(found.name) or tally.more):
        return None
    form = pattern_of(found.texts)
    return found.column("identifier", f"each comes once, in the pattern {form}", form=form)


def _mixed(found: Entries) -> Answer:
    """Refuses numbers with a few other things among them.

    Raises:
        DataError: Nearly all entries are numbers.
    """
    counts = found.tally.counts
    others = [text for text in found.texts if not is_number(text, found.comma)]
    if not found.tally.text or len(found.texts) - len(others) < FEWEST:
        return None
    odd = sum(counts[text] for text in others)
    if odd <= (1 - NEARLY_ALL) * found.tally.known:
        raise DataError(
            f'The column "{found.name}" mixes numbers with other things: {odd} of {found.tally.known:,} entries are '
            f'none, such as "{others[0][:40]}". Correct them or leave them empty, or say what the column is with '
            f'--column "{found.name}=category".'
        )
    return None


def _free_text(found: Entries) -> Answer:
    tally = found.tally
    words = sum(text.count(" ") + 1 for text in found.texts) / len(found.texts)
    if tally.more or (words >= FREE and tally.distinct > 0.2 * tally.known >= 0.2 * FEWEST):
        why = f"{words:.0f} words on average" if words >= FREE else f"more than {tally.distinct:,} different texts"
        return found.column("text", why)
    return None
