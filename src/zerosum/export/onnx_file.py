"""A generator as an ONNX file."""

import json
from dataclasses import dataclass
from pathlib import Path

from zerosum.core.errors import SettingError
from zerosum.core.files import replacing
from zerosum.core.progress import Progress
from zerosum.export.checking import CHECKED, COMPARED, checked
from zerosum.export.description import described
from zerosum.export.estimating import estimate
from zerosum.export.generator import whole
from zerosum.export.tracing import TRACED, need_packages, traced
from zerosum.train.model import Model


@dataclass(frozen=True)
class Written:
    """What was written.

    Attributes:
        path: The file.
        size: Its bytes.
        difference: The largest between numbers of samples as PyTorch and ONNX Runtime draw them with this file, of
            samples in the model's range.
    """

    path: Path
    size: int
    difference: float


def write_onnx(model: Model, path: Path | str, progress: Progress = lambda what, done, total: None) -> Written:
    """Write a model's generator as an ONNX file, if ONNX Runtime draws the samples with it that PyTorch draws.

    Its inputs are `latent` (n, dimension); where something is told, `class` (n,) or `condition` (n, width); and where
    the system knows it, `truncation` (). Its output is `samples` (n, *shape), in the model's range. There are no random
    numbers in it. What all this means stands in its metadata, as JSON under the key "zerosum".

    Args:
        model: The model.
        path: The file to write; an earlier one is replaced.
        progress: Hears how far it is.

    Raises:
        SettingError: Packages are missing, or the model cannot be written so; the message says why.
    """
    need_packages()
    refusal = estimate(model).why_no_onnx
    if refusal is not None:
        raise SettingError(refusal)
    stage = whole(model, CHECKED)
    progress(TRACED, 0, 1)
    proto = traced(stage)
    progress(TRACED, 1, 1)
    progress(COMPARED, 0, 1)
    difference = checked(proto, stage)
    progress(COMPARED, 1, 1)
    entry = proto.metadata_props.add()
    entry.key, entry.value = "zerosum", json.dumps(described(model, stage))
    path = Path(path)
    with replacing(path) as temporary:
        temporary.write_bytes(proto.SerializeToString())
    return Written(path, path.stat().st_size, difference)
