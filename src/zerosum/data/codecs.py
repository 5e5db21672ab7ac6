"""The codec of each kind of sample, read back from its JSON."""

from collections.abc import Mapping
from typing import Any

from zerosum.config import base
from zerosum.core.errors import DataError, nearest_name
from zerosum.data.codec import Codec, ImageCodec, PointsCodec
from zerosum.data.tables.encoding.codec import TableCodec

_CODECS: dict[str, type[Codec]] = {codec.kind: codec for codec in (ImageCodec, PointsCodec, TableCodec)}


def codec_from_json(values: Mapping[str, Any]) -> Codec:
    """The codec that `Codec.to_json` described.

    Raises:
        DataError: There is no such kind of codec.
        SettingError: A value is missing, unknown or of the wrong type.
    """
    kind = str(values.get("kind"))
    if kind not in _CODECS:
        raise DataError(f'There is no codec for samples of the kind "{kind}". {nearest_name(kind, _CODECS)}.')
    fields = {name: value for name, value in values.items() if name != "kind"}
    return base.from_json(_CODECS[kind], fields, f"the {kind} codec")
