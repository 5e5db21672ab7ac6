"""Samples: readers for each place they may lie, codecs between stored and encoded, the cache and the loader."""

from zerosum.data.codec import Codec, ImageCodec, PointsCodec
from zerosum.data.codecs import codec_from_json
from zerosum.data.dataset import Dataset
from zerosum.data.loader import Loader
from zerosum.data.open import BUILTIN_NAMES, open_dataset

__all__ = [
    "BUILTIN_NAMES",
    "Codec",
    "Dataset",
    "ImageCodec",
    "Loader",
    "PointsCodec",
    "codec_from_json",
    "open_dataset",
]
