"""Adaptive discriminator augmentation: as much augmentation as the discriminator's overfitting asks for.

Karras et al. 2020 (arXiv:2006.06676), Section 3 and Appendix B. Every transform is applied to each picture with the
same probability p, and p follows r_t = E[sign(D(real))], which nears 1 when the discriminator knows the training set by
heart.

Pictures without colour (one channel, or two with alpha) get brightness, contrast and inversion, which is what the luma
flip is to them; alpha moves with its picture and is kept out of everything that is about colour.

What differs from the paper:

- Resampling. The paper doubles the picture with a sym6 wavelet filter, samples a doubled output bilinearly and halves
  that again. Here the picture is doubled with the interpolating half-band filter that belongs to the same wavelet, and
  the output is sampled from it directly, bilinearly. Of the power above half of the Nyquist frequency, rotated noise
  keeps 75 % so, 73 % in the paper's way and 45 % with plain bilinear sampling; 64 emoji of 64x64 pixels come within 40,
  36 and 35 dB of resampling by exact trigonometric interpolation. Forward and backward take about three times as long
  as plain bilinear sampling; the paper's way, with grouped convolutions, took more than ten times as long as this one.
  What is given up is the filter against aliasing where a picture shrinks, which is seldom by more than a third.
- A picture that is only flipped, turned by right angles or shifted by whole pixels has its pixels moved, not resampled.
- Borders are mirrored at the pixels' outer edges, as often as it takes. Mirroring is then exact for every size and
  shift, and nothing has to be padded.
- The filter bank of image-space filtering is applied by its frequency response, in a cosine transform.
- Right angles are for square pictures only, since others would change their shape.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from math import comb, log, pi, sqrt
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from zerosum.core.errors import SettingError
from zerosum.game.judgement import Judgement


class Blit(NamedTuple):
    """Moves of whole pixels, one per picture, in this order: flip, turn, shift.

    Attributes:
        flipped: Whether left and right change places, (n,).
        turns: Right angles, counter-clockwise as `torch.rot90` counts them, (n,).
        down: Rows to shift by, (n,).
        right: Columns to shift by, (n,).
    """

    flipped: Tensor
    turns: Tensor
    down: Tensor
    right: Tensor

    def backward(self) -> Tensor:
        """The map from where a pixel comes out to where it came from, (n, 3, 3)."""
        flip = scaling(1 - 2 * self.flipped.float(), torch.ones_like(self.flipped, dtype=torch.float32))
        return flip @ rotation(self.turns * (pi / 2)) @ translation(-self.right.float(), -self.down.float())


def fresh_state() -> dict[str, Tensor]:
    """The controller's tensors before the first sample."""
    return {f"ada/{name}": torch.zeros(()) for name in ("probability", "sign_sum", "count", "overfitting")}


