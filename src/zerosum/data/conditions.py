"""What a sample can be told to be: of a class, with attributes, or as a caption says.

Networks get a condition as a tensor: a class's index, or a vector. All conditions that are known, and how often each
comes, are one table here. A request ("3", "hair=red, glasses", "a blue bird") makes a smaller table of it, and a
sample's number decides which row of that table the sample gets.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from zerosum.core.errors import DataError, SettingError, nearest_name
from zerosum.data.captions import encode, encode_kept

Request = int | str | Mapping[str, bool]
"""A class by index or name, a caption, or attributes: "glasses, hair=red, beard=no" or {"glasses": True}."""

MOST_SHIPPED = 1024
"""Conditions that a model keeps, of which its samples are made where nobody asks for others."""

YES, NO = ("yes", "true", "1"), ("no", "false", "0")


@dataclass(frozen=True)
class Conditions(ABC):
    """Known conditions and their shares.

    Attributes:
        flag: The flag of `zerosum sample` that asks for one.
        optional: Whether samples can be told nothing.
        frequencies: Share of each in the data, shape (k,), float64; they sum to 1.
    """

    flag: ClassVar[str]
    optional: ClassVar[bool] = False
    frequencies: np.ndarray

    @property
    @abstractmethod
    def width(self) -> int:
        """How many numbers describe a sample; 0 where its class's index does."""

    @abstractmethod
    def at(self, indices: np.ndarray) -> Tensor:
        """The conditions with these indices (n,), as networks get them: int64 (n,), or float32 (n, width)."""

    @abstractmethod
    def asked(self, request: Request) -> "Conditions":
        """Those of the known conditions that a request allows, or the one that it describes.

        Raises:
            SettingError: The request means nothing here.
        """

    def read(self, text: str) -> Request:
        """The request that a person has written."""
        return text

    @abstractmethod
    def words(self, index: int) -> str:
        """What a person calls the condition with an index."""

    @abstractmethod
    def to_json(self) -> dict[str, Any]:
        """What `conditions_from` makes them of again, together with the table."""

    @property
    def table(self) -> Tensor | None:
        """What is saved beside the JSON, shape (k, ...), if anything is."""
        return None

    def accepted(self, rows: np.ndarray) -> np.ndarray | None:
        """Which stored samples (n, ...) are as they are told to be, bool (n,); None where all of them count as such."""
        return None

    def shipped(self) -> "Conditions":
        """These, or as many as a model keeps."""
        return self


@dataclass(frozen=True)
class Classes(Conditions):
    """One of some classes.

    Attributes:
        names: Of the classes.
    """

    flag = "--class"
    names: tuple[str, ...]

    @property
    def width(self) -> int:
        """None: an index says it."""
        return 0

    def at(self, indices: np.ndarray) -> Tensor:
        """The indices, int64 (n,)."""
        return torch.from_numpy(np.ascontiguousarray(indices, np.int64))

    def asked(self, request: Request) -> "Classes":
        """One class, by its name or its index."""
        if isinstance(request, str) and request in self.names:
            index = self.names.index(request)
        elif isinstance(request, int) and str(request) in self.names:
            index = self.names.index(str(request))
        elif isinstance(request, int) and 0 <= request < len(self.names):
            index = request
        else:
            raise SettingError(f"This model has no class {request!r}. {nearest_name(str(request), self.names)}.")
        return replace(self, frequencies=np.eye(len(self.names))[index])

    def read(self, text: str) -> Request:
        """A class by its name, or by its index where no class is called so."""
        index = text not in self.names and re.fullmatch(r"\d{1,10}", text, re.ASCII)
        return int(text) if index else text

    def words(self, index: int) -> str:
        """The class's name."""
        return self.names[index]

    def to_json(self) -> dict[str, Any]:
        """Names and frequencies."""
        return {"kind": "classes", "names": list(self.names), "frequencies": self.frequencies.tolist()}


@dataclass(frozen=True)
class Attributes(Conditions):
    """Several attributes at once, each there or not, in the combinations that the data have.

    Attributes:
        names: Of the attributes: "glasses", or "hair=red" of a property with several values, which exclude each other.
        combinations: Which attributes each known combination has, shape (k, attributes), uint8, 0 or 1.
    """

    flag = "--attributes"
    names: tuple[str, ...]
    combinations: np.ndarray

    @classmethod
    def of(cls, names: tuple[str, ...], values: np.ndarray) -> "tuple[Attributes, np.ndarray]":
        """The different combinations among samples' attributes (n, attributes), and each sample's index (n,)."""
        combinations, indices, counts = np.unique(values, axis=0, return_inverse=True, return_counts=True)
        return cls(counts / len(values), names, combinations), indices.reshape(-1)

    @property
    def width(self) -> int:
        """One number an attribute."""
        return len(self.names)

    def at(self, indices: np.ndarray) -> Tensor:
        """0 or 1 for each attribute, float32 (n, attributes)."""
        return torch.from_numpy(self.combinations[indices].astype(np.float32))

    def asked(self, request: Request) -> "Attributes":
        """The combinations in which everything is as asked; what is not asked for varies as in the data.

        Where no sample of the data is like that, the combinations that are least unlike it are changed.
        """
        wanted = self._wanted(request)
        columns, values = list(wanted), np.array(list(wanted.values()), np.uint8)
        wrong = (self.combinations[:, columns] != values).sum(1)
        near = np.flatnonzero(wrong == wrong.min())
        combinations = self.combinations[near].copy()
        combinations[:, columns] = values
        frequencies = self.frequencies[near]
        return replace(self, frequencies=frequencies / frequencies.sum(), combinations=combinations)

    def words(self, index: int) -> str:
        """The attributes that it has."""
        return ", ".join(name for name, there in zip(self.names, self.combinations[index], strict=True) if there)

    def to_json(self) -> dict[str, Any]:
        """Names and frequencies."""
        return {"kind": "attributes", "names": list(self.names), "frequencies": self.frequencies.tolist()}

    @property
    def table(self) -> Tensor:
        """The combinations, uint8."""
        return torch.from_numpy(self.combinations)

    def shipped(self) -> "Attributes":
        """The most frequent combinations."""
        kept = np.sort(np.argsort(-self.frequencies, kind="stable")[:MOST_SHIPPED])
        frequencies = self.frequencies[kept]
        return replace(self, frequencies=frequencies / frequencies.sum(), combinations=self.combinations[kept])

    def _wanted(self, request: Request) -> dict[int, int]:
        """Columns, and what they are to be."""
        if isinstance(request, int):
            raise SettingError(f'Attributes are asked for by name, as in "{self.names[0]}", and not as {request}.')
        asked = _parsed(request) if isinstance(request, str) else {name: bool(v) for name, v in request.items()}
        wanted: dict[int, int] = {}
        for name, there in asked.items():
            if name not in self.names:
                raise SettingError(f'This model has no attribute "{name}". {nearest_name(name, self.names)}.')
            column, (property_, value, _) = self.names.index(name), name.partition("=")
            if there and value:  # values of one property exclude each other
                others = [i for i, other in enumerate(self.names) if other.partition("=")[0] == property_]
                wanted |= {i: 0 for i in others if wanted.get(i) is None}
            wanted[column] = int(there)
        if not wanted:
            raise SettingError(f"No attribute was asked for. Name some of them: {', '.join(self.names)}.")
        return wanted


