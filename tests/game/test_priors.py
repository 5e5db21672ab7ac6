"""Codes: their statistics, and one layout for fresh latents and numbered ones."""

import numpy as np
import pytest
import torch
from numpy.random import RandomState
from torch import Tensor

from zerosum.core.batch import Batch
from zerosum.core.seeding import Noise, Share
from zerosum.game.priors import Codes, Normal, Uniform

PRIOR = Codes.beside(5, (3, 10), 2)
COUNT = 20_000


def drawn(count: int = COUNT, share: Share | None = None) -> Tensor:
    return PRIOR.draw(Batch(torch.zeros(count, 1), None, Noise(0, share or Share())))


@pytest.mark.parametrize("latents", [drawn(), PRIOR.latents(range(4000))], ids=["drawn", "numbered"])
def test_statistics(latents: Tensor) -> None:
    assert latents.shape[1] == PRIOR.dimension == 5 + 13 + 2 and PRIOR.noise == 5
    noise, first, second, continuous = PRIOR.parts(latents)
    error = 5 / len(latents) ** 0.5
    for uniform in (noise, continuous):
        assert -1 <= uniform.min() < -0.99 and 0.99 < uniform.max() <= 1
        assert uniform.mean(0).abs().max() < error
        assert (uniform.square().mean(0) - 1 / 3).abs().max() < error
    for code, values in ((first, 3), (second, 10)):
        assert code.shape[1] == values
        assert ((code == 0) | (code == 1)).all() and (code.sum(1) == 1).all()
        assert (code.mean(0) - 1 / values).abs().max() < error
    together = latents - latents.mean(0)
    blocks = torch.tensor([0] * 5 + [1] * 3 + [2] * 10 + [3] * 2)
    between = (together.T @ together / len(latents))[blocks[:, None] != blocks]
    assert between.abs().max() < error, "the parts are independent"


def test_a_number_is_a_latent_in_any_company() -> None:
    stream = RandomState(7)
    expected = [*stream.uniform(-1, 1, 5)]
    for values in (3, 10):
        chosen = int(stream.random_sample() * values)
        expected += [float(value == chosen) for value in range(values)]
    expected += [*stream.uniform(-1, 1, 2)]
    for seeds in ([7], [3, 7], range(8)):
        np.testing.assert_allclose(PRIOR.latents(seeds)[-1], np.float32(expected))


def test_processes_share_the_latents_of_one() -> None:
    parts = [drawn(50, Share(rank, 2)) for rank in range(2)]
    assert torch.equal(torch.cat(parts), drawn(100))


def test_parts_are_views() -> None:
    latents = drawn(4)
    PRIOR.parts(latents)[-1].fill_(9.0)
    assert (latents[:, -2:] == 9).all() and (latents[:, :-2] <= 1).all()


def test_latents_are_brought_to_where_priors_draw() -> None:
    normal = Normal(100)
    drawn = normal.latents(range(200))
    assert (normal.nearest(drawn) == drawn).all(1).float().mean() > 0.97
    lengths = normal.nearest(torch.cat([0.01 * drawn, 9 * drawn])).norm(dim=1)
    assert lengths.min() == pytest.approx(10 - 3 / 2**0.5, rel=1e-4) and lengths.max() < 10 + 3 / 2**0.5 + 1e-3
    cut = Uniform(3).nearest(torch.tensor([[-9.0, 0.5, 2.0]]))
    torch.testing.assert_close(cut, torch.tensor([[-(3**0.5), 0.5, 3**0.5]]))
    codes = Codes.beside(1, (3,), 1).nearest(torch.tensor([[2.0, 0.1, 0.7, 0.2, -3.0]]))
    assert codes.tolist() == [[1, 0, 1, 0, -1]]