@dataclass(frozen=True, kw_only=True)
class AdaptiveAugment:
    """Random changes of pictures (n, c, h, w) in [-1, 1], applied with a probability that adapts.

    The default changes are those the paper found best (its "bgc"). Values are not clamped: the result is
    an affine function of the pictures.

    Attributes:
        target: The r_t that the probability is steered to.
        samples: Real samples in which the probability can go from 0 to 1.
        every: Rounds from one change of the probability to the next.
        blitting: Flips, right angles, and shifts by whole pixels.
        geometry: Scaling, rotation, stretching and shifts by fractions of pixels.
        colour: Brightness, contrast, luma flip, hue and saturation.
        filtering: Amplification of frequency bands.
        noise: Additive noise.
        cutout: A rectangle of half the sides set to 0.
        state: The controller's tensors, always the same ones, changed in place: the probability p, r_t as it was last
            measured ("overfitting"), and the sums that the next r_t is made from.
    """

    target: float = 0.6
    samples: int = 500_000
    every: int = 4
    blitting: bool = True
    geometry: bool = True
    colour: bool = True
    filtering: bool = False
    noise: bool = False
    cutout: bool = False
    state: dict[str, Tensor] = field(default_factory=fresh_state, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not -1 < self.target < 1:
            raise SettingError(f"target is {self.target}; it is a mean of signs, between -1 and 1, usually 0.6.")
        if self.samples < 1 or self.every < 1:
            raise SettingError(f"samples is {self.samples} and every is {self.every}; both are at least 1.")

    def observe(self, judgement: Judgement) -> None:
        """Take note of one move of the discriminator, and change the probability when it is time (Section 3.1).

        It is changed at the beginning of a round, by what was summed up before: all processes have agreed on that, and
        several moves in one round change it once.
        """
        samples, rounds = judgement.batch.total, judgement.clock.rounds
        probability, sign_sum, count, overfitting = self.state.values()
        if rounds and rounds % self.every == 0 and judgement.move == 0:
            overfitting.copy_(sign_sum / count.clamp(min=1))
            probability += (overfitting - self.target).sign() * count / self.samples
            probability.clamp_(0, 1)
            sign_sum.zero_()
            count.zero_()
        sign_sum += (judgement.on_real - judgement.middle).sign().mean() * samples
        count += samples

    def __call__(self, x: Tensor) -> Tensor:
        """The pictures, changed; shape, type, memory format and gradient are kept."""
        if x.device.type == "cpu" and self.state["ada/probability"] == 0:
            return x  # on a graphics card, knowing that would mean waiting for it
        colours = 3 if x.shape[1] >= 3 else 1
        with torch.autocast(x.device.type, enabled=False):  # half precision is too coarse for positions and colours
            y = self._move(x.float().contiguous())
            y = torch.cat([self._change_colours(y[:, :colours]), y[:, colours:]], 1)
            y = self._cut_out(y) if self.cutout else y
            y = y.to(x.dtype)
        last = x.is_contiguous(memory_format=torch.channels_last) and not x.is_contiguous()
        return y.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)

    def _chosen(self, x: Tensor, share: Tensor | None = None) -> Tensor:
        """Which pictures a transform is applied to, (n,): a share of p of them, or the one given."""
        return torch.rand(len(x), device=x.device) < (self.state["ada/probability"] if share is None else share)

    def _move(self, x: Tensor) -> Tensor:
        """Pixel blitting and general geometric transformations (Appendix B)."""
        whole, blitted = self._draw_blit(x)
        backward, warped = self._draw_warp(x)
        x = change_some(blitted & ~warped, lambda x, *moves: blit(x, Blit(*moves)), x, *whole)
        return change_some(warped, resample, x, whole.backward() @ backward)

    def _draw_blit(self, x: Tensor) -> tuple[Blit, Tensor]:
        """Random blits, and which of them move anything, (n,)."""
        n, _, height, width = x.shape

        def drawn(transform: Tensor, allowed: bool = True) -> Tensor:
            return transform.long() * (self._chosen(x) & (self.blitting and allowed))

        flipped = drawn(torch.randint(2, (n,), device=x.device)) > 0
        turns = drawn(torch.randint(4, (n,), device=x.device), allowed=height == width)
        shifts = (torch.rand(2, n, device=x.device) * 2 - 1) / 8
        down, right = drawn(torch.stack([shifts[0] * height, shifts[1] * width]).round())
        moves = Blit(flipped, turns, down, right)
        return moves, moves.flipped | (moves.turns != 0) | (moves.down != 0) | (moves.right != 0)

    def _draw_warp(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Random backward maps (n, 3, 3), last change first, and which of them move anything, (n,)."""
        n, _, height, width = x.shape
        # Two rotations by p_rot each, so that there is at least one of them with probability p.
        share_rotated = 1 - (1 - self.state["ada/probability"]).sqrt()
        shares = [None, share_rotated, None, share_rotated, None]
        scaled, before, stretched, after, shifted = (self._chosen(x, share) & self.geometry for share in shares)

        def normal(chosen: Tensor, deviation: float) -> Tensor:
            return torch.randn(n, device=x.device) * deviation * chosen

        def angle(chosen: Tensor) -> Tensor:
            return (torch.rand(n, device=x.device) * 2 - 1) * pi * chosen

        scale = normal(scaled, 0.2 * log(2)).exp()
        stretch = normal(stretched, 0.2 * log(2)).exp()
        backward = scaling(1 / scale, 1 / scale) @ rotation(angle(before)) @ scaling(1 / stretch, stretch)
        backward = backward @ rotation(angle(after))
        backward = backward @ translation(normal(shifted, width / 8), normal(shifted, height / 8))
        return backward, scaled | before | stretched | after | shifted

    def _change_colours(self, x: Tensor) -> Tensor:
        """Colour, filtering and noise of (n, 3 or 1, h, w) (Appendix B)."""
        if self.colour:
            x = self._recolour(x)
        if self.filtering:
            x = self._filter(x)
        if self.noise:
            deviation = torch.randn(len(x), device=x.device).abs() * 0.1
            x = change_some(self._chosen(x), add_noise, x, deviation)
        return x

    def _recolour(self, x: Tensor) -> Tensor:
        n, device = len(x), x.device
        drawn = torch.stack([self._chosen(x) for _ in range(5)])
        matrix = colour_matrix(
            brightness=torch.randn(n, device=device) * 0.2 * drawn[0],
            contrast=(torch.randn(n, device=device) * 0.5 * log(2) * drawn[1]).exp(),
            flipped=(torch.rand(n, device=device) < 0.5) & drawn[2],
            hue=(torch.rand(n, device=device) * 2 - 1) * pi * drawn[3],
            saturation=(torch.randn(n, device=device) * log(2) * drawn[4]).exp(),
        )
        return change_some(drawn.any(0), recolour, x, matrix)

    def _filter(self, x: Tensor) -> Tensor:
        chosen = torch.stack([self._chosen(x) for _ in range(4)], 1)
        amplitudes = (torch.randn(len(x), 4, device=x.device) * log(2) * chosen).exp()
        return change_some(chosen.any(1), amplify, x, octave_gains(amplitudes))

    def _cut_out(self, x: Tensor) -> Tensor:
        n, _, height, width = x.shape
        rows = (torch.arange(height, device=x.device) + 0.5) / height - torch.rand(n, 1, device=x.device)
        columns = (torch.arange(width, device=x.device) + 0.5) / width - torch.rand(n, 1, device=x.device)
        hole = (rows.abs() < 1 / 4)[:, None, :, None] & (columns.abs() < 1 / 4)[:, None, None, :]
        return x * ~(hole & self._chosen(x)[:, None, None, None])


def change_some(chosen: Tensor, change: Callable[..., Tensor], x: Tensor, *parameters: Tensor) -> Tensor:
    """The pictures, those that are chosen (n,) changed, with the rows of `parameters` that are theirs.

    The others are not touched. On a graphics card all are changed and the chosen ones are taken, because counting the
    chosen would mean waiting for it.
    """
    if x.device.type != "cpu":
        return torch.where(chosen[:, None, None, None], change(x, *parameters), x)
    rows = chosen.nonzero().squeeze(1)
    if len(rows) == 0:
        return x
    if len(rows) == len(x):
        return change(x, *parameters)
    some = change(x.index_select(0, rows), *[parameter.index_select(0, rows) for parameter in parameters])
    return x.index_copy(0, rows, some)


def scaling(x: Tensor, y: Tensor) -> Tensor:
    """Homogeneous matrices (n, 3, 3) from factors (n,)."""
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return torch.stack([x, zero, zero, zero, y, zero, zero, zero, one], 1).view(-1, 3, 3)


def rotation(angle: Tensor) -> Tensor:
    """Homogeneous matrices (n, 3, 3) from angles (n,) in radians."""
    zero, one, cosine, sine = torch.zeros_like(angle), torch.ones_like(angle), angle.cos(), angle.sin()
    return torch.stack([cosine, -sine, zero, sine, cosine, zero, zero, zero, one], 1).view(-1, 3, 3)


def translation(x: Tensor, y: Tensor) -> Tensor:
    """Homogeneous matrices (n, 3, 3) from shifts (n,)."""
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    return torch.stack([one, zero, x, zero, one, y, zero, zero, one], 1).view(-1, 3, 3)


def mirrored(positions: Tensor, side: int) -> Tensor:
    """The cells, 0 to side - 1, that lie at these positions if cells are mirrored at their outer edges forever."""
    positions = positions % (2 * side)
    return torch.minimum(positions, 2 * side - 1 - positions)


def blit(x: Tensor, moves: Blit) -> Tensor:
    """Pictures (n, c, h, w) with their pixels moved, exactly; what comes in from outside is mirrored.

    A turn is a transposition and a reversal of rows or columns. Reversals and shifts are two products with matrices
    that hold a single 1 in a row, because indexing's backward pass scatters, which is slow on a processor.
    """
    height, width = x.shape[2:]
    odd = moves.turns % 2 == 1
    upside_down = ((moves.turns == 1) | (moves.turns == 2)) ^ (moves.flipped & odd)
    left_right = ((moves.turns == 2) | (moves.turns == 3)) ^ (moves.flipped & ~odd)
    if height == width:
        x = torch.where(odd[:, None, None, None], x.transpose(2, 3), x)
    rows, columns = _selection(height, upside_down, moves.down), _selection(width, left_right, moves.right)
    return rows @ x @ columns.transpose(2, 3)


def _selection(side: int, reversed_: Tensor, shift: Tensor) -> Tensor:
    """Matrices (n, 1, side, side) that take each cell from where it was before a reversal and a shift."""
    cells = torch.arange(side, device=shift.device)
    sources = mirrored(cells - shift[:, None], side)
    sources = torch.where(reversed_[:, None], side - 1 - sources, sources)
    return (sources[:, :, None] == cells).float()[:, None]


def resample(x: Tensor, backward: Tensor) -> Tensor:
    """Pictures (n, c, h, w) seen through backward maps (n, 3, 3), in pixels from the centre, x before y."""
    height, width = x.shape[2:]
    grid = backward[:, :2].clone()
    grid[:, 0, 1] *= height / width
    grid[:, 1, 0] *= width / height
    grid[:, 0, 2] *= 2 / width
    grid[:, 1, 2] *= 2 / height
    # A processor works through pictures in pieces whose doubled versions stay in its cache, 2 MB, a third faster.
    piece = max(1, 2**17 // x[0].numel()) if x.device.type == "cpu" else len(x)
    rows, columns = doubling(height, x.device), doubling(width, x.device).T
    pieces = []
    for part, maps in zip(x.split(piece), grid.split(piece), strict=True):
        # The doubled picture has samples on its outer edges. `align_corners` puts -1 and 1 there and mirrors there,
        # while the places to sample, pixel centres, are those of the picture that was not doubled.
        places = F.affine_grid(maps, [len(part), 1, height, width], align_corners=False)
        pieces.append(F.grid_sample(rows @ part @ columns, places, padding_mode="reflection", align_corners=True))
    return torch.cat(pieces)


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def doubling(side: int, device: torch.device) -> Tensor:
    """The matrix (2 side + 1, side) that interpolates between cells, and at the outer edges; cells keep their values.

    The weights of the 12 cells around are those that are exact for polynomials of degree 11 (Deslauriers and Dubuc
    1989): the half-band filter whose spectral factor is the paper's sym6 wavelet filter.
    """
    offsets = [2 * cell + 1 for cell in range(-6, 6)]  # in halves of a cell
    matrix = torch.zeros(2 * side + 1, side, dtype=torch.float64)
    matrix[1::2] = torch.eye(side, dtype=torch.float64)
    edges = torch.arange(side + 1)
    for cell, offset in zip(range(-6, 6), offsets, strict=True):
        weight = 1.0
        for other in offsets:
            weight *= other / (other - offset) if other != offset else 1
        sources = mirrored(edges + cell, side)
        matrix.index_put_((2 * edges, sources), torch.tensor(weight, dtype=torch.float64), accumulate=True)
    return matrix.float().to(device)


def colour_matrix(*, brightness: Tensor, contrast: Tensor, flipped: Tensor, hue: Tensor, saturation: Tensor) -> Tensor:
    """Affine colour maps (n, 3, 4) that do all five changes, from a number (n,) for each; the last column is added.

    All but brightness leave the grey axis and the plane across it what they are: the axis is multiplied by the
    contrast, with the other sign if luma is flipped, and the plane by contrast and saturation, and turned by the hue.
    Such maps have equal entries along their wrapped diagonals.
    """
    axis = contrast * (1 - 2 * flipped.to(contrast)) / 3
    along, across = contrast * saturation * hue.cos() / 3, contrast * saturation * hue.sin() / sqrt(3)
    same, following, previous = axis + 2 * along, axis - along - across, axis - along + across
    added = 3 * axis * brightness
    first, second = [same, following, previous, added], [previous, same, following, added]
    return torch.stack([*first, *second, following, previous, same, added], 1).view(-1, 3, 4)


def recolour(x: Tensor, matrix: Tensor) -> Tensor:
    """Pictures (n, 3 or 1, h, w) with affine colour maps (n, 3, 4) applied; grey ones stay on the grey axis."""
    if x.shape[1] == 1:
        gain, added = matrix[:, 0, :3].sum(1), matrix[:, 0, 3]
        return torch.addcmul(added[:, None, None, None], x, gain[:, None, None, None])
    return torch.baddbmm(matrix[:, :, 3:], matrix[:, :, :3], x.flatten(2)).view(x.shape)


def octave_gains(amplitudes: Tensor) -> Tensor:
    """Gains (n, 4) that amplify one octave after the other, and after each restore the power a picture should have.

    Natural pictures have 10, 1, 1 and 1 thirteenths of their power in the four octaves.
    """
    power = torch.full((4,), 1 / 13, device=amplitudes.device)
    power[:1] = 10 / 13
    norms = (1 + power * (amplitudes.square() - 1)).sqrt()
    return amplitudes / norms.prod(1, keepdim=True)


def amplify(x: Tensor, gains: Tensor) -> Tensor:
    """Pictures (n, c, h, w) with four octave bands amplified by gains (n, 4), rows and columns alike.

    The matrices that do this to a row are combinations of four that do not depend on the picture.
    """
    height, width = x.shape[2:]
    rows = torch.einsum("nb,bij->nij", gains, octaves(height, x.device))[:, None]
    columns = torch.einsum("nb,bij->nij", gains, octaves(width, x.device))[:, None]
    return rows @ x @ columns


@lru_cache(maxsize=16)
@torch.inference_mode(False)
def octaves(side: int, device: torch.device) -> Tensor:
    """Matrices (4, side, side) that keep the octaves up to frequencies pi / 8, pi / 4, pi / 2 and pi; they add up to 1.

    The responses are those of the sym2 wavelet's filter bank. A cosine transform makes symmetric filters diagonal, if
    the signal is mirrored at its outer edges.
    """
    frequencies = torch.arange(side, dtype=torch.float64) * pi / side
    cosines = (frequencies[:, None] * (torch.arange(side) + 0.5)).cos() * sqrt(2 / side)
    cosines[0] /= sqrt(2)
    low, lower, lowest = (half_band(octave * frequencies) for octave in (1, 2, 4))
    responses = [low * lower * lowest, low * lower * (1 - lowest), low * (1 - lower), 1 - low]
    return torch.stack([cosines.T @ (response[:, None] * cosines) for response in responses]).float().to(device)


def half_band(frequency: Tensor, moments: int = 2) -> Tensor:
    """|H|^2 / 2 of the orthogonal wavelet filter with this many vanishing moments (Daubechies 1988)."""
    share = (frequency / 2).sin().square()
    return (1 - share) ** moments * sum(comb(moments - 1 + power, power) * share**power for power in range(moments))


def add_noise(x: Tensor, deviation: Tensor) -> Tensor:
    """Pictures (n, c, h, w) with normal noise of standard deviations (n,)."""
    return torch.addcmul(x, torch.randn_like(x), deviation[:, None, None, None])
