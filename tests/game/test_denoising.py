"""Preconditioning and sampler of diffusion against what is known exactly of normal data and of mixtures."""

import numpy as np
import pytest
import torch
from torch import Tensor

from zerosum.game.denoising import Preconditioning, heun, noise_levels, sampling_levels

LEVELS = torch.tensor([1e-3, 0.05, 0.5, 2.0, 80.0], dtype=torch.float64)


def doubles(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("deviation", [0.5, 1.0])
def test_inputs_and_targets_have_unit_variance(deviation: float) -> None:
    """Equations 113 to 131 of the paper's appendix, in numbers: variances add, since data and noise are independent."""
    one = Preconditioning(deviation)
    entering = one.into(LEVELS).square() * (deviation**2 + LEVELS.square())
    # The target is ((1 - c_skip) y - c_skip n) / c_out.
    skip = one.skip(LEVELS)
    leaving = ((1 - skip) ** 2 * deviation**2 + skip**2 * LEVELS.square()) / one.out(LEVELS).square()
    assert torch.allclose(entering, torch.ones(5).double(), rtol=1e-12)
    assert torch.allclose(leaving, torch.ones(5).double(), rtol=1e-9)
    assert torch.allclose(one.level(LEVELS), LEVELS.log() / 4)


def test_the_loss_is_the_weighted_error_of_what_is_denoised() -> None:
    """Equation 8's lambda (sigma^2 + sigma_data^2) / (sigma sigma_data)^2, on D and not on F."""
    one, x, noise = Preconditioning(0.5), doubles(5, 2, 3), doubles(5, 2, 3, seed=1)

    def network(x: Tensor, level: Tensor) -> Tensor:
        return (x.float() * 0.3 + level.float()[:, None, None]).sin()

    noisy = x + LEVELS[:, None, None] * noise
    error = (one.denoise(network, noisy, LEVELS) - x).square().mean((1, 2))
    weight = (LEVELS.square() + 0.25) / (LEVELS * 0.5).square()
    assert one.loss(network, x, LEVELS, noise).item() == pytest.approx((weight * error).mean().item(), rel=1e-5)


def test_training_levels_are_log_normal() -> None:
    levels = noise_levels(doubles(100_000), 0.3, 1.2).log()
    assert levels.mean().item() == pytest.approx(np.log(0.3), abs=0.02)
    assert levels.std().item() == pytest.approx(1.2, abs=0.02)


def test_sampling_levels_are_equation_5() -> None:
    levels = sampling_levels(18, 0.002, 80.0, 7.0)
    roots = np.array(levels[:-1]) ** (1 / 7)
    assert len(levels) == 19 and levels[-1] == 0
    assert levels[0] == pytest.approx(80) and levels[-2] == pytest.approx(0.002)
    np.testing.assert_allclose(np.diff(roots), np.diff(roots)[0], rtol=1e-9)
    assert sampling_levels(1, 0.002, 80.0, 7.0) == pytest.approx([80.0, 0.0])


def of_normal(mean: float, deviation: float):
    """The exact denoiser of normal data."""

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        wide = sigma[:, None]
        return (deviation**2 * x + wide.square() * mean) / (deviation**2 + wide.square())

    return denoise


def test_heun_is_of_second_order() -> None:
    """On the flow of normal data, whose solution is x - mean ~ sqrt(deviation^2 + sigma^2)."""
    mean, deviation, start, end = 0.3, 0.5, 3.0, 0.1
    x = mean + doubles(8, 2) * (deviation**2 + start**2) ** 0.5
    exact = mean + (x - mean) * ((deviation**2 + end**2) / (deviation**2 + start**2)) ** 0.5
    errors = []
    for steps in (32, 64, 128, 256):
        levels = sampling_levels(steps + 1, end, start, 7.0)[:-1]
        errors.append((heun(of_normal(mean, deviation), x, levels) - exact).abs().max().item())
    ratios = [before / after for before, after in zip(errors, errors[1:], strict=False)]
    assert ratios == pytest.approx([4, 4, 4], rel=0.1) and errors[-1] < 1e-4


def test_the_last_step_is_the_denoiser_s_word() -> None:
    seen = []

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        seen.append(sigma[0].item())
        return torch.full_like(x, 7.0)

    assert torch.allclose(heun(denoise, doubles(3, 2), [2.0, 1.0, 0.0]), torch.full((3, 2), 7.0).double())
    assert seen == [2.0, 1.0, 1.0], "two looks a step, but one in the last"


@pytest.mark.parametrize(("steps", "error"), [(18, 0.07), (72, 0.006)])
def test_samples_of_normal_data_have_its_mean_and_spread(steps: int, error: float) -> None:
    levels = sampling_levels(steps, 0.002, 80.0, 7.0)
    drawn = heun(of_normal(0.3, 0.5), doubles(100_000, 2) * levels[0], levels)
    assert drawn.mean().item() == pytest.approx(0.3, abs=0.01)
    assert drawn.std().item() == pytest.approx(0.5, rel=error)


def test_the_exact_denoiser_of_a_mixture_finds_all_modes() -> None:
    angles = torch.arange(8, dtype=torch.float64) * torch.pi / 4
    modes, deviation = torch.stack([angles.cos(), angles.sin()], 1), 0.05

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        variance = deviation**2 + sigma.square()[:, None]
        apart = torch.cdist(x, modes).square()
        shares = torch.softmax(-apart / (2 * variance), 1)
        return (deviation**2 * x + sigma.square()[:, None] * (shares @ modes)) / variance

    levels = sampling_levels(18, 0.002, 80.0, 7.0)
    distance, mode = torch.cdist(heun(denoise, doubles(4000, 2) * levels[0], levels), modes).min(1)
    assert (distance < 4 * deviation).float().mean() > 0.99
    shares = torch.bincount(mode, minlength=8) / 4000
    assert shares.min() > 0.1 and shares.max() < 0.15
    assert distance.square().mean().sqrt().item() == pytest.approx(deviation * 2**0.5, rel=0.1)
