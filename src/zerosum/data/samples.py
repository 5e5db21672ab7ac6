"""What a reader found, before it is decided what of it is learned."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Samples:
    """Samples, and all that is said of them.

    Attributes:
        rows: Stored samples, as in `data.dataset.Dataset`.
        digest: Hash of the rows' bytes.
        classes: Name of each sample's class, or None.
        texts: Caption of each sample, or None.
        columns: What else is said of the samples, columns by name, or None.
        notes: Sentences that the person should read.
    """

    rows: np.ndarray
    digest: str
    classes: Sequence[str] | None = None
    texts: tuple[str, ...] | None = None
    columns: Mapping[str, Sequence[Any]] | None = None
    notes: tuple[str, ...] = field(default=())


def digest_of(rows: np.ndarray) -> str:
    """Hash of an array's shape, type and content."""
    hashed = hashlib.sha256(f"{rows.shape} {rows.dtype}".encode())
    hashed.update(np.ascontiguousarray(rows).data)
    return hashed.hexdigest()
