"""Properties as asked: counted by values and not by columns, and what is ignored is found out."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import RidgeClassifier
from torch import Tensor

from zerosum.metrics.attributes import attribute_hits, properties_of

NAMES = ("glasses", "hair=black", "hair=grey", "hair=red")


def side(n: int, seed: int, ignored: bool = False, bald: float = 0.1) -> tuple[Tensor, Tensor]:
    """Features that show glasses and hair among noise; some samples have no hair."""
    generator = torch.Generator().manual_seed(seed)
    glasses = torch.randint(2, (n, 1), generator=generator)
    hair = torch.nn.functional.one_hot(torch.randint(3, (n,), generator=generator), 3)
    hair = hair * (torch.rand(n, 1, generator=generator) > bald)
    told = torch.cat([glasses, hair], 1).float()
    shown = told[torch.randperm(n, generator=generator)] if ignored else told
    return torch.cat([3 * shown, torch.zeros(n, 20)], 1) + torch.randn(n, 24, generator=generator), told


def test_properties_are_columns_of_one_name() -> None:
    assert properties_of(NAMES) == {"glasses": [0], "hair": [1, 2, 3]}


def test_shares_are_those_of_a_regression_on_standardised_features() -> None:
    real, fake, other = side(300, 0), side(200, 1), side(250, 2)
    found = attribute_hits(NAMES, real, fake, other)
    center, spread = real[0].double().mean(0), real[0].double().std(0)
    x, y, z = (((features.double() - center) / spread).numpy() for features, _ in (real, fake, other))

    def value(told: Tensor, columns: list[int]) -> np.ndarray:
        return np.array([max((i + 1 for i, c in enumerate(columns) if row[c]), default=0) for row in told.tolist()])

    for name, columns in (("glasses", [0]), ("hair", [1, 2, 3])):
        classifier = RidgeClassifier(alpha=30.0).fit(x, value(real[1], columns))
        shares = tuple(
            (classifier.predict(f) == value(told, columns)).mean() for f, told in ((y, fake[1]), (z, other[1]))
        )
        assert found.by_property[name] == pytest.approx(shares, abs=1e-12)
    assert found.fake.value == pytest.approx(np.mean([share for share, _ in found.by_property.values()]))
    assert found.real.value > 0.8 and found.fake.low < found.fake.value < found.fake.high


def test_a_generator_that_does_not_listen_is_found_out() -> None:
    listening, deaf = (attribute_hits(NAMES, side(400, 0), side(400, 1, ignored), side(400, 2)) for ignored in (0, 1))
    assert listening.fake.value > 0.8
    assert 0.35 < deaf.fake.value < 0.5, "half of the glasses and a third of the hair by chance"
    assert deaf.real.value == listening.real.value


def test_a_property_that_never_changes_is_left_out() -> None:
    sides = [(features, told * torch.tensor([0.0, 1, 1, 1])) for features, told in (side(99, s) for s in range(3))]
    assert set(attribute_hits(NAMES, *sides).by_property) == {"hair"}  # type: ignore[arg-type]
