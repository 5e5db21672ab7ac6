"""Which samples come when: an endless, shuffled order that is a function of the seed and the position alone."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from zerosum.core.errors import DataError, SettingError
from zerosum.core.seeding import Share, seed_from
from zerosum.data.dataset import Dataset
from zerosum.data.groups import similar_groups

MOST_READY = 2**28
"""Bytes of encoded rows that are kept rather than made again in every epoch, at most."""

AT_ONCE = 4096
"""Rows that are then encoded together."""


@dataclass(frozen=True)
class _Epoch:
    """One pass over the data: the order of the samples, and which of them are mirrored; both of shape (n,)."""

    order: np.ndarray
    flips: np.ndarray


@dataclass(frozen=True)
class _Groups:
    """Samples sorted by group, in one way or in several.

    Attributes:
        order: Places of the samples, those of the first group first, shape (n,) for each way.
        counts: Samples in each group, shape (groups,).
    """

    order: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(cls, partings: Sequence[np.ndarray], count: int) -> "_Groups":
        """The samples whose groups are given, shape (n,) for each way to part them; no two ways share a group."""
        order = np.concatenate([np.argsort(groups, kind="stable") for groups in partings])
        counts = sum((np.bincount(groups, minlength=count) for groups in partings), np.zeros(count, np.int64))
        return cls(order, counts)

    def draw(self, multiples: np.ndarray, which: np.ndarray, within: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Places and groups of samples that numbers on [0, 1) choose, one for the group and one within it; (k,)."""
        bounds = np.cumsum(self.counts * multiples)
        group = np.searchsorted(bounds, which * bounds[-1], side="right")
        first = np.cumsum(self.counts) - self.counts
        return self.order[first[group] + (within * self.counts[group]).astype(np.int64)], group


