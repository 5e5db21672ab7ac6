"""Searching latents, mixing layers, and learning to say latents."""

import pytest
import torch
from torch import nn

from zerosum.latent.encoder import train_encoder
from zerosum.latent.inversion import Descent, search
from zerosum.latent.mixing import mixed

WEIGHTS = torch.randn(6, 40, generator=torch.Generator().manual_seed(0))


def make(latents: torch.Tensor) -> torch.Tensor:
    return torch.tanh(latents @ WEIGHTS)


def test_the_latent_of_a_sample_is_found():
    wanted = torch.randn(1, 6, generator=torch.Generator().manual_seed(1))
    target = make(wanted)

    def apart(x: torch.Tensor) -> torch.Tensor:
        return (x - target).square().mean(1)

    starts = torch.randn(5, 6, generator=torch.Generator().manual_seed(2))
    found = search(make, apart, starts, 1.0, Descent(), torch.Generator().manual_seed(3))
    assert found.apart.min() < 1e-4 * apart(make(starts)).min()
    torch.testing.assert_close(found.latents[found.apart.argmin()], wanted[0], rtol=0.01, atol=0.02)
    torch.testing.assert_close(apart(make(found.latents)), found.apart)


def test_searches_stay_within_bounds_and_do_not_depend_on_each_other():
    def apart(x: torch.Tensor) -> torch.Tensor:
        return (x - 1).square().mean(1)

    def within(latents: torch.Tensor) -> torch.Tensor:
        return latents.clamp(-0.1, 0.1)

    calm = Descent(steps=20, noise=0.0)
    starts = torch.zeros(2, 6)
    both = search(make, apart, starts, 1.0, calm, torch.Generator(), within)
    assert both.latents.abs().max() <= 0.1
    alone = search(make, apart, starts[:1], 1.0, calm, torch.Generator(), within)
    torch.testing.assert_close(both.latents[:1], alone.latents)


def test_a_slope_that_is_not_a_number_moves_nothing_far():
    def apart(x: torch.Tensor) -> torch.Tensor:
        return (x - x).abs().sqrt().mean(1)  # its derivative is infinite times zero

    found = search(make, apart, torch.ones(1, 6), 1.0, Descent(steps=5), torch.Generator())
    assert found.latents.isfinite().all()


def test_the_rate_rises_and_falls_and_the_noise_falls():
    descent = Descent(rate=0.2, noise=1.0)
    assert descent.rate_at(0) == 0 and descent.rate_at(0.5) == 0.2 and descent.rate_at(0.999) < 0.001
    assert descent.noise_at(0) == 1 and descent.noise_at(0.375) == pytest.approx(0.25) and descent.noise_at(0.75) == 0


def test_an_encoder_learns_to_say_latents():
    def pairs(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        latents = torch.randn(64, 6, generator=torch.Generator().manual_seed(step))
        return make(latents), latents

    class Linear(nn.Linear):
        def forward(self, input: torch.Tensor, condition: None) -> torch.Tensor:
            return super().forward(input)

    torch.manual_seed(0)
    encoder = Linear(40, 6)
    errors = list(train_encoder(encoder, pairs, 400))
    assert len(errors) == 400 and errors[-1] < 0.3 * errors[0]
    assert not encoder.training


def test_an_encoder_stops_in_time():
    ticks = iter(range(0, 1000, 30))

    def pairs(step: int) -> tuple[torch.Tensor, torch.Tensor]:
        return torch.zeros(1, 2), torch.zeros(1, 2)

    class Same(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = nn.Parameter(torch.ones(()))

        def forward(self, x: torch.Tensor, condition: None) -> torch.Tensor:
            return x * self.scale

    assert len(list(train_encoder(Same(), pairs, 100, minutes=2, clock=lambda: next(ticks)))) == 4


def test_a_matrix_has_layers_of_both():
    rows, columns = torch.arange(24.0).view(2, 4, 3), -torch.arange(36.0).view(3, 4, 3)
    matrix = mixed(rows, columns, slice(1, 3))
    assert matrix.shape == (2, 3, 4, 3)
    for i in range(2):
        for j in range(3):
            assert torch.equal(matrix[i, j, 1:3], columns[j, 1:3])
            assert torch.equal(matrix[i, j, [0, 3]], rows[i, [0, 3]])
