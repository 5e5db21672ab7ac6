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
from zerosum.data.tables.formats.places import is_table
from zerosum.train.folder import RunFolder
from zerosum.train.model import Model

IN_MEMORY = {"array": "an array", "frame": "a frame"}
"""What samples that lay in no file are called as a source, and in words."""


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


def find_subject(given: Any, beside: Any = None) -> Subject:
    """The model or the samples that a person names.

    Args:
        given: A model, the folder of a model or a run, or samples as `zerosum sample` and other tools write them: a
            folder of pictures, a .zip, an .npz or .npy file, an array, a table as a file, a URL or a frame.
        beside: The real samples. A table of samples is read by their columns, because a generator may have left out
            what they hold: a level, or the fraction of a number.

    Raises:
        DataError: There is neither a model nor samples, or there is a table without a real one beside it.
    """
    if isinstance(given, Model):
        return Subject(given.recipe.name, given.space, given.codec, given)
    if is_frame(given):
        return _table(given, beside)
    if not isinstance(given, np.ndarray):
        path = Path(given)
        if (path / "config.json").exists() or (path / "model" / "config.json").exists():
            model = Model.load(path)
            name = path.resolve().name
            return Subject(name, model.space, model.codec, model, lesson=_lesson(RunFolder(path)))
        if is_table(given):
            return _table(given, beside)
        if not path.exists():
            raise DataError(
                f"There is no model and there are no samples at {path}. Give the folder of a run or of a model, as in "
                "runs/00000-digits-light, or samples: a folder of pictures, a .zip, an .npz or .npy file, or a table."
            )
        given = path
    samples = open_dataset(given, DataOptions(hold_out=False))
    return Subject(samples.name, samples.space, samples.codec, samples=samples)


def _table(given: Any, beside: Any) -> Subject:
    """Rows of a table that another tool may have made, as the real table beside them is read."""
    if beside is None:
        raise DataError(
            f"{_called(given)} is a table, and it is measured beside a real one, which also says what its columns are: "
            "zerosum evaluate SYNTHETIC.csv REAL.csv."
        )
    real = open_dataset(beside, DataOptions(hold_out=False))
    if real.space.kind != "table":
        raise DataError(f"{_called(given)} is a table and {real.source} holds {real.space.kind}; give a real table.")
    samples = _alike(given, DataOptions(hold_out=False), real.codec, real.name)
    return Subject(samples.name, real.space, real.codec, samples=samples)


def open_reals(source: Any, subject: Subject) -> Dataset:
    """The real samples to compare with, brought into the form that the subject's samples have.

    Args:
        source: Where they are, or an array, or a table as a frame; None for what the model was trained on.
        subject: What is compared with them.

    Raises:
        DataError: It is not known what the model was trained on, or the real samples are of another kind or shape, or
            hold what the model does not know.
    """
    if source is None:
        source = source_of(subject)
    if subject.space.kind == "table" and (is_frame(source) or is_table(source)):
        return _alike(source, _options(source, subject), subject.codec, subject.name)
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
    if subject.lesson.source in IN_MEMORY:
        raise DataError(
            f"{subject.name} was trained on {IN_MEMORY[subject.lesson.source]} in Python, which is gone. Give the real "
            "samples as DATA."
        )
    return subject.lesson.source


def open_lesson(subject: Subject) -> Dataset | None:
    """What the model was trained on, if it is known and still there, unchanged."""
    lesson = subject.lesson
    if lesson is None or lesson.source in IN_MEMORY:
        return None
    try:
        if subject.space.kind == "table":
            return _alike(lesson.source, lesson.options, subject.codec, subject.name)
        dataset = open_dataset(lesson.source, _options(lesson.source, subject), told=_told(subject))
    except DataError:
        return None
    return dataset if dataset.space.shape == subject.space.shape else None


def _alike(source: Any, options: DataOptions, codec: Codec, name: str) -> Dataset:
    """A table, read by the columns of another one.

    Raises:
        DataError: It lacks columns, or holds what the other's columns cannot.
    """
    try:
        return open_dataset(source, options, told=None, like=codec)
    except DataError as error:
        raise DataError(f"{_called(source)} cannot be read by the columns of {name}: {error}") from error


def _options(source: Any, subject: Subject) -> DataOptions:
    """How to read real samples: as for training where that is known, or else brought to the subject's size."""
    if subject.space.kind == "table":
        own = subject.lesson is not None and not is_frame(source) and same_place(source, subject.lesson.source)
        return subject.lesson.options if own and subject.lesson is not None else DataOptions(hold_out=False)
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


def is_frame(source: Any) -> bool:
    """Whether samples are a table in memory."""
    return not isinstance(source, str | Path | np.ndarray)


def is_array(source: Path | str | np.ndarray) -> bool:
    """Whether samples are numbers of one shape, which are taken as they are, and not pictures in files of any size."""
    return isinstance(source, np.ndarray) or Path(source).suffix.lower() in (".npz", ".npy")


def _form(space: Space) -> dict[str, Any]:
    """Size and channels of pictures, as options."""
    channels, height, width = space.shape
    return {"size": f"{height}x{width}", "channels": channels}


def _called(source: Any) -> str:
    """What samples are called in a sentence, without the password of a URL."""
    return "The frame" if is_frame(source) else str(source).rpartition("@")[2]


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
