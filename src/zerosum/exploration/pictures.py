"""What exploring comes to: samples with their latents, as a sheet, an animation or a film."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from zerosum.core.errors import SettingError
from zerosum.core.files import replacing
from zerosum.data.codec import Codec
from zerosum.drawing.gallery import labelled_rows
from zerosum.drawing.sheets import picture, picture_grid
from zerosum.exploration.film import write_film
from zerosum.exploration.spaces import Latents

RATE = 24.0
"""Frames a second."""

WATCHABLE = 256
"""Frames with shorter sides are enlarged."""


@dataclass(frozen=True)
class Pictures:
    """Samples that belong together.

    Attributes:
        codec: Shows them.
        rows: As they are stored, shape (n, height, width, channels), uint8, or (n, coordinates), float32.
        latents: What they are made of; fewer where some samples, such as a picture to invert, have none.
        columns: How many stand in a row of the sheet; None for a nearly square sheet.
        labels: Words beside each row of the sheet, or none.
        facts: Numbers that were found out, by name.
    """

    codec: Codec
    rows: np.ndarray
    latents: Latents
    columns: int | None = None
    labels: tuple[str, ...] = ()
    facts: Mapping[str, float] = field(default_factory=dict)

    @classmethod
    def joined(cls, parts: "Sequence[Pictures]", columns: int | None = None) -> "Pictures":
        """Pictures of one codec, one behind the other."""
        rows, latents = np.concatenate([part.rows for part in parts]), Latents.joined([part.latents for part in parts])
        return cls(parts[0].codec, rows, latents, columns)

    def sheet(self) -> Image.Image:
        """All samples in one picture; a single picture is just itself."""
        if self.rows.ndim != 4:
            return self.codec.sheet(self.rows)
        if len(self.rows) == 1:
            return picture(self.rows[0])
        if self.labels:
            return labelled_rows(list(zip(self.labels, np.split(self.rows, len(self.labels)), strict=True)))
        return picture_grid(self.rows, self.columns)

    def frames(self) -> list[Image.Image]:
        """One picture a sample, small ones enlarged by a whole factor."""
        if self.rows.ndim != 4:
            raise SettingError("Animations show pictures, and this model makes points. Write a .png instead.")
        factor = max(1, -(-WATCHABLE // min(self.rows.shape[1:3])))
        return [picture(row.repeat(factor, axis=0).repeat(factor, axis=1)) for row in self.rows]

    def write(self, path: Path | str, rate: float = RATE) -> Path:
        """Write a sheet as .png, or the samples one after the other as .gif or .mp4.

        Raises:
            SettingError: It is another kind of file, or the package for films is missing.
        """
        path = Path(path)
        if path.suffix.lower() not in (".png", ".gif", ".mp4"):
            raise SettingError(f'"{path}" ends in no kind of file that is written here; .png, .gif and .mp4 are.')
        if not 0 < rate <= 100:
            raise SettingError(f"The rate is {rate} frames a second; it must be above 0 and at most 100.")
        with replacing(path) as temporary:
            if path.suffix.lower() == ".mp4":
                write_film(temporary, self.frames(), rate)
            elif path.suffix.lower() == ".gif":
                first, *others = self.frames()
                shown = round(1000 / rate)  # milliseconds
                first.save(temporary, "GIF", save_all=True, append_images=others, duration=shown, loop=0, disposal=2)
            else:
                self.sheet().save(temporary, "PNG")
        return path
