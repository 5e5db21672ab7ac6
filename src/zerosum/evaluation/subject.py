"""What is evaluated: a trained model, or samples of any origin that lie in files."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from zerosum.config.base import from_json
from zerosum.config.data import DataOptions
from zerosum.core.errors import DataError, SettingError
from zerosum.core.files import read_json
from zerosum.core.registry import Told
from zerosum.core.space import Space
from zerosum.data import open_dataset
from zerosum.data.codec import Codec
from zerosum.data.dataset import Dataset
from zerosum.train.folder import RunFolder
from zerosum.train.model import Model


@dataclass(frozen=True)
class Lesson:
    """What a model was trained on, as its run remembers it.

    Attributes:
        source: Built-in name or path.
        options: How it was read.
        fingerprint: Of its content then.
    """

    source: str
    options: DataOptions
    fingerprint: str


@dataclass(frozen=True)
class Subject:
    """What is evaluated.

    Attributes:
        name: What it is called in headings.
        space: What a sample is.
        codec: Between stored rows and encoded samples.
        model: The model, if it is one.
        samples: The samples, if it is none.
        lesson: What it was trained on, if that is known.
    """

    name: str
    space: Space
    codec: Codec
    model: Model | None = None
    samples: Dataset | None = None
    lesson: Lesson | None = None

    @property
    def available(self) -> int | None:
        """How many samples there are; None where more can be made."""
        return None if self.samples is None else len(self.samples)


def find_subject(given: "Model | Path | str | np.ndarray") -> Subject:
    """The model or the samples that a person names.

    Args:
        given: A model, the folder of a model or a run, or samples as `zerosum sample` and other tools write them: a
            folder of pictures, a .zip, an .npz or .npy file, an array.

    Raises:
        DataError: There is neither a model nor samples.
    """
    if isinstance(given, Model):
        return Subject(given.recipe.name, given.space, given.codec, given)
    if not isinstance(given, np.ndarray):
        path = Path(given)
        if (path / "config.json").exists() or (path / "model" / "config.json").exists():
            model = Model.load(path)
            name = path.resolve().name
            return Subject(name, model.space, model.codec, model, lesson=_lesson(RunFolder(path)))
        if not path.exists():
            raise DataError(
                f"There is no model and there are no samples at {path}. Give the folder of a run or of a model, as in "
                "runs/00000-digits-light, or samples: a folder of pictures, a .zip, an .npz or .npy file."
            )
        given = path
    samples = open_dataset(given, DataOptions(hold_out=False))
    return Subject(samples.name, samples.space, samples.codec, samples=samples)


def open_reals(source: "Path | str | np.ndarray | None", subject: Subject) -> Dataset:
    """The real samples to compare with, brought into the form that the subject's samples have.

    Args:
        source: Where they are; None for what the model was trained on.
        subject: What is compared with them.

    Raises:
        DataError: It is not known what the model was trained on, or the real samples are of another kind or shape.
    """
    if source is None:
        source = source_of(subject)
    try:
        dataset = open_dataset(source, _options(source, subject), told=_told(subject))
    except SettingError:
        # Options for pictures may be refused where there are none; what there is, is said below.
        dataset = open_dataset(source, DataOptions(hold_out=False))
    _check_alike(dataset, subject)
    return dataset


def source_of(subject: Subject) -> str:
    """Where the samples are that a model was trained on.

    Raises:
        DataError: That is not known, or they are gone.
    """
    if subject.lesson is None:
        raise DataError(
            f"It is not known what {subject.name} was trained on, so say what to compare it with: "
            "zerosum evaluate MODEL DATA, or --data for a comparison."
        )
    if subject.lesson.source == "array":
        raise DataError(
            f"{subject.name} was trained on an array in Python, which is gone. Give the real samples as DATA."
        )
    return subject.lesson.source


def open_lesson(subject: Subject) -> Dataset | None:
    """What the model was trained on, if it is known and still there, unchanged."""
    lesson = subject.lesson
    if lesson is None or lesson.source == "array":
        return None
    try:
        dataset = open_dataset(lesson.source, _options(lesson.source, subject), told=_told(subject))
    except DataError:
        return None
    return dataset if dataset.space.shape == subject.space.shape else None


def _options(source: "Path | str | np.ndarray", subject: Subject) -> DataOptions:
    """How to read real samples: as for training where that is known, or else brought to the subject's size."""
    with_classes = None if subject.space.classes or subject.space.condition_width else False
    form = _form(subject.space) if subject.space.kind == "image" and not is_array(source) else {}
    if subject.lesson is None:
        return DataOptions(hold_out=False, conditional=with_classes, **form)
    as_trained = dataclasses.replace(subject.lesson.options, conditional=with_classes, **form)
    own = not isinstance(source, np.ndarray) and same_place(source, subject.lesson.source)
    return as_trained if own else dataclasses.replace(as_trained, hold_out=False, sigma=None)


def _told(subject: Subject) -> Told | None:
    """What samples are to be told to be: what the model is told, or classes."""
    return "classes" if subject.model is None else subject.model.recipe.condition


def same_place(first: Path | str, second: Path | str) -> bool:
    """Whether two sources are the same built-in set, or the same file or folder."""
    return str(first) == str(second) or Path(first).resolve() == Path(second).resolve()


def is_array(source: Path | str | np.ndarray) -> bool:
    """Whether samples are numbers of one shape, which are taken as they are, and not pictures in files of any size."""
    return isinstance(source, np.ndarray) or Path(source).suffix.lower() in (".npz", ".npy")


def _form(space: Space) -> dict[str, Any]:
    """Size and channels of pictures, as options."""
    channels, height, width = space.shape
    return {"size": f"{height}x{width}", "channels": channels}


def _check_alike(dataset: Dataset, subject: Subject) -> None:
    """Refuse real samples that the subject's cannot be compared with."""
    theirs, ours = dataset.space, subject.space
    if theirs.kind != ours.kind:
        raise DataError(
            f"{subject.name} makes samples of the kind {ours.kind} and {dataset.source} holds {theirs.kind}; they "
            "cannot be compared. Give real samples of the same kind."
        )
    if theirs.shape != ours.shape:
        raise DataError(
            f"{subject.name} makes samples of shape {ours.shape} and {dataset.source} holds samples of shape "
            f"{theirs.shape}; they cannot be compared. Give real samples of the same shape."
        )


def _lesson(folder: RunFolder) -> Lesson | None:
    """What the run in a folder was trained on; None where the folder is a model's own."""
    config = read_json(folder.config) if folder.config.exists() else {}
    data = config.get("data")
    if not isinstance(data, dict):
        return None
    return Lesson(str(data["source"]), from_json(DataOptions, data["options"]), str(data["fingerprint"]))
