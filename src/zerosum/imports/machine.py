"""A reader of pickles that runs nothing from them.

A pickle is a program for a small stack machine, and Python's own machine calls whatever function the program names.
This one builds numbers, strings and containers; a name it only ever compares with a table of builders, which are ours,
and with a list of classes whose instances are kept as a `Record` of what was to be done. Every other name is refused.
"""

import pickletools
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from zerosum.core.errors import DataError

Builder = Callable[..., Any]
"""Makes a value of the arguments that a pickle gives to a function that it names."""


class Source(Protocol):
    """What a pickle is read from: an open file, or a mapped one."""

    def read(self, n: int, /) -> bytes:
        """Bytes, fewer where it ends."""
        ...

    def readline(self) -> bytes:
        """Bytes up to the end of a line."""
        ...


KEYS = (str, int, float, bool, bytes, type(None))
"""What may be a key or the member of a set: nothing whose hash takes long, as that of nested tuples can."""


@dataclass(eq=False)
class Name:
    """A function or class that a pickle names, as "module.attribute". It is never looked up."""

    full: str


@dataclass(eq=False)
class Record:
    """An object as its pickle describes it: nothing was called.

    Attributes:
        name: Of its class or function, "module.attribute".
        arguments: What that was to be called with.
        state: What was to become the object's attributes.
    """

    name: str
    arguments: tuple = ()
    state: dict[str, Any] = field(default_factory=dict)


class _Mark:
    """Where a part of the stack begins."""


_MARK = _Mark()


class Machine:
    """Reads one pickle after another.

    Args:
        builders: By full name, what is called in place of a function that a pickle names.
        recorded: Full names of which a `Record` is kept.
        persistent: Makes a value of what a pickle refers to outside itself; None refuses such references.
    """

    def __init__(
        self,
        builders: Mapping[str, Builder],
        recorded: frozenset[str] = frozenset(),
        persistent: Builder | None = None,
    ) -> None:
        self._builders, self._recorded, self._persistent = builders, recorded, persistent
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def load(self, file: Source) -> Any:
        """The value of the pickle that begins where the file stands; the file then stands behind it.

        Raises:
            DataError: The pickle names what is not allowed, is damaged, or uses the stack in a way that none does.
        """
        self._stack, self._memo = [], {}
        try:
            for opcode, argument, _ in pickletools.genops(file):  # type: ignore[arg-type]
                if opcode.name == "STOP":
                    return self._last()
                self._step(opcode.name, argument)
        except DataError:
            raise
        except (ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError, MemoryError) as error:
            raise DataError(f"it is damaged, or no pickle ({str(error) or type(error).__name__})") from error
        raise DataError("it is damaged: its pickle has no end")

    def _step(self, name: str, argument: Any) -> None:
        if name in _CONSTANTS:
            self._stack.append(_CONSTANTS[name]())
        elif name in _LITERALS:
            self._stack.append(argument)
        elif name in _ACTIONS:
            _ACTIONS[name](self, argument)
        elif name not in ("PROTO", "FRAME"):
            raise DataError(f"it is damaged, or no checkpoint (operation {name} of pickles, which none needs)")

    def _last(self) -> Any:
        if not self._stack or self._stack[-1] is _MARK:
            raise DataError("it is damaged: its pickle ends without a value")
        return self._stack.pop()

    def _above_mark(self) -> list[Any]:
        """What lies on the stack above the last mark, taken off together with it."""
        stack = self._stack
        start = next((index for index in range(len(stack) - 1, -1, -1) if stack[index] is _MARK), None)
        if start is None:
            raise DataError("it is damaged: its pickle ends a part that never began")
        above = stack[start + 1 :]
        del stack[start:]
        return above

    def _name(self, full: str) -> Name:
        if full not in self._builders and full not in self._recorded:
            raise DataError(
                f"it asks for {full}, which is not among what a checkpoint may contain; it was refused and nothing in "
                "the file was run"
            )
        return Name(full)

    def _call(self, what: Any, arguments: Any) -> Any:
        """What a named function makes of arguments, or a record of the call."""
        if not isinstance(what, Name) or not isinstance(arguments, tuple):
            raise DataError("its pickle calls something that is no named function")
        if what.full in self._builders:
            return self._builders[what.full](*arguments)
        return Record(what.full, arguments)

    def _global(self, argument: str) -> None:
        self._stack.append(self._name(".".join(argument.split(" ", 1))))

    def _stack_global(self, _: None) -> None:
        attribute, module = self._stack.pop(), self._stack.pop()
        self._stack.append(self._name(f"{module}.{attribute}"))

    def _reduce(self, _: None) -> None:
        arguments, what = self._stack.pop(), self._stack.pop()
        self._stack.append(self._call(what, arguments))

    def _keyword_object(self, _: None) -> None:
        keywords = self._stack.pop()
        if keywords:
            raise DataError("its pickle makes an object from named arguments, which no checkpoint needs")
        self._reduce(None)

    def _build(self, _: None) -> None:
        state, target = self._stack.pop(), self._stack[-1]
        if isinstance(state, tuple) and len(state) == 2:
            state = {**(state[0] or {}), **(state[1] or {})}
        if isinstance(target, Record):
            # A module keeps its state as a dictionary; what else describes itself otherwise is of no use here.
            target.state.update(state if isinstance(state, dict) else {"": state})
        elif not isinstance(target, dict):  # an ordered dictionary may have attributes: `_metadata` of state dicts
            raise DataError(f"its pickle changes a {type(target).__name__}, which no checkpoint does")

    def _persistent_reference(self, _: None) -> None:
        if self._persistent is None:
            raise DataError("its pickle refers to something outside itself")
        self._stack.append(self._persistent(self._stack.pop()))

    def _put(self, index: int | None) -> None:
        self._memo[len(self._memo) if index is None else index] = self._stack[-1]

    def _get(self, index: int) -> None:
        self._stack.append(self._memo[index])

    def _tuple(self, count: int | None) -> None:
        if count is None:
            items = self._above_mark()
        else:
            items = self._stack[-count:]
            if len(items) < count:
                raise DataError("it is damaged: its pickle takes more off the stack than there is")
            del self._stack[-count:]
        self._stack.append(tuple(items))

    def _append(self, values: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, list):
            raise DataError(f"its pickle appends to a {type(target).__name__}")
        target.extend(values)

    def _set_items(self, flat: list[Any]) -> None:
        target = self._stack[-1]
        if not isinstance(target, dict) or len(flat) % 2:
            raise DataError(f"its pickle sets items of a {type(target).__name__}")
        target.update((key(name), value) for name, value in zip(flat[::2], flat[1::2], strict=True))

    def _list(self, _: None) -> None:
        self._stack.append(self._above_mark())

    def _dictionary(self, _: None) -> None:
        flat = self._above_mark()
        self._stack.append({})
        self._set_items(flat)

    def _one_item(self, _: None) -> None:
        value, name = self._stack.pop(), self._stack.pop()
        self._set_items([name, value])

    def _add_items(self, _: None) -> None:
        items = self._above_mark()
        target = self._stack[-1]
        if not isinstance(target, set):
            raise DataError(f"its pickle adds to a {type(target).__name__}")
        target.update(key(item) for item in items)

    def _frozen_set(self, _: None) -> None:
        self._stack.append(frozenset(key(item) for item in self._above_mark()))


