"""The order of samples is a function of seed and position, complete in each epoch, and the same for any division."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from zerosum.core.errors import DataError, SettingError
from zerosum.core.seeding import Share
from zerosum.data import Dataset, Loader, open_dataset


def numbered(count: int, labels: bool = False) -> Dataset:
    """Pictures that tell their number (pixel 0) and whether they are mirrored (pixel 7 is 1 when upright)."""
    rows = np.zeros((count, 8, 8, 3), np.uint8)
    rows[:, 0, 0] = rows[:, 0, 7] = np.arange(count)[:, None]
    rows[:, 1, 7] = 1
    dataset = open_dataset(rows)
    return replace(dataset, labels=np.arange(count)) if labels else dataset


def order(loader: Loader, batches: int, start: int = 0) -> np.ndarray:
    return np.concatenate([loader.rows(start + n * loader.batch)[0][:, 0, 0, 0].numpy() for n in range(batches)])


def test_every_epoch_shows_every_sample_once() -> None:
    seen = order(Loader(numbered(50), seed=1, batch=15), 10).reshape(3, 50)  # batches span two epochs
    assert np.array_equal(np.sort(seen, axis=1), np.tile(np.arange(50), (3, 1)))
    assert not np.array_equal(seen[0], seen[1])


def test_any_position_can_be_read_directly_and_repeatedly() -> None:
    loader = Loader(numbered(50), seed=1, batch=15)
    sequence = order(loader, 20)
    for number in (13, 2, 19, 3, 3, 0):
        assert np.array_equal(order(Loader(numbered(50), 1, 15), 1, number * 15), sequence[number * 15 :][:15])
        assert np.array_equal(order(loader, 1, number * 15), sequence[number * 15 :][:15])


def test_seed_and_batch() -> None:
    sequence = order(Loader(numbered(50), seed=1, batch=10), 10)
    assert np.array_equal(order(Loader(numbered(50), seed=1, batch=50), 2), sequence)
    assert not np.array_equal(order(Loader(numbered(50), seed=2, batch=10), 10), sequence)


@pytest.mark.parametrize("world", [2, 3])
def test_processes_share_each_batch(world) -> None:
    dataset = replace(numbered(40, labels=True), mirror=True)
    alone = Loader(dataset, 5, 12)
    shares = [Loader(dataset, 5, 12, Share(rank, world)) for rank in range(world)]
    for position in range(0, 120, 12):
        rows, labels = alone.rows(position)
        parts = [loader.rows(position) for loader in shares]
        assert torch.equal(torch.cat([part for part, _ in parts]), rows)
        assert torch.equal(torch.cat([part for _, part in parts]), labels)


def test_labels_belong_to_rows() -> None:
    rows, labels = Loader(numbered(40, labels=True), 0, 40).rows(0)
    assert labels.dtype == torch.int64 and torch.equal(labels, rows[:, 0, 0, 0].long())
    assert Loader(numbered(40), 0, 40).rows(0)[1] is None


def test_half_are_mirrored_and_another_half_in_the_next_epoch() -> None:
    loader = Loader(replace(numbered(200), mirror=True), 0, 200)
    flips = []
    for epoch in range(2):
        rows = loader.rows(epoch * 200)[0]
        plain = torch.from_numpy(loader.dataset.rows)[rows[:, 0, 0, 0].long()]
        mirrored = rows[:, 1, 0, 0] == 1
        assert torch.equal(torch.where(mirrored[:, None, None, None], rows.flip(2), rows), plain)
        assert 0.35 < mirrored.float().mean() < 0.65
        flips.append(mirrored[rows[:, 0, 0, 0].argsort()])
    assert not torch.equal(*flips)
    assert loader.dataset.rows[:, 1, 7].all(), "the stored rows stay as they were"


def test_wrong_batches() -> None:
    with pytest.raises(DataError, match="50 samples, fewer than a batch of 64; give --batch 50"):
        Loader(numbered(50), 0, 64)
    with pytest.raises(SettingError, match="divide evenly among 3"):
        Loader(numbered(50), 0, 16, Share(0, 3))
    with pytest.raises(SettingError, match="at least 2 samples"):
        Loader(numbered(50), 0, 0)


def test_points_are_encoded() -> None:
    dataset = open_dataset("ring")
    rows, labels = Loader(dataset, 0, 1000).rows(0)
    x = dataset.codec.encode(rows)
    assert labels is None and x.shape == (1000, 2) and x.dtype == torch.float32
    assert x.std(dim=0).tolist() == pytest.approx([1, 1], abs=0.05)
    assert np.allclose(dataset.codec.decode(x), rows, atol=1e-6)
