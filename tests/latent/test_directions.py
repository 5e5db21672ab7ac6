"""Directions that were planted are found, and closed forms are what they are said to be."""

import numpy as np
import pytest
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from torch import nn

from zerosum.core.errors import DataError, SettingError
from zerosum.latent.directions import (
    closed_form,
    first_maps,
    principal,
    principal_by_effect,
    toward_label,
    toward_score,
)


def orthonormal(count: int, width: int) -> torch.Tensor:
    return torch.linalg.qr(torch.randn(width, count, generator=torch.Generator().manual_seed(0))).Q.T


def normal(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_principal_components_find_a_planted_subspace():
    planted = orthonormal(2, 20)
    codes = normal(3000, 2) * torch.tensor([5.0, 3.0]) @ planted + 0.1 * normal(3000, 20, seed=2) + 7
    found = principal(codes, 2)
    torch.testing.assert_close((found.vectors @ planted.T).abs(), torch.eye(2), rtol=0.02, atol=0.05)
    torch.testing.assert_close(found.spread, torch.tensor([5.0, 3.0]), rtol=0.05, atol=0)
    variances = torch.linalg.eigvalsh(codes.T.cov().double()).flip(0)
    assert found.shares is not None
    torch.testing.assert_close(found.shares.double(), variances[:2] / variances.sum(), rtol=1e-4, atol=0)


def test_principal_components_of_effects_are_carried_back_to_codes():
    planted = orthonormal(2, 10)
    codes = normal(4000, 10)
    effects = torch.cat([9 * codes @ planted[:1].T, 4 * codes @ planted[1:].T, 0.1 * normal(4000, 6, seed=3)], 1)
    found = principal_by_effect(codes, effects, 2)
    torch.testing.assert_close((found.vectors @ planted.T).abs(), torch.eye(2), rtol=0.05, atol=0.06)
    assert found.shares is not None
    expected = torch.tensor([81.0, 16.0]) / (81 + 16 + 0.06)
    torch.testing.assert_close(found.shares, expected, rtol=0.1, atol=0)


def test_closed_form_directions_are_singular_vectors_and_eigenvectors():
    weights = normal(30, 8)
    vectors, stretched = closed_form(weights, 8)
    values, eigenvectors = torch.linalg.eigh(weights.T @ weights)
    torch.testing.assert_close(stretched.square(), values.flip(0), rtol=1e-4, atol=1e-4)
    cosines = (vectors * eigenvectors.T.flip(0)).sum(1).abs()
    torch.testing.assert_close(cosines, torch.ones(8), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close((weights @ vectors[0]).norm(), stretched[0])


def test_the_maps_that_codes_meet_first_are_found_by_watching():
    class Told(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.direct, self.beside = nn.Linear(4, 6), nn.Linear(7, 5)
            self.scaled = nn.ConvTranspose2d(4, 3, 2)
            self.later = nn.Linear(6, 6)

        def forward(self, z: torch.Tensor) -> torch.Tensor:
            self.beside(torch.cat([z, torch.ones(len(z), 3)], 1))
            self.scaled(2 * z[:, :, None, None])
            return self.later(self.direct(z))

    told, code = Told(), normal(1, 4)
    found = first_maps(told, lambda: told(code), code[0])
    expected = [told.direct.weight, told.beside.weight[:, :4], told.scaled.weight.flatten(1).T]
    rows = {tuple(row.tolist()) for row in found}
    assert rows == {tuple(row.tolist()) for weight in expected for row in weight.detach()}
    with pytest.raises(SettingError, match="no linear layer"):
        first_maps(told, lambda: told(normal(1, 4, seed=9)), code[0])


def test_a_score_leads_to_the_planted_direction():
    planted = orthonormal(1, 12)[0]
    codes = normal(800, 12)
    scores = 3 * codes @ planted + 0.5 * normal(800, seed=5) + 2
    found = toward_score(codes, scores)
    assert found.vectors[0] @ planted > 0.99
    sklearn = Ridge(1e-3 * 800).fit(codes.numpy(), scores.numpy()).coef_
    assert np.dot(found.vectors[0].numpy(), sklearn / np.linalg.norm(sklearn)) > 0.9999
    assert found.spread[0] == pytest.approx((codes @ found.vectors[0]).std().item(), rel=1e-4)


def test_labels_lead_to_the_planted_direction():
    planted = orthonormal(1, 12)[0]
    codes = normal(2000, 12)
    labels = codes @ planted + 0.3 * normal(2000, seed=6) > 0.5
    found = toward_label(codes, labels)
    assert found.vectors[0] @ planted > 0.98
    sklearn = LogisticRegression(C=1 / (0.01 * 2000), tol=1e-8).fit(codes.numpy(), labels.numpy()).coef_[0]
    assert np.dot(found.vectors[0].numpy(), sklearn / np.linalg.norm(sklearn)) > 0.9999


def test_labels_that_can_be_parted_perfectly_have_a_direction_too():
    codes = torch.cat([normal(50, 200) + 3, normal(50, 200, seed=7) - 3])
    found = toward_label(codes, torch.arange(100) < 50)
    assert found.vectors.isfinite().all() and found.vectors[0].sum() > 0


def test_what_has_no_direction():
    codes = normal(20, 5)
    for labels in (torch.ones(20).bool(), torch.zeros(20).bool()):
        with pytest.raises(DataError):
            toward_label(codes, labels)
    for scores in (torch.ones(20), torch.full((20,), torch.nan)):
        with pytest.raises(DataError):
            toward_score(codes, scores)
    with pytest.raises(DataError):
        toward_score(torch.ones(20, 5), torch.arange(20))
    for count in (0, 6, 99):
        with pytest.raises(SettingError):
            principal(codes, count)