class Loader:
    """Batches of stored rows from an endless sequence of epochs, each shuffled anew.

    Position p of the sequence is always the same sample, mirrored or not, for one seed: whatever the batch size, the
    number of processes and what was read before. So nothing needs to be saved to go on after an interruption.
    """

    def __init__(
        self, dataset: Dataset, seed: int, batch: int, share: Share | None = None, device: torch.device | str = "cpu"
    ) -> None:
        """Prepare to read; nothing is read yet.

        Args:
            dataset: Where rows come from.
            seed: Decides the order and the mirroring.
            batch: Samples in one global batch, over all processes.
            share: Which part of every batch this process gets; by default all of it.
            device: Where batches are put.

        Raises:
            SettingError: The batch cannot be divided among the processes.
            DataError: There are fewer samples than a batch has.
        """
        self.share = share or Share()
        if batch % self.share.world or batch < 2 * self.share.world:
            raise SettingError(
                f"--batch is {batch}; it must divide evenly among {self.share.world} process(es) and give each at "
                "least 2 samples, since batch normalisation compares them."
            )
        self._training = dataset.training
        count = len(self._training)
        if batch > count:
            raise DataError(
                f"{dataset.source} has {count} samples to train on, fewer than a batch of {batch}; "
                f"give --batch {count // self.share.world * self.share.world} or less, or add samples."
            )
        self.dataset = dataset
        self.seed = seed
        self.batch = batch
        self.device = torch.device(device)
        # Without numpy's subclass for memory maps, whose every indexing costs microseconds; still mapped, not copied.
        self._rows = np.asarray(dataset.rows)
        self._groups: _Groups | None = None
        self._epochs: dict[int, _Epoch] = {}
        self._encode: Callable[[Tensor], Tensor] = _as_stored
        self._ready: Tensor | None = None

    def encoded(self) -> "Loader":
        """One that gives the same batches as networks see them: float32, shape (batch / processes, *space.shape)."""
        loader, codec = copy.copy(self), self.dataset.codec
        loader._encode = codec.encode
        if codec.encodes_once and len(self._rows) * self.dataset.space.size * 4 <= MOST_READY:
            parts = np.array_split(self._rows, max(1, len(self._rows) // AT_ONCE))
            loader._ready = torch.cat([codec.encode(torch.tensor(part, device=self.device)) for part in parts])
        return loader

    def rows(self, position: int) -> tuple[Tensor, Tensor | None]:
        """This process's part of the global batch that starts at a position.

        Args:
            position: How many samples came before, over all processes; at least 0.

        Returns:
            Stored rows, shape (batch / processes, ...), for `dataset.codec.encode`; and what is told of them, as
            `Batch.condition`.
        """
        local = self.batch // self.share.world
        return self._read(*self._chosen(position + self.share.rank * local, local))

    def focused(self, position: int, multiples: np.ndarray) -> tuple[Tensor, Tensor | None, Tensor]:
        """A batch in which each group of samples comes so many times as often as in the data, drawn with replacement.

        Like `rows` it is a function of the seed and the position, and of the multiples.

        Args:
            position: How many samples came before, over all processes; at least 0.
            multiples: How many times as often, before all are scaled to sum to 1: one for each class, or without
                classes for each of so many kinds of similar samples, of tables for each category; shape (groups,).

        Returns:
            As `rows` does, and the group of each sample, int64.
        """
        if self._groups is None:
            self._groups = _Groups.of(self._partings(len(multiples)), len(multiples))
        local = self.batch // self.share.world
        generator = np.random.Generator(np.random.PCG64(seed_from(self.seed, "focus", position)))
        numbers = generator.random((3, self.batch))[:, self.share.rank * local :][:, :local]
        place, group = self._groups.draw(multiples, numbers[0], numbers[1])
        rows, condition = self._read(self._training[place], numbers[2] < 0.5)
        return rows, condition, torch.from_numpy(group).to(self.device)

    def _partings(self, count: int) -> list[np.ndarray]:
        """The groups of the rows that are trained on, (n,): categories, classes, or so many kinds of alike ones."""
        dataset = self.dataset
        ways = dataset.codec.partings(self._rows)
        if not ways:
            ways = [dataset.labels if dataset.labels is not None else similar_groups(self._rows, count)]
        return [groups[self._training] for groups in ways]

    def _read(self, chosen: np.ndarray, flips: np.ndarray) -> tuple[Tensor, Tensor | None]:
        """The rows of these numbers, mirrored where `flips` says so, and what is told of them."""
        condition = self.dataset.condition(chosen)
        told = None if condition is None else condition.to(self.device)
        if self._ready is not None:
            return self._ready.index_select(0, torch.from_numpy(chosen).to(self.device)), told
        rows = self._rows[chosen]
        if self.dataset.mirror:
            # `take` copies whole pixels, which is eight times faster than indexing with a step of -1.
            rows[flips] = np.take(rows[flips], np.arange(rows.shape[2])[::-1], axis=2)
        return self._encode(torch.from_numpy(rows).to(self.device)), told

    def _chosen(self, start: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Row numbers and mirroring of the samples at `start` to `start + count`; these lie in one epoch or in two."""
        size = len(self._training)
        number, offset = divmod(start, size)
        here = self._epoch(number)
        if offset + count <= size:
            return here.order[offset : offset + count], here.flips[offset : offset + count]
        following, rest = self._epoch(number + 1), offset + count - size
        return (
            np.concatenate([here.order[offset:], following.order[:rest]]),
            np.concatenate([here.flips[offset:], following.flips[:rest]]),
        )

    def _epoch(self, number: int) -> _Epoch:
        if number not in self._epochs:
            # Two are enough: a batch is never longer than an epoch.
            self._epochs = {known: epoch for known, epoch in self._epochs.items() if known == number - 1}
            generator = np.random.Generator(np.random.PCG64(seed_from(self.seed, "epoch", number)))
            size = len(self._training)
            order = self._training[generator.permutation(size)]
            self._epochs[number] = _Epoch(order, generator.random(size, np.float32) < 0.5)
        return self._epochs[number]


def _as_stored(rows: Tensor) -> Tensor:
    return rows
