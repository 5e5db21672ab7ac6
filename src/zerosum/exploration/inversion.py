"""Pictures inverted: the latents that a model makes them of, as nearly as it can."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.core.progress import Progress
from zerosum.core.seeding import seed_from
from zerosum.data.conditions import Request
from zerosum.data.images import Form, background_of, read_picture
from zerosum.exploration.encoders import open_encoder
from zerosum.exploration.pictures import Pictures
from zerosum.exploration.spaces import Latents, LatentSpace, StyleSpace
from zerosum.latent.inversion import Descent, search
from zerosum.metrics.features import open_network

BATCH = 64
"""Samples that are looked at together."""


@dataclass(frozen=True)
class Inversion:
    """How to look for the latent of a picture.

    Attributes:
        candidates: Numbered samples, from `seed` on, of which the nearest are where to start.
        starts: How many searches begin: in w the first from the mean style, the next where an encoder says, if there is
            one, all others from the nearest samples.
        layers: In w: a style for each layer ("w+", Abdal et al. 2019, arXiv:1904.03189) or one for all.
        features: Network whose features are compared besides pixels, as for `zerosum evaluate`; "none" for pixels only.
        feature_weight: Weight of the squared distance of features, as a share of the picture's own squared length.
        encoder_steps: Batches of the generator's own samples that an encoder learns from, to say where to start; 0 for
            no encoder.
        encoder_minutes: After which it learns no more.
        descent: How to go downhill.
        seed: Number of the first candidate, and of everything random.
    """

    candidates: int = 256
    starts: int = 4
    layers: bool = False
    features: str = "random-conv"
    feature_weight: float = 0.1
    encoder_steps: int = 0
    encoder_minutes: float | None = None
    descent: Descent = field(default_factory=Descent)
    seed: int = 0

    def __post_init__(self) -> None:
        least = {"candidates": 1, "starts": 1, "encoder_steps": 0, "seed": 0}
        for name, low in least.items():
            if getattr(self, name) < low:
                raise SettingError(f"{name} is {getattr(self, name)}; it must be at least {low}.")
        if self.starts > self.candidates:
            raise SettingError(
                f"{self.starts} searches cannot start from {self.candidates} samples; take fewer starts."
            )
        if self.descent.steps < 1 or not 0 < self.descent.rate < math.inf:
            raise SettingError(
                f"{self.descent.steps} steps at a rate of {self.descent.rate} lead nowhere; both are above 0."
            )


def picture_for(space: LatentSpace, picture: Path | str | np.ndarray) -> np.ndarray:
    """A picture as the model's own are stored, (height, width, channels): its middle, at the model's size and channels.

    Raises:
        DataError: There is no picture, or the model makes none.
    """
    if space.model.space.kind != "image":
        raise DataError(
            f"This model makes {space.model.space.kind}; only models of pictures can be given one to invert."
        )
    channels, height, width = space.model.space.shape
    form = Form(height, width, channels, "crop", background_of(DataOptions()))
    if not isinstance(picture, np.ndarray):
        try:
            return read_picture(Path(picture).read_bytes(), form)[0]
        except OSError as error:
            raise DataError(f"There is no picture at {picture}: {error.strerror or error}.") from error
        except DataError as error:
            raise DataError(f"{picture} cannot be inverted: {error}.") from error
    row = picture[..., None] if picture.ndim == 2 else picture
    if row.shape != form.shape or row.dtype != np.uint8:
        raise DataError(
            f"The array to invert has shape {picture.shape} and type {picture.dtype}; this model's pictures are uint8 "
            f"of shape {form.shape}. Give a file to have it fitted."
        )
    return row


def invert(
    space: LatentSpace,
    row: np.ndarray,
    how: Inversion,
    condition: Request | None = None,
    progress: Progress = lambda what, done, total: None,
    folder: Path | None = None,
) -> Pictures:
    """Find the latent of a picture: look at numbered samples, then go downhill from the nearest.

    Args:
        space: Where to look.
        row: The picture as it is stored, (height, width, channels).
        how: How to look.
        condition: What the picture is, where the model is told; by default whatever the nearest samples are.
        progress: Hears of what is being done.
        folder: Where encoders are kept, for the next picture.

    Returns:
        The picture, the nearest numbered sample and what was found; `latents` has the last one alone. Facts: `error`
        and `start-error`, root mean squares of levels from 0 to 255, and `psnr` in dB.
    """
    target = space.model.codec.encode(torch.from_numpy(row[None].copy()))
    apart = _distance(space, target, how)
    numbers = range(how.seed, how.seed + how.candidates)
    known = space.at(numbers, condition)
    far = []
    for start in range(0, len(known), BATCH):
        progress("Looking at samples", start, len(known))
        far.append(apart(space.make(known[start : start + BATCH])).cpu())
    nearest = known[torch.cat(far).argsort(stable=True)]
    starts = [nearest]
    if how.encoder_steps:
        encoder = open_encoder(
            space, how.seed + how.candidates, how.encoder_steps, how.encoder_minutes, folder, progress
        )
        starts.insert(0, Latents(encoder(target), nearest[:1].conditions))
    if isinstance(space, StyleSpace) and how.starts > 1:
        starts.insert(0, Latents(space.center[None]))
    found = descended(space, Latents.joined(starts)[: how.starts], apart, how, progress)
    rows = np.concatenate([row[None], space.rows(nearest[:1]), space.rows(found)])
    error, before = rms(rows[0], rows[2]), rms(rows[0], rows[1])
    facts = {"error": error, "start-error": before, "psnr": 20 * math.log10(255 / max(error, 1e-9))}
    return Pictures(space.model.codec, rows, found, columns=3, facts=facts)


def descended(
    space: LatentSpace, starts: Latents, apart: Callable[[Tensor], Tensor], how: Inversion, progress: Progress
) -> Latents:
    """The nearest latent (1, ...) that searches from starts (n, ...) come to."""
    one_style = isinstance(space, StyleSpace) and not how.layers
    layers = starts.values.shape[1] if one_style else 1

    def whole(values: Tensor) -> Tensor:
        return values.expand(-1, layers, -1) if one_style else values

    def make(values: Tensor) -> Tensor:
        return space.make(Latents(whole(values), starts.conditions))

    begin = starts.values.mean(1, keepdim=True) if one_style else starts.values
    generator = torch.Generator().manual_seed(seed_from("inversion", how.seed))

    def heard(step: int) -> None:
        progress("Inverting", step, how.descent.steps)

    found = search(make, apart, begin, space.spread, how.descent, generator, space.within, heard)
    best = [int(found.apart.argmin())]
    return Latents(whole(found.latents)[best], None if starts.conditions is None else starts.conditions[best])


def rms(one: np.ndarray, other: np.ndarray) -> float:
    """Root mean square of the differences between stored pictures, in levels from 0 to 255."""
    return float(np.sqrt(np.square(one.astype(np.float64) - other.astype(np.float64)).mean()))


def _distance(space: LatentSpace, target: Tensor, how: Inversion) -> Callable[[Tensor], Tensor]:
    """Samples (n, c, h, w) -> mean square of the pixels' differences, and of the features' beside the picture's own."""
    network = None if how.features == "none" else open_network(how.features, space.model.space)
    wanted = None if network is None else network.features(target)

    def apart(x: Tensor) -> Tensor:
        pixels = (x.cpu() - target).square().flatten(1).mean(1)
        if network is None or wanted is None:
            return pixels
        features = (network.features(x.cpu()) - wanted).square().sum(1) / wanted.square().sum().clamp(min=1e-9)
        return pixels + how.feature_weight * features

    return apart
