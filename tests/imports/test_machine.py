"""The reader of pickles: it builds what checkpoints hold, and neither calls nor reserves anything else."""

import collections
import io
import os
import pickle
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zerosum.core.errors import DataError
from zerosum.imports.machine import Machine, Record
from zerosum.imports.values import BUILDERS

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner),
    max_leaves=20,
)


def read(data: bytes, recorded: frozenset[str] = frozenset()) -> Any:
    return Machine(BUILDERS, recorded).load(io.BytesIO(data))


@given(PLAIN, st.integers(0, 5))
def test_plain_values_are_what_python_reads(value: Any, protocol: int) -> None:
    assert read(pickle.dumps(value, protocol)) == value


@given(st.sets(st.text()), st.frozensets(st.integers()))
def test_sets(texts: set[str], numbers: frozenset[int]) -> None:
    assert read(pickle.dumps([texts, numbers], 4)) == [texts, numbers]


def test_ordered_dictionaries_and_shared_parts() -> None:
    shared: list[int] = [1, 2]
    found = read(pickle.dumps(collections.OrderedDict(a=shared, b=shared)))
    assert found == {"a": [1, 2], "b": [1, 2]} and found["a"] is found["b"]


class Hostile:
    """Something whose pickle calls a function."""

    def __init__(self, function: Any, *arguments: Any) -> None:
        self.call = function, arguments

    def __reduce__(self) -> Any:
        return self.call


def nested(depth: int, core: Any) -> Any:
    for _ in range(depth):
        core = Hostile(collections.OrderedDict, [("inner", core)])
    return core


@pytest.mark.parametrize("protocol", range(2, 6))
@pytest.mark.parametrize("depth", [0, 3])
@pytest.mark.parametrize(
    ("function", "arguments", "named"),
    [
        (os.system, ("touch {path}",), r"\.system"),
        (eval, ("open({path!r}, 'w')",), r"\.eval"),
        (exec, ("open({path!r}, 'w')",), r"\.exec"),
        (getattr, (os, "system"), r"\.getattr"),
        (Path.touch, ("{path}",), r"\.touch|\.getattr"),
        (io.open, ("{path}", "w"), r"\.open"),
        (__import__, ("antigravity",), r"\.__import__"),
    ],
)
def test_hostile_calls_are_refused_by_name(
    function: Any, arguments: tuple, named: str, depth: int, protocol: int, tmp_path: Path
) -> None:
    path = tmp_path / "touched"
    filled = tuple(text.format(path=str(path)) if isinstance(text, str) else None for text in arguments)
    data = pickle.dumps(nested(depth, Hostile(function, *filled)), protocol)
    with pytest.raises(DataError, match=f"({named}), which .* refused"):
        read(data)
    assert not path.exists()


def test_names_by_all_operations_are_checked() -> None:
    for data in (b"cos\nsystem\n.", b"\x80\x04\x8c\x02os\x8c\x06system\x93.", b"(S'ls'\nios\nsystem\n.", b"\x82\x01."):
        with pytest.raises(DataError):
            read(data)


def test_a_recorded_class_is_not_looked_up() -> None:
    found = read(b"cno.such.module\nThing\n(I7\ntR}S'a'\nI1\nsb.", frozenset(["no.such.module.Thing"]))
    assert isinstance(found, Record)
    assert (found.name, found.arguments, found.state) == ("no.such.module.Thing", (7,), {"a": 1})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b".",
        b"\x80\x04",
        b"\x80\x04N",
        b"t.",
        b"\x85.",
        b"R.",
        b"I1\nI2\nR.",
        b"]I1\nI2\ns.",
        b"}](I1\nu.",
        b"Nb.",
        b"h\x07.",
        b"I" + b"9" * 10_000 + b"\n.",
        b"\x8e" + struct.pack("<Q", 2**62) + b"few.",
        b"B" + struct.pack("<i", -5) + b".",
        b"\x95" + struct.pack("<Q", 2**63) + b".",
        b"(I1\nI2\nd(.",
        b"}](I1\nI2\nesN.",
    ],
)
def test_damage_is_a_sentence(data: bytes) -> None:
    with pytest.raises(DataError):
        read(data)


def test_keys_whose_hash_would_take_for_ever_are_refused() -> None:
    # Sixty-four tuples, each of the one before twice: their hash visits 2^64 of them.
    doubled = b"I1\n" + b"2\x86" * 64
    for data in (b"}" + doubled + b"I1\ns.", b"\x8f(" + doubled + b"\x90.", b"(" + doubled + b"\x91."):
        with pytest.raises(DataError, match="key"):
            read(data)


def test_doubling_lists_take_no_room() -> None:
    found = read(b"]" + b"2\x86" * 64 + b".")  # one list, in 2^64 places
    assert isinstance(found, tuple)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_noise_is_a_value_or_a_sentence(data: bytes) -> None:
    try:
        read(data)
    except DataError as error:
        assert str(error)
