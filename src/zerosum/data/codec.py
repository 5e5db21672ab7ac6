"""The two directions between stored samples and what networks see, for each kind of sample.

Sampling, sheets, export and metrics use only a codec, so none of them has code per kind of sample.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from zerosum.config import base
from zerosum.core.errors import DataError
from zerosum.core.files import replacing
from zerosum.core.telling import Tells
from zerosum.data.conditions import Conditions
from zerosum.drawing import contest, sheets

Probability = Callable[[np.ndarray], np.ndarray]
"""A discriminator's opinion: encoded samples (k, ...) to numbers on [0, 1], shape (k,)."""


class Codec(ABC):
    """Turns stored rows into the model's range and back, and shows them to a person.

    Subclasses are frozen dataclasses, so that a codec travels with a model as JSON; `data.codecs` reads it back.
    """

    kind: ClassVar[str]
    sheet_samples: ClassVar[int]
    """How many samples a contact sheet of this kind is best drawn from."""
    encodes_once: ClassVar[bool] = False
    """Whether encoding takes so long beside copying that rows are encoded once and kept, where there is room."""

    @abstractmethod
    def encode(self, rows: Tensor) -> Tensor:
        """Stored rows in the model's range.

        Args:
            rows: Rows as a `Loader` gives them, in the stored type, on any device.

        Returns:
            Shape (n, *space.shape), float32, on the same device.
        """

    @abstractmethod
    def decode(self, x: Tensor) -> np.ndarray:
        """The rows that samples in the model's range stand for; the inverse of `encode`.

        Args:
            x: Shape (n, *space.shape), any floating type, on any device.
        """

    @abstractmethod
    def write(self, row: np.ndarray, stem: Path) -> Path:
        """Write one decoded row to a file, whole or not at all.

        Args:
            row: One row of `decode`'s answer.
            stem: Path of the file without its suffix.

        Returns:
            The path of the file: `stem` with the suffix of this kind of sample.
        """

    @abstractmethod
    def sheet(self, rows: np.ndarray) -> Image.Image:
        """One picture that shows all rows to a person; there must be at least one."""

    def known(self, tells: Tells) -> Conditions | None:
        """What samples can be asked to be, where it is the samples' own form that says so.

        Args:
            tells: What the generator can be told.
        """
        return None

    def presented(self, rows: np.ndarray, numbers: Sequence[int]) -> Any:
        """Stored rows (n, ...) as a person has them: arrays as they are, a table as a frame.

        Args:
            rows: Generated samples.
            numbers: The numbers that they have.
        """
        return rows

    def partings(self, rows: np.ndarray) -> list[np.ndarray]:
        """Groups that rows (n, ...) fall into, in one way or in several: the group of each, int64 (n,), in each way.

        By default there is no way.
        """
        return []

    def lacks(self, real: Tensor, fake: Tensor) -> dict[str, float]:
        """Numbers that say what encoded samples (n, ...) lack of real ones, for the doctor; none by default."""
        return {}

    def contest(
        self, rows: np.ndarray, real: np.ndarray, latents: np.ndarray, probability: Probability | None
    ) -> Image.Image:
        """One picture of how the game stands; by default a sheet of the generated rows.

        Args:
            rows: Generated rows.
            real: Stored real ones.
            latents: What the generated rows were made from, shape (n, dimension).
            probability: From encoded samples (k, *space.shape) to p_data / (p_data + p_g) as the discriminator has it,
                shape (k,), where it says so.
        """
        return self.sheet(rows)

    def to_json(self) -> dict[str, Any]:
        """What `data.codecs.codec_from_json` makes this codec from."""
        return {"kind": self.kind, **base.to_json(self)}

    def content(self) -> dict[str, Any]:
        """What of it decides how samples are encoded and decoded; runs on the same data with the same one go on."""
        return self.to_json()


