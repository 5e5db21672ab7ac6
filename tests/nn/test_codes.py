"""The distribution that is fitted to codes, against moments of all codes together."""

import numpy as np
import pytest
import torch

from zerosum.nn.codes import NormalCodes


def codes_of(count: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randn(count, 3, generator=generator) @ torch.tensor([[2.0, 0, 0], [1, 0.5, 0], [0, 0, 0.1]])
    kinds = torch.randint(0, 2, (count,), generator=generator)
    return codes + 3.0 * kinds[:, None], kinds


@pytest.mark.parametrize("classes", [0, 2])
def test_within_its_memory_it_is_the_mean_and_covariance_of_all_codes(classes: int) -> None:
    fitted = NormalCodes(3, classes, memory=10_000)
    codes, kinds = codes_of(240)
    for part, kind in zip(codes.split(32), kinds.split(32), strict=True):
        assert torch.equal(fitted(part, kind if classes else None), part)
    for index in range(max(1, classes)):
        mine = codes[kinds == index].double().numpy() if classes else codes.double().numpy()
        np.testing.assert_allclose(fitted.mean[index], mine.mean(0), atol=1e-5)
        np.testing.assert_allclose(fitted.covariance[index], np.cov(mine.T, bias=True), atol=1e-4)


def test_beyond_its_memory_old_codes_fade() -> None:
    fitted = NormalCodes(3, 0, memory=64)
    for _ in range(20):
        fitted(torch.full((32, 3), 100.0), None)
    for seed in range(20):
        fitted(codes_of(32, seed)[0], None)
    assert fitted.mean.abs().max() < 5


def test_codes_are_drawn_as_they_were_seen() -> None:
    fitted = NormalCodes(3, 2, memory=100_000)
    codes, kinds = codes_of(50_000)
    fitted(codes, kinds)
    asked = torch.arange(50_000) % 2
    drawn = fitted.like(torch.randn(50_000, 3, generator=torch.Generator().manual_seed(5)), asked)
    for index in (0, 1):
        torch.testing.assert_close(drawn[asked == index].mean(0), codes[kinds == index].mean(0), atol=0.05, rtol=0)
        torch.testing.assert_close(drawn[asked == index].T.cov(), codes[kinds == index].T.cov(), atol=0.1, rtol=0.05)


def test_only_training_changes_it_and_a_class_that_was_not_there_stays() -> None:
    fitted = NormalCodes(3, 2, memory=100)
    fitted.eval()(codes_of(16)[0], torch.zeros(16, dtype=torch.int64))
    assert not fitted.seen.any() and torch.equal(fitted.covariance[0], torch.eye(3))
    fitted.train()(codes_of(16)[0], torch.zeros(16, dtype=torch.int64))
    assert fitted.seen.tolist() == [16, 0] and torch.equal(fitted.covariance[1], torch.eye(3))


def test_codes_that_do_not_vary_can_be_drawn() -> None:
    fitted = NormalCodes(3, 0, memory=100)
    fitted(torch.ones(16, 3), None)
    torch.testing.assert_close(fitted.like(torch.randn(4, 3), None), torch.ones(4, 3), atol=1e-4, rtol=0)
