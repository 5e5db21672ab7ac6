"""The inception score against its formula in numpy, torchmetrics and known cases."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from zerosum.metrics.bootstrap import GROUPS
from zerosum.metrics.scores import inception_score


def normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("n", "classes"), [(500, 10), (73, 1008), (30, 5)])
def test_it_is_salimans_formula(n: int, classes: int) -> None:
    logits = 3 * normal(n, classes)
    shares = np.exp(logits.double().numpy())
    shares /= shares.sum(1, keepdims=True)
    divergences = (shares * np.log(shares / shares.mean(0))).sum(1)
    assert inception_score(logits).value == pytest.approx(math.exp(divergences.mean()), rel=1e-9)


def test_torchmetrics_says_the_same() -> None:
    from torchmetrics.image.inception import InceptionScore

    class Logits(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.flatten(1)

    logits = 2 * normal(400, 12)
    with pytest.warns(UserWarning, match="save all extracted features"):
        theirs = InceptionScore(feature=Logits(), splits=1)
    with torch.random.fork_rng():  # it shuffles
        theirs.update(logits.view(-1, 3, 2, 2))
        with pytest.warns(UserWarning, match="degrees of freedom"):  # of the deviation over one split
            expected = theirs.compute()[0].item()
    assert inception_score(logits).value == pytest.approx(expected, rel=1e-5)  # they compute in float32


def test_one_class_scores_one_and_k_sure_classes_score_k() -> None:
    assert inception_score(torch.zeros(200, 10)).value == pytest.approx(1, rel=1e-9)
    sure = torch.zeros(200, 10)
    sure[:, 3] = 1000
    assert inception_score(sure).value == pytest.approx(1, rel=1e-9)
    for k in (2, 5, 10):
        found = inception_score(1000 * torch.eye(10)[torch.arange(200) % k])
        assert found.value == pytest.approx(k, rel=1e-9)
        assert found.high <= 10.5 and found.error < 0.5


def test_unsure_and_one_sided_samples_score_less() -> None:
    varied = torch.eye(10)[torch.arange(500) % 10]
    values = [inception_score(sureness * varied).value for sureness in (20, 5, 2, 0)]
    assert values == sorted(values, reverse=True) and values[0] > 9.9
    assert inception_score(20 * varied[torch.arange(500) % 3]).value == pytest.approx(3, rel=0.01)


def test_the_error_is_the_deviation_over_new_samples() -> None:
    found = [inception_score(3 * normal(500, 4, seed=s)) for s in range(60)]
    spread = np.std([one.value for one in found], ddof=1)
    assert np.mean([one.error for one in found]) == pytest.approx(spread, rel=0.3)
    assert all(one.low < one.value < one.high for one in found)


def test_few_samples_have_no_interval_and_bad_numbers_no_value() -> None:
    assert math.isnan(inception_score(normal(GROUPS - 1, 4)).error) and math.isfinite(
        inception_score(normal(GROUPS, 4)).error
    )
    logits = normal(100, 4)
    logits[0, 0] = math.inf
    assert math.isnan(inception_score(logits).value) and math.isnan(inception_score(logits).low)
