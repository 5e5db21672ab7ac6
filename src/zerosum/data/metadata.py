"""Classes, captions and attributes of picture files: from sub-folders, or from a metadata file.

The metadata file follows the "imagefolder" convention of Hugging Face datasets: `metadata.csv` or `metadata.jsonl`
beside the pictures, with `file_name` and, if wanted, `label` and `text`. Other columns are attributes.
"""

import csv
import io
import json
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zerosum.core.errors import DataError

METADATA_NAMES = ("metadata.csv", "metadata.jsonl")
_KNOWN = {"file_name", "label", "text", None}
"""Columns with a meaning of their own, and what a line has beyond the header's columns."""

SPLITS = {"train", "training", "test", "testing", "val", "valid", "validation", "dev"}


@dataclass(frozen=True)
class Annotation:
    """What is said about picture files.

    Attributes:
        classes: Name of each file's class, by file name; None when there are no classes.
        texts: Caption of each file, by file name; None when there are no captions.
        columns: What else is said of each file, by file name: columns and their values; None without a metadata file.
    """

    classes: Mapping[str, str] | None = None
    texts: Mapping[str, str] | None = None
    columns: Mapping[str, Mapping[str, Any]] | None = None


def from_folders(names: Sequence[str], path: object) -> Annotation:
    """Classes from the outermost sub-folders; none when a picture lies outside of them.

    Args:
        names: Relative paths of the pictures.
        path: The source, for messages.

    Raises:
        DataError: The sub-folders are parts of a split (train, test) and not classes.
    """
    classes = {name: name.partition("/")[0] for name in names if "/" in name}
    if len(classes) < len(names):
        return Annotation()
    folders = sorted(set(classes.values()))
    if all(folder.lower() in SPLITS for folder in folders):
        example = next((folder for folder in folders if folder.lower().startswith("train")), folders[0])
        raise DataError(
            f"{path} is divided into {' and '.join(folders)}, which are not classes. "
            f"Give one of the parts, for example {path}/{example}."
        )
    return Annotation(classes=classes)


def from_metadata(data: bytes, name: str, pictures: Mapping[str, object], path: object) -> tuple[list[str], Annotation]:
    """The pictures that a metadata file lists, and what it says about them.

    Args:
        data: Content of the metadata file.
        name: Its name, one of `METADATA_NAMES`.
        pictures: Names of the pictures that exist.
        path: The source, for messages.

    Returns:
        The listed names, sorted, and their classes and captions.

    Raises:
        DataError: The file cannot be parsed, or a row is not complete, repeated, or names no picture.
    """
    where = f"{path}/{name}"
    rows: dict[str, dict[str, Any]] = {}
    for number, row in _rows(data, name, where):
        file_name = row.get("file_name")
        if not isinstance(file_name, str) or not file_name:
            raise DataError(f'{where}, line {number}, has no "file_name"; every row needs one, relative to {path}.')
        file_name = posixpath.normpath(file_name)
        if file_name not in pictures:
            raise DataError(
                f"{where}, line {number}, names {file_name}, but there is no such picture in {path}. "
                "Add the file or remove the row."
            )
        if file_name in rows:
            raise DataError(f"{where}, line {number}, names {file_name} a second time. Remove one of the rows.")
        rows[file_name] = row
    if not rows:
        raise DataError(f"{where} has no rows. Add one per picture, or remove the file.")
    names = sorted(rows)
    others = {name: {key: row[key] for key in row.keys() - _KNOWN} for name, row in rows.items()}
    return names, Annotation(_classes(rows, where), _texts(rows, where), others)


def _rows(data: bytes, name: str, where: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Each row with its line number."""
    try:
        text = data.decode("utf-8-sig")  # spreadsheets write a mark at the beginning
        if name.endswith(".csv"):
            table = csv.DictReader(io.StringIO(text, newline=""))
            yield from ((table.line_num, row) for row in table)
            return
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                row = json.loads(line)
                if not isinstance(row, dict):
                    raise DataError(f"{where}, line {number}, is not a JSON object with names and values.")
                yield number, row
    except (UnicodeDecodeError, csv.Error, ValueError, RecursionError) as error:
        raise DataError(f"{where} cannot be read: {error}. Write it as UTF-8 text.") from error


def _classes(rows: Mapping[str, Mapping[str, Any]], where: str) -> dict[str, str] | None:
    """The label of every file as text, or None when no row has one."""
    labels = {name: row.get("label") for name, row in rows.items()}
    if all(label in (None, "") for label in labels.values()):
        return None
    for name, label in labels.items():
        if isinstance(label, bool) or not isinstance(label, str | int) or label == "":
            raise DataError(
                f"{where} labels {name} with {label!r}; a label is text or a whole number, and either every row "
                "has one or none."
            )
    return {name: str(label) for name, label in labels.items()}


def _texts(rows: Mapping[str, Mapping[str, Any]], where: str) -> dict[str, str] | None:
    """The caption of every file, empty where a row has none; None when no row has one."""
    texts = {name: row.get("text") for name, row in rows.items()}
    if all(text in (None, "") for text in texts.values()):
        return None
    for name, text in texts.items():
        if text is not None and not isinstance(text, str):
            raise DataError(f'{where} describes {name} with {text!r}; "text" must be text.')
    return {name: text or "" for name, text in texts.items()}