def key(value: Any) -> Hashable:
    """A value, if it may be a key or the member of a set.

    Raises:
        DataError: It may not.
    """
    if not isinstance(value, KEYS):
        raise DataError(f"its pickle has a {type(value).__name__} as a key; keys are texts and numbers")
    return value


# The operations, in the words of `pickletools`.
_CONSTANTS: dict[str, Callable[[], Any]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_DICT": dict,
    "EMPTY_LIST": list,
    "EMPTY_TUPLE": tuple,
    "EMPTY_SET": set,
    "MARK": lambda: _MARK,
}

_LITERALS = frozenset(
    "INT BININT BININT1 BININT2 LONG LONG1 LONG4 FLOAT BINFLOAT STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE "
    "SHORT_BINUNICODE BINUNICODE8 BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8".split()
)

_ACTIONS: dict[str, Callable[[Machine, Any], Any]] = {
    "GLOBAL": Machine._global,
    "STACK_GLOBAL": Machine._stack_global,
    "REDUCE": Machine._reduce,
    "NEWOBJ": Machine._reduce,
    "NEWOBJ_EX": Machine._keyword_object,
    "BUILD": Machine._build,
    "BINPERSID": Machine._persistent_reference,
    "PUT": Machine._put,
    "BINPUT": Machine._put,
    "LONG_BINPUT": Machine._put,
    "MEMOIZE": Machine._put,
    "GET": Machine._get,
    "BINGET": Machine._get,
    "LONG_BINGET": Machine._get,
    "TUPLE": lambda machine, _: machine._tuple(None),
    "TUPLE1": lambda machine, _: machine._tuple(1),
    "TUPLE2": lambda machine, _: machine._tuple(2),
    "TUPLE3": lambda machine, _: machine._tuple(3),
    "LIST": Machine._list,
    "DICT": Machine._dictionary,
    "APPEND": lambda machine, _: machine._append([machine._stack.pop()]),
    "APPENDS": lambda machine, _: machine._append(machine._above_mark()),
    "SETITEM": Machine._one_item,
    "SETITEMS": lambda machine, _: machine._set_items(machine._above_mark()),
    "ADDITEMS": Machine._add_items,
    "FROZENSET": Machine._frozen_set,
    "POP": lambda machine, _: machine._stack.pop(),
    "POP_MARK": lambda machine, _: machine._above_mark(),
    "DUP": lambda machine, _: machine._stack.append(machine._stack[-1]),
}
