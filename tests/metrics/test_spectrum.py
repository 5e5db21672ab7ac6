"""Spectra against numpy's transform; checkerboards are found, and nothing else is taken for one."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from zerosum.metrics.spectrum import lattice_peaks, radial_spectrum, spectral_gap


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def board(side: int, period: int) -> Tensor:
    wave = math.sqrt(2 if period == 4 else 1) * torch.cos(2 * math.pi / period * torch.arange(side))
    return wave[:, None] * wave


@pytest.mark.parametrize("side", [16, 17])
def test_radial_spectrum_is_the_mean_power_of_each_ring(side: int) -> None:
    x = normal(5, 2, side, side)
    pictures = x.double().numpy()
    power = (np.abs(np.fft.fft2(pictures - pictures.mean((2, 3), keepdims=True))) ** 2).mean((0, 1))
    steps = np.minimum(np.arange(side), side - np.arange(side))
    ring = np.rint(np.hypot(steps[:, None], steps[None])).astype(int)
    expected = [power[ring == radius].mean() for radius in range(side // 2 + 1)]
    assert np.allclose(radial_spectrum(x).numpy(), expected, rtol=1e-4, atol=1e-6)


def test_radial_spectrum_of_noise_is_flat_and_blur_takes_its_end() -> None:
    noise = normal(400, 1, 24, 32)
    spectrum = radial_spectrum(noise)[1:]
    assert spectrum.shape == (12,) and torch.allclose(spectrum, torch.full((12,), 24.0 * 32).double(), rtol=0.1)
    blurred = radial_spectrum(F.avg_pool2d(noise, 3, stride=1, padding=1))[1:]
    assert blurred[-1] < 0.2 * blurred[0]


@pytest.mark.parametrize("side", [28, 32, 30, 25, 16])
@pytest.mark.parametrize("period", [2, 4])
@pytest.mark.parametrize("amplitude", [0.05, 0.2])
def test_checkerboards_are_found(digits: Tensor, side: int, period: int, amplitude: float) -> None:
    pictures = F.interpolate(digits[:512], (side, side), mode="bilinear", antialias=True, align_corners=False)
    real, fake = pictures[:256], pictures[256:]
    assert lattice_peaks(fake + amplitude * board(side, period), real) > 3


def test_stripes_and_boards_on_strokes_alone_are_found(digits: Tensor) -> None:
    real, fake = digits[:256], digits[256:512]
    stripes = torch.cos(math.pi * torch.arange(28))
    assert lattice_peaks(fake + 0.1 * stripes, real) > 3
    assert lattice_peaks(fake + 0.2 * (fake > 0) * board(28, 2), real) > 3


def test_other_ills_are_not_taken_for_checkerboards(digits: Tensor) -> None:
    real, fake = digits[:256], digits[256:512]
    ills = {
        "none": fake,
        "blur": F.avg_pool2d(fake, 3, stride=1, padding=1),
        "noise": fake + 0.2 * normal(*fake.shape),
        "black": torch.full_like(fake, -1.0),
        "gradient": fake + torch.linspace(-1, 1, 28),
        "shift": fake.roll(3, 2),
        **{f"collapse to {kept}": fake[torch.arange(256) % kept + kept] for kept in (1, 2, 10, 30)},
    }
    values = {name: lattice_peaks(x, real) for name, x in ills.items()}
    assert max(values.values()) < 2, values
    assert lattice_peaks(real, real) == 1


def test_a_lattice_in_the_reals_is_no_fault_of_the_fakes(digits: Tensor) -> None:
    lattice = 0.1 * board(28, 2)
    assert lattice_peaks(digits[256:512] + lattice, digits[:256] + lattice) < 1.5


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 5, 7), (1, 2, 2), (1, 1, 1), (3, 12, 40)])
def test_degenerate_pictures_have_finite_spectra(shape: tuple[int, ...]) -> None:
    real = normal(6, *shape)
    for fake in (torch.zeros(6, *shape), real[:1].repeat(6, 1, 1, 1), real + 1e6, 1e6 * real, real[:2]):
        for a, b in ((fake, real), (real, fake), (fake, fake)):
            assert math.isfinite(lattice_peaks(a, b)) and radial_spectrum(a).isfinite().all()


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_numbers_that_are_not_finite_stay_visible(bad: float) -> None:
    real = normal(6, 1, 16, 16)
    fake = real.clone()
    fake[0, 0, 3, 3] = bad
    assert math.isnan(lattice_peaks(fake, real)) and math.isnan(lattice_peaks(real, fake))
    assert not radial_spectrum(fake).isfinite().any()


def test_the_spectral_gap_is_the_mean_log_ratio_of_the_two_curves() -> None:
    real, fake = normal(200, 1, 16, 16), 1.5 * normal(100, 1, 16, 16, seed=1)
    first, second = (radial_spectrum(x)[1:].numpy() for x in (fake, real))
    found = spectral_gap(fake, real)
    assert found.value == pytest.approx(np.abs(np.log(first / second)).mean(), rel=1e-9)
    assert found.low < found.value < found.high and found.value == pytest.approx(2 * math.log(1.5), abs=0.1)


def test_the_spectral_gap_grows_with_blur_and_scatters_as_its_error_says() -> None:
    real = normal(400, 1, 16, 16)
    soft = [F.avg_pool2d(normal(200, 1, 18, 18, seed=2), size, 1)[:, :, :14, :14] for size in (1, 3, 5)]
    gaps = [spectral_gap(x, real[:, :, :14, :14]) for x in soft]
    assert gaps[0].value < gaps[1].value < gaps[2].value
    again = [spectral_gap(1.3 * normal(200, 1, 16, 16, seed=10 + s), real) for s in range(30)]
    spread = np.std([one.value for one in again])
    assert np.mean([one.error for one in again]) == pytest.approx(spread, rel=0.4)
