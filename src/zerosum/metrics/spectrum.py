"""What upsampling leaves in a picture's spectrum: a wrong fall-off, and peaks at the frequencies of a lattice."""

import math

import torch
from torch import Tensor

from zerosum.metrics.bootstrap import TIMES, Estimate, draws, estimate, grouped
from zerosum.metrics.pairs import finite

_STEP = 2 / 255  # between stored values of a picture in [-1, 1]
_SCATTER = 2.0
_GROUPS = 20
_NOTHING = 1e-12  # in place of the logarithm of no power
_AT_ONCE = 2**18  # pixels that are transformed together: what fits in a processor's cache takes a third of the time


def radial_spectrum(pictures: Tensor) -> Tensor:
    """Mean power at each whole radius of the spectrum (Durall et al. 2020, Equation 3, as a mean).

    Args:
        pictures: Shape (n, c, h, w).

    Returns:
        Shape (min(h, w) // 2 + 1,), float64: from the mean of the picture to waves of two pixels; corners of the
        spectrum, which are beyond, are left out. The mean brightness of each picture is taken away first.
    """
    power = _mean_power(pictures)
    height, width = power.shape
    last = min(height, width) // 2
    radius = torch.hypot(torch.fft.fftfreq(height)[:, None], torch.fft.fftfreq(width)) * min(height, width)
    ring = radius.round().long()
    inside = ring <= last
    total = torch.zeros(last + 1, dtype=power.dtype).index_add_(0, ring[inside], power[inside])
    return total / torch.bincount(ring[inside], minlength=last + 1).clamp(min=1)


def spectral_gap(fake: Tensor, real: Tensor) -> Estimate:
    """Mean over all radii but 0 of |log of the power of fakes over that of reals|, with an interval over the fakes.

    The classifier of Durall et al. 2020, Section 4, reads the same curves.

    Args:
        fake: Pictures, shape (m, c, h, w).
        real: Pictures, shape (n, c, h, w).

    Returns:
        0 where the spectra are the same; it is biased upwards, the more so the fewer pictures there are.
    """
    group = grouped(len(fake), _GROUPS)
    spectra = torch.stack([radial_spectrum(fake[group == number]) for number in range(int(group[-1]) + 1)])
    sizes = torch.bincount(group).double()
    goal = radial_spectrum(real).clamp(min=_NOTHING).log()

    def gap(weights: Tensor) -> Tensor:
        power = (weights * sizes) @ spectra / (weights @ sizes)[:, None]
        return (power.clamp(min=_NOTHING).log() - goal)[:, 1:].abs().mean(1)

    value = float(gap(torch.ones(1, len(spectra), dtype=torch.float64)))
    return estimate(value, gap(draws(len(spectra), TIMES)) if len(fake) >= 2 * _GROUPS else torch.zeros(0))


def lattice_peaks(fake: Tensor, real: Tensor) -> float:
    """How far the fakes' power rises at lattice frequencies (checkerboards of Odena et al. 2016), beside the reals.

    At each frequency with a period of 2 or 4 pixels along the axes and their combinations, it compares the logarithm of
    the mean power with those around it. What the reals rise there, and twice what the surroundings scatter, is taken
    off: in a few pictures, or many of one kind, single frequencies stand out by chance, but then all around do.

    Args:
        fake: Pictures in [-1, 1], shape (m, c, h, w).
        real: Pictures, shape (n, c, h, w).

    Returns:
        The largest ratio, about 1 for healthy fakes, above 3 for checkerboards; at least 1.
    """
    height, width = fake.shape[2:]
    # Rounding to stored values adds this much to each frequency, so peaks far below it are nothing one could see.
    floor = _STEP**2 / 12 * height * width
    of_fakes, of_reals = ((_mean_power(x) + floor).log() for x in (fake, real))
    if not finite(of_fakes, of_reals):
        return math.nan
    lattice = _lattice(height, width)
    rises = [_rise(of_fakes, of_reals, lattice, y, x) for y, x in lattice.nonzero().tolist() if 2 * x <= width + 1]
    return math.exp(max([0.0, *rises]))


def _rise(of_fakes: Tensor, of_reals: Tensor, lattice: Tensor, y: int, x: int) -> float:
    """By how much more the log power of fakes rises at (y, x) than that of reals, less the scatter around it."""
    rows, columns = _around(y, len(lattice)), _around(x, lattice.shape[1])
    if not len(rows) or not len(columns):
        return 0.0  # the lattice fills so small a picture, and nothing is between
    window = torch.meshgrid(rows, columns, indexing="ij")
    excess = (of_fakes - of_reals)[window][~lattice[window]]
    return (_above(of_fakes, y, x, rows, columns) - _above(of_reals, y, x, rows, columns).clamp(min=0)).item() - (
        _SCATTER * excess.std().item()
    )


def _above(power: Tensor, y: int, x: int, rows: Tensor, columns: Tensor) -> Tensor:
    """How far (y, x) stands above both its row and its column: along the axes there are ridges that are no peaks."""
    return power[y, x] - torch.maximum(power[y, columns].mean(), power[rows, x].mean())


def _around(index: int, side: int) -> Tensor:
    """Frequencies up to an eighth of the side away, but not next to it, where a peak that is not sharp still shows."""
    reach = min(4, side // 8)
    near = 2 if reach > 2 else 1
    steps = torch.arange(near, reach + 1)
    return (index + torch.cat([-steps, steps])) % side


def _lattice(height: int, width: int) -> Tensor:
    """Where waves of 2 or 4 pixels, or none, along both axes are, shape (h, w); both bins if they fall between two."""
    masks = []
    for side in (height, width):
        quarters = [0.0, side / 4, side / 2, 3 * side / 4]
        mask = torch.zeros(side, dtype=torch.bool)
        mask[[round_(quarter) % side for quarter in quarters for round_ in (math.floor, math.ceil)]] = True
        masks.append(mask)
    lattice = masks[0][:, None] & masks[1]
    lattice[0, 0] = False
    return lattice


def _mean_power(pictures: Tensor) -> Tensor:
    """Mean power of the pictures' channels at each frequency, shape (h, w), float64."""
    x = pictures.detach().to("cpu", torch.float32).contiguous().flatten(0, 1)
    height, width = x.shape[1:]
    half = torch.zeros(height, width // 2 + 1, dtype=torch.float64)
    for part in x.split(max(1, _AT_ONCE // (height * width))):
        waves = torch.fft.rfft2(part - part.mean((1, 2), keepdim=True))
        # Ten times as fast as abs(), and as a sum over both dimensions at once.
        half += torch.view_as_real(waves).square().sum(0, dtype=torch.float64).sum(-1)
    half /= len(x)
    # The spectrum of a real picture is symmetric, so the other half is this one turned by half a turn.
    other = half[:, 1 : (width + 1) // 2].flip(0, 1).roll(1, 0)
    return torch.cat([half, other], 1)