@dataclass(frozen=True)
class Captions(Conditions):
    """Sentences, as a frozen encoder understands them.

    Attributes:
        encoder: The encoder's name or path.
        texts: The known captions.
        vectors: Their encodings, shape (k, width), float32.
    """

    flag = "--prompt"
    encoder: str
    texts: tuple[str, ...]
    vectors: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[str], encoder: str) -> "tuple[Captions, np.ndarray]":
        """The different captions of samples, and each sample's index (n,)."""
        different, indices, counts = np.unique(np.array(texts), return_inverse=True, return_counts=True)
        known = tuple(str(text) for text in different)
        return cls(counts / len(texts), encoder, known, encode_kept(known, encoder)), indices.reshape(-1)

    @property
    def width(self) -> int:
        """Coordinates of an encoding."""
        return self.vectors.shape[1]

    def at(self, indices: np.ndarray) -> Tensor:
        """Encodings, float32 (n, width)."""
        return torch.from_numpy(self.vectors[indices])

    def asked(self, request: Request) -> "Captions":
        """The caption that is given."""
        if not isinstance(request, str) or not request.strip():
            raise SettingError(f"This model is told what to make in words, as in {self.texts[0]!r}, not {request!r}.")
        vectors = encode((request,), self.encoder)
        return replace(self, frequencies=np.ones(1), texts=(request,), vectors=vectors)

    def words(self, index: int) -> str:
        """The caption."""
        return self.texts[index]

    def to_json(self) -> dict[str, Any]:
        """Texts, frequencies and the encoder's name."""
        frequencies = self.frequencies.tolist()
        return {"kind": "captions", "encoder": self.encoder, "texts": list(self.texts), "frequencies": frequencies}

    @property
    def table(self) -> Tensor:
        """The encodings."""
        return torch.from_numpy(self.vectors)

    def shipped(self) -> "Captions":
        """Captions spread evenly over the alphabet."""
        kept = np.unique(np.linspace(0, len(self.texts) - 1, MOST_SHIPPED).astype(int))
        frequencies = self.frequencies[kept]
        texts = tuple(self.texts[index] for index in kept)
        return Captions(frequencies / frequencies.sum(), self.encoder, texts, self.vectors[kept])


def conditions_from(values: Any, table: Tensor | None, where: str) -> Conditions:
    """Conditions of what `to_json` and `table` gave.

    Args:
        values: The JSON.
        table: The table, where there is one.
        where: Where the two are from, for messages.

    Raises:
        DataError: They do not go together.
    """
    try:
        frequencies = np.array(values["frequencies"], np.float64)
        rows = np.zeros((len(frequencies), 0)) if table is None else table.numpy()
        if values["kind"] == "classes":
            return Classes(frequencies, _strings(values["names"], len(frequencies)))
        if values["kind"] == "attributes" and rows.dtype == np.uint8 and len(rows) == len(frequencies):
            return Attributes(frequencies, _strings(values["names"], rows.shape[1]), rows)
        if values["kind"] == "captions" and rows.dtype == np.float32 and len(rows) == len(frequencies):
            texts = _strings(values["texts"], len(rows))
            (encoder,) = _strings([values["encoder"]], 1)
            return Captions(frequencies, encoder, texts, rows)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{where} does not say what samples can be told: {error!r}.") from error
    raise DataError(f"{where} does not say what samples can be told; its parts do not go together.")


def _strings(values: Any, count: int) -> tuple[str, ...]:
    """So many texts."""
    if not isinstance(values, list) or len(values) != count or not all(isinstance(value, str) for value in values):
        raise ValueError(f"not a list of {count} texts")
    return tuple(values)


def _parsed(text: str) -> dict[str, bool]:
    """What a text like "glasses, hair=red, beard=no" asks for: attributes that are there or not."""
    found = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, value = part.rpartition("=")
        if name and value.strip().lower() in (*YES, *NO):
            found[name.strip()] = value.strip().lower() in YES
        else:
            found[part] = True
    return found