@dataclass(frozen=True)
class ImageCodec(Codec):
    """Pictures: stored as bytes 0 to 255, shape (n, height, width, channels); encoded on [-1, 1], channels first."""

    kind: ClassVar[str] = "image"
    sheet_samples: ClassVar[int] = 64

    def encode(self, rows: Tensor) -> Tensor:
        """Bytes (n, height, width, channels) to float32 (n, channels, height, width) on [-1, 1].

        Only the view changes, not the order in memory: the result is laid out channels last, which convolutions like.
        """
        return rows.permute(0, 3, 1, 2).to(torch.float32).div_(127.5).sub_(1)

    def decode(self, x: Tensor) -> np.ndarray:
        """Samples (n, channels, height, width) to the nearest bytes (n, height, width, channels)."""
        levels = x.detach().float().clamp(-1, 1).add(1).mul(127.5).round().to(torch.uint8)
        return levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()

    def write(self, row: np.ndarray, stem: Path) -> Path:
        """Write one picture as PNG: grey, RGB or RGBA by its number of channels."""
        path = stem.with_name(f"{stem.name}.png")
        with replacing(path) as temporary:
            sheets.picture(row).save(temporary, format="PNG")
        return path

    def sheet(self, rows: np.ndarray) -> Image.Image:
        """The pictures side by side in a nearly square grid, small ones enlarged."""
        return sheets.picture_grid(rows)


@dataclass(frozen=True)
class PointsCodec(Codec):
    """Points: stored in their own units, shape (n, coordinates), float32; encoded around 0 with a spread near 1.

    Attributes:
        center: What is subtracted from each coordinate.
        scale: What each coordinate is divided by; greater than 0.
    """

    center: tuple[float, ...]
    scale: tuple[float, ...]

    kind: ClassVar[str] = "points"
    sheet_samples: ClassVar[int] = 4096

    def __post_init__(self) -> None:
        # A codec is also read from a model's folder, which anyone may have edited.
        if not (len(self.center) == len(self.scale) > 0 and min(self.scale) > 0):
            raise DataError(f"Each coordinate needs a center and a scale above 0: {self.center}, {self.scale}.")

    def encode(self, rows: Tensor) -> Tensor:
        """Points (n, coordinates) in their own units to float32 of the same shape, centered and scaled."""
        center, scale = torch.tensor(self.center, device=rows.device), torch.tensor(self.scale, device=rows.device)
        return (rows.float() - center) / scale

    def decode(self, x: Tensor) -> np.ndarray:
        """Centered and scaled points to float32 points in their own units."""
        return x.detach().float().cpu().numpy() * np.array(self.scale, np.float32) + np.array(self.center, np.float32)

    def write(self, row: np.ndarray, stem: Path) -> Path:
        """Write one point as CSV: a line with the coordinates' names x1, x2 and so on, and a line of numbers."""
        path = stem.with_name(f"{stem.name}.csv")
        header = ",".join(f"x{number}" for number in range(1, len(row) + 1))
        with replacing(path) as temporary:
            temporary.write_text(f"{header}\n{','.join(map(str, row))}\n", encoding="utf-8")
        return path

    def sheet(self, rows: np.ndarray) -> Image.Image:
        """A scatter plot of the first two coordinates, or a histogram when there is only one.

        The frame is always three scales to each side of the center, so sheets of one run can be compared.
        """
        points = self._encoded(rows)
        return sheets.histogram(points[:, 0]) if points.shape[1] == 1 else sheets.scatter(points[:, :2])

    def contest(
        self, rows: np.ndarray, real: np.ndarray, latents: np.ndarray, probability: Probability | None
    ) -> Image.Image:
        """Figure 1 of Goodfellow et al. 2014 for one dimension, a map of the discriminator's opinion for two.

        More coordinates have no such picture, and get a sheet. The mapping from latents is drawn where a latent is a
        single number.
        """
        fake, given = self._encoded(rows), self._encoded(real)
        if fake.shape[1] == 1:
            opinion = None if probability is None else lambda x: probability(x[:, None])
            single = latents[:, 0] if latents.shape[1] == 1 else None
            return contest.curve_contest(given[:, 0], fake[:, 0], single, opinion)
        if fake.shape[1] == 2:
            return contest.plane_contest(given, fake, probability)
        return self.sheet(rows)

    def _encoded(self, rows: np.ndarray) -> np.ndarray:
        return (rows - np.array(self.center, np.float32)) / np.array(self.scale, np.float32)
