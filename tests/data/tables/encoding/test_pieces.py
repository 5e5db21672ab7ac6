"""Numbers in pieces: shares, spikes, tails and gaps, and numbers that come back."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from zerosum.data.tables.encoding.pieces import ENOUGH, FEW, KNOTS, Pieces, find_pieces
from zerosum.data.tables.encoding.stack import StackedPieces

CPU = torch.device("cpu")


def told(pieces: Pieces, values: np.ndarray, step: float | None, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    stack = StackedPieces([pieces], [step or 0.0], CPU)
    chance = torch.rand(len(values), 1, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    choices, places = stack.told(torch.from_numpy(values)[:, None], chance)
    assert torch.equal(choices, stack.chosen(torch.from_numpy(values)[:, None], lambda: chance))
    return choices[:, 0].numpy(), places[:, 0].numpy()


def meant(pieces: Pieces, choices: np.ndarray, places: np.ndarray, step: float | None) -> np.ndarray:
    stack = StackedPieces([pieces], [step or 0.0], CPU)
    return stack.meant(torch.from_numpy(choices)[:, None], torch.from_numpy(places)[:, None])[:, 0].numpy()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=200),
    st.sampled_from([1.0, 5.0, 0.5, 0.1, 0.01, 1e-6]),
    st.integers(0, 10),
)
def test_numbers_with_a_step_come_back_exactly(numbers, step, seed):
    decimals = 6 if step == 1e-6 else 2
    values = np.array([round(number * step, decimals) for number in numbers])
    pieces = find_pieces(values, step)
    choices, places = told(pieces, values, step, seed)
    assert np.array_equal(meant(pieces, choices, places, step), values)
    assert np.abs(places).max() <= 1


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=200))
def test_other_numbers_come_back_nearly(numbers):
    values = np.array(numbers)
    pieces = find_pieces(values, None)
    choices, places = told(pieces, values, None)
    widths = np.array(pieces.knots)[:, -1] - np.array(pieces.knots)[:, 0]
    error = np.abs(meant(pieces, choices, places, None) - values)
    assert (error <= 1e-5 * widths[choices] + 1e-12).all()


def test_larger_numbers_are_larger_pieces_and_places():
    values = np.sort(np.random.default_rng(0).normal(size=2000))
    pieces = find_pieces(values, None)
    choices, places = told(pieces, values, None)
    assert (np.diff(choices) >= 0).all()
    assert all((np.diff(places[choices == piece]) >= 0).all() for piece in range(len(pieces)))
    assert (np.diff(np.array(pieces.knots), axis=1) >= 0).all() and (np.diff(pieces.starts) > 0).all()


@pytest.mark.parametrize("kind", ["normal", "uniform", "exponential"])
def test_pieces_hold_equal_shares_and_places_are_even(kind):
    generator = np.random.default_rng(1)
    values = {"normal": generator.normal, "uniform": generator.random, "exponential": generator.exponential}[kind](
        size=16000
    )
    choices, places = told(find_pieces(values, None), values, None)
    shares = np.bincount(choices) / len(values)
    assert len(shares) == 8 and shares.sum() == pytest.approx(1) and np.allclose(shares, 1 / 8, atol=0.002)
    histogram = np.histogram(places, 16, (-1, 1))[0] / len(values)
    assert np.allclose(histogram, 1 / 16, atol=0.01)


def test_spread_whole_numbers_are_even_too():
    values = np.random.default_rng(2).integers(0, 400, 20000).astype(float)
    _, places = told(find_pieces(values, 1.0), values, 1.0)
    assert np.allclose(np.histogram(places, 8, (-1, 1))[0] / len(values), 1 / 8, atol=0.01)


def test_few_values_have_a_piece_each():
    values = np.random.default_rng(3).integers(0, FEW, 5000).astype(float)
    pieces = find_pieces(values, 1.0)
    assert pieces.starts == tuple(range(FEW)) and all(pieces.single)
    assert find_pieces(np.array([3.0, 7.0, 3.0]), 4.0).starts == (3.0, 7.0)
    assert len(find_pieces(np.array([5.0]), None)) == 1


def test_frequent_values_have_their_own_piece():
    generator = np.random.default_rng(4)
    values = np.concatenate([generator.exponential(1000, 6000).round(), np.zeros(3000), np.full(1000, 40.0)])
    pieces = find_pieces(values, 1.0)
    spikes = [start for start, single in zip(pieces.starts, pieces.single, strict=True) if single]
    assert spikes == [0.0, 40.0]
    choices, _ = told(pieces, values, 1.0)
    assert np.array_equal(choices == spikes.index(0.0), values == 0)
    assert np.bincount(choices).sum() == len(values) and np.bincount(choices).min() > 0


def test_frequent_values_of_an_even_column_are_none():
    values = np.repeat(np.arange(60.0), 50)
    assert not any(find_pieces(values, 1.0).single)


def test_heavy_tails_are_cut_so_that_places_are_even():
    values = np.exp(2 * np.random.default_rng(5).normal(size=20000))
    pieces = find_pieces(values, None)
    choices, places = told(pieces, values, None)
    assert np.bincount(choices).min() >= ENOUGH and len(pieces) > 8
    even = np.random.default_rng(6).uniform(-1, 1, len(values)).astype(np.float32)
    made = meant(pieces, choices, even, None)
    assert made.mean() == pytest.approx(values.mean(), rel=0.05)
    for share in (0.5, 0.99, 0.999):
        assert np.quantile(made, share) == pytest.approx(np.quantile(values, share), rel=0.1)


def test_gaps_hold_nothing():
    generator = np.random.default_rng(7)
    values = np.concatenate([generator.normal(0, 1, 900), generator.normal(1000, 1, 1100)])
    pieces = find_pieces(values, None)
    choices, _ = told(pieces, values, None)
    made = meant(pieces, choices, generator.uniform(-1, 1, len(values)).astype(np.float32), None)
    assert not ((made > 10) & (made < 990)).any()


def test_numbers_that_were_not_seen_have_the_piece_around_or_beside_them():
    pieces = find_pieces(np.linspace(0, 1, 1000), None)
    choices, places = told(pieces, np.array([-5.0, 0.5101, 7.0]), None)
    assert choices.tolist() == [0, 4, 7] and places[0] == -1 and places[2] == 1


def test_columns_are_stacked():
    generator = np.random.default_rng(8)
    columns = [generator.integers(0, 9, 300).astype(float), generator.normal(size=300).round(2), generator.random(300)]
    steps = [1.0, 0.01, 0.0]
    found = [find_pieces(values, step or None) for values, step in zip(columns, steps, strict=True)]
    stack = StackedPieces(found, steps, CPU)
    values = torch.from_numpy(np.stack(columns, 1))
    choices, places = stack.told(values, torch.rand(300, 3, dtype=torch.float64))
    assert torch.equal(stack.meant(choices, places)[:, :2], values[:, :2])
    assert torch.allclose(stack.meant(choices, places), values, atol=1e-6)
    assert all(len(knots) == KNOTS + 1 for one in found for knots in one.knots)
