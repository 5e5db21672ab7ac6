"""The order of samples is a function of seed and position, complete in each epoch, and the same for any division."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.core.seeding import Share
from zerosum.data import Dataset, Loader, open_dataset
from zerosum.data.conditions import Classes
from zerosum.data.groups import similar_groups
from zerosum.data.toys import draw_toy, modes


def numbered(count: int, labels: bool = False, hold_out: bool = False) -> Dataset:
    """Pictures that tell their number (pixel 0) and whether they are mirrored (pixel 7 is 1 when upright)."""
    rows = np.zeros((count, 8, 8, 3), np.uint8)
    rows[:, 0, 0] = rows[:, 0, 7] = np.arange(count)[:, None]
    rows[:, 1, 7] = 1
    dataset = open_dataset(rows, DataOptions(hold_out=hold_out))
    return with_labels(dataset, np.arange(count)) if labels else dataset


def with_labels(dataset: Dataset, labels: np.ndarray) -> Dataset:
    """The data with classes: one label for each sample."""
    count = int(labels.max()) + 1
    classes = Classes(np.bincount(labels) / len(labels), tuple(map(str, range(count))))
    space = replace(dataset.space, classes=classes.names, frequencies=tuple(classes.frequencies.tolist()))
    return replace(dataset, space=space, conditions=classes, told=labels)


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


@pytest.mark.parametrize(("count", "kept"), [(2, 0), (63, 0), (64, 12), (100, 20), (159, 31), (160, 32), (1000, 50)])
def test_held_out_rows_are_few_and_never_trained_on(count: int, kept: int) -> None:
    """5 %, but up to 32 of few samples, and none of fewer than 64."""
    dataset = open_dataset(np.random.default_rng(0).normal(size=(count, 2)).astype(np.float32))
    held_out, training = dataset.held_out, dataset.training
    assert len(held_out) == kept and len(dataset) == count
    assert np.array_equal(np.sort(np.concatenate([held_out, training])), np.arange(count))
    loader = Loader(dataset, 0, 2)
    rows = np.concatenate([loader.rows(position)[0].numpy() for position in range(0, 2 * len(training), 2)])
    shown = {row.tobytes() for row in rows}
    assert shown == {row.tobytes() for row in dataset.rows[training]}


def test_held_out_rows_are_at_most_512_and_depend_on_nothing_but_the_count() -> None:
    first, second = open_dataset("ring"), open_dataset("grid")
    assert len(first.held_out) == 512 and np.array_equal(first.held_out, second.held_out)
    assert len(open_dataset("ring", DataOptions(hold_out=False)).held_out) == 0
    assert first.fingerprint != open_dataset("ring", DataOptions(hold_out=False)).fingerprint


def test_epochs_of_what_is_left_are_complete() -> None:
    dataset = numbered(100, labels=True, hold_out=True)
    seen = order(Loader(dataset, seed=1, batch=20), 12).reshape(3, 80)
    assert np.array_equal(np.sort(seen, axis=1), np.tile(dataset.training, (3, 1)))
    rows, labels = Loader(dataset, 1, 80).rows(0)
    assert torch.equal(labels, rows[:, 0, 0, 0].long())


def in_thirds(count: int = 90, mirror: bool = False, hold_out: bool = False) -> Dataset:
    """Numbered pictures in three classes: a half, a third and a sixth of them."""
    labels = np.repeat([0, 1, 2], [count // 2, count // 3, count - count // 2 - count // 3])
    return replace(with_labels(numbered(count, hold_out=hold_out), labels), mirror=mirror)


def test_focused_batches_have_the_shares_that_are_asked_for() -> None:
    multiples = np.array([1.0, 3.0, 0.5])
    loader = Loader(in_thirds(), 0, 60)
    found = [loader.focused(position, multiples) for position in range(0, 60 * 200, 60)]
    rows, labels, group = (torch.cat(parts) for parts in zip(*found, strict=True))
    assert torch.equal(labels, group), "the group of a sample with a class is its class"
    assert torch.equal(torch.from_numpy(loader.dataset.labels)[rows[:, 0, 0, 0].long()], labels)
    expected = np.array([1 / 2, 3 / 3, 0.5 / 6]) / (1 / 2 + 3 / 3 + 0.5 / 6)
    shares = np.bincount(labels.numpy(), minlength=3) / len(labels)
    assert np.abs(shares - expected).max() < 4 * np.sqrt(0.25 / len(labels))
    within = np.bincount(rows[:, 0, 0, 0].numpy(), minlength=90)[45:75]
    assert within.min() > 0.6 * within.mean(), "samples of one group come equally often"


def test_focused_batches_depend_on_seed_position_and_multiples_alone() -> None:
    multiples, dataset = np.array([1.0, 2.0, 3.0]), in_thirds(mirror=True)
    loader = Loader(dataset, 3, 12)
    first = loader.focused(24, multiples)
    loader.focused(36, multiples), loader.rows(0)
    for again in (loader.focused(24, multiples), Loader(dataset, 3, 12).focused(24, 5 * multiples)):
        assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    for other in (Loader(dataset, 4, 12).focused(24, multiples), loader.focused(36, multiples)):
        assert not torch.equal(first[0], other[0])


@pytest.mark.parametrize("world", [2, 3])
def test_processes_share_each_focused_batch(world: int) -> None:
    dataset, multiples = in_thirds(mirror=True), np.array([1.0, 2.0, 3.0])
    shares = [Loader(dataset, 5, 12, Share(rank, world)).focused(48, multiples) for rank in range(world)]
    for whole, parts in zip(Loader(dataset, 5, 12).focused(48, multiples), zip(*shares, strict=True), strict=True):
        assert torch.equal(torch.cat(parts), whole)


def test_focused_batches_leave_held_out_rows_out_and_skip_empty_groups() -> None:
    dataset = in_thirds(hold_out=True)
    dataset = with_labels(dataset, dataset.labels * 2)  # groups 1 and 3 have no samples
    rows, _, group = Loader(dataset, 0, 60).focused(0, np.array([1.0, 9.0, 1.0, 9.0, 1.0]))
    assert not set(rows[:, 0, 0, 0].tolist()) & set(dataset.held_out.tolist())
    assert set(group.tolist()) == {0, 2, 4}


def test_samples_without_classes_are_focused_by_kinds() -> None:
    dataset = open_dataset("ring")
    multiples = np.ones(32)
    loader = Loader(dataset, 0, 1000)
    _, _, group = loader.focused(0, multiples)
    multiples[int(group[0])] = 20.0
    rows, labels, focused = loader.focused(0, multiples)
    assert labels is None
    share = (focused == group[0]).float().mean()
    assert share > 5 * (group == group[0]).float().mean()
    of_kind = rows[focused == group[0]]
    assert of_kind.std(0).norm() < 0.25 * rows.std(0).norm(), "and a kind is one place"


def test_similar_groups_part_the_ring_into_its_modes() -> None:
    """Of 32 groups most hold samples of one mode, and every mode has a group."""
    rows = draw_toy("ring", count=5000)
    mode = np.linalg.norm(rows[:, None] - modes("ring"), axis=2).argmin(1)
    groups = similar_groups(rows, 32)
    table = np.zeros((32, 8))
    np.add.at(table, (groups, mode), 1)
    purity = table.max(1)[table.sum(1) > 0] / table.sum(1)[table.sum(1) > 0]
    assert (purity > 0.95).mean() > 0.9 and set(table.argmax(1)) == set(range(8))
    assert np.array_equal(groups, similar_groups(rows, 32))


def test_similar_groups_of_few_pictures() -> None:
    rows = np.zeros((12, 16, 16, 3), np.uint8)
    rows[6:] = 200
    groups = similar_groups(rows, 2)
    assert len(set(groups[:6])) == len(set(groups[6:])) == 1 and groups[0] != groups[6]
    assert similar_groups(rows, 32).shape == (12,), "more groups than samples: some stay empty"


def test_wrong_batches() -> None:
    with pytest.raises(DataError, match="50 samples to train on, fewer than a batch of 64; give --batch 50"):
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
