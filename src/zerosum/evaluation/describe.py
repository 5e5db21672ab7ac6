"""Samples generated and described by the processes together, and features of real samples kept for the next time."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor

from zerosum.core.files import replacing
from zerosum.core.progress import Progress
from zerosum.data.cache import cache_folder
from zerosum.data.codec import Codec
from zerosum.data.samples import digest_of
from zerosum.evaluation.sides import tensor
from zerosum.metrics.features import FeatureNetwork
from zerosum.train.devices import on_main
from zerosum.train.model import Model

AT_ONCE = 64
"""Samples that go through a feature network together: the same ones however many processes share the work."""

ROWS_AT_ONCE = 4096
"""Samples that are no pictures and are generated together: many small ones take hardly longer than a few."""

KEPT = 24
"""Files of features that are kept, the most recently used."""


class Workers:
    """The processes of an evaluation; each does a share, and all get the whole."""

    def __init__(self, accelerator: Accelerator, progress: Progress) -> None:
        self._accelerator, self._progress = accelerator, progress
        self.device = accelerator.device

    @property
    def main(self) -> bool:
        """Whether this is the process that measures and speaks."""
        return self._accelerator.is_main_process

    def samples(self, model: Model, seeds: Sequence[int]) -> np.ndarray:
        """The numbered samples of a model, as they are stored."""
        size = AT_ONCE if model.space.kind == "image" else ROWS_AT_ONCE
        parts = [seeds[i : i + size] for i in range(0, len(seeds), size)]
        return self._shared(parts, model.numbered, "Generating samples", len(seeds))

    def features(self, network: FeatureNetwork, rows: np.ndarray, codec: Codec, what: str, keep: bool) -> Tensor:
        """Features (n, f), float32, of stored rows.

        Args:
            network: What describes them.
            rows: Stored samples.
            codec: How they are encoded.
            what: What they are, for the person who waits.
            keep: Whether to look for them in the cache, and to leave them there.
        """
        path = _place(network, rows, codec) if keep else None
        known = on_main(self._accelerator, lambda: None if path is None else _read(path, len(rows)))
        if known is None:
            parts = [rows[i : i + AT_ONCE] for i in range(0, len(rows), AT_ONCE)]

            @torch.no_grad()
            def described(part: np.ndarray) -> np.ndarray:
                return network(codec.encode(tensor(part).to(self.device))).float().cpu().numpy()

            known = self._shared(parts, described, f"Describing {what}", len(rows))
            if path is not None and self.main:
                _write(path, known)
        return torch.from_numpy(known)

    def _shared(self, parts: Sequence, work: Callable[..., np.ndarray], what: str, total: int) -> np.ndarray:
        """The results of all parts in their order, each process doing a run of them."""
        rank, world = self._accelerator.process_index, self._accelerator.num_processes
        bounds = [len(parts) * number // world for number in range(world + 1)]
        own, done = [], 0
        for part in parts[bounds[rank] : bounds[rank + 1]]:
            own.append(work(part))
            done += len(part)
            self._progress(what, min(done * world, total), total)
        if world == 1:
            return np.concatenate(own)
        everyone: list[list[np.ndarray]] = [[] for _ in range(world)]
        torch.distributed.all_gather_object(everyone, own)
        return np.concatenate([result for results in everyone for result in results])


def _place(network: FeatureNetwork, rows: np.ndarray, codec: Codec) -> Path:
    """The file of the features of these rows: another one for other content, another network or other units."""
    units = json.dumps(codec.to_json())
    key = hashlib.sha256(f"{network.identity} {units} {digest_of(rows)}".encode()).hexdigest()[:32]
    return cache_folder() / "features" / f"{key}.npy"


def _read(path: Path, count: int) -> np.ndarray | None:
    """Features of so many samples from the cache, if they are there whole."""
    try:
        found = np.load(path, allow_pickle=False)
        os.utime(path)  # so that those used longest ago can be told
    except (OSError, ValueError, EOFError):
        return None
    return found if found.ndim == 2 and len(found) == count and found.dtype == np.float32 else None


def _write(path: Path, features: np.ndarray) -> None:
    """Leave features in the cache, where there is room, and drop those used longest ago."""
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.save(file, features, allow_pickle=False)
        kept = sorted(path.parent.glob("*.npy"), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in kept[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        pass  # a cache that cannot be written costs time and nothing else
