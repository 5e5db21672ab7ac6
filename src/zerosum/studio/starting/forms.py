"""Forms made from settings: a field each, with its words, its default and what may stand there.

The dataclasses of settings say all of it, for the command line and for pages alike: types what may stand there,
instances what the defaults are, and the docstrings below the attributes what they mean.
"""

import ast
import dataclasses
import inspect
import textwrap
import types
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from zerosum.config.base import to_json

Field = dict[str, Any]
"""One field: name, label, help, kind, value, optional, and what its kind has besides.

Kinds are "number", "integer", "text", "switch", "choice" with `choices`, "list" with `of` and `length` (None for any),
and "group" with `fields`.
"""

_KINDS = {bool: "switch", int: "integer", float: "number", str: "text"}


def fields_of(config: Any, leave_out: tuple[str, ...] = ()) -> list[Field]:
    """The fields of settings, whose values are the defaults; some may be left out by name."""
    hints, help_ = get_type_hints(type(config)), attribute_docs(type(config))
    return [
        _field(field.name, hints[field.name], getattr(config, field.name), help_.get(field.name, ""))
        for field in dataclasses.fields(config)
        if field.name not in leave_out
    ]


def values_of(fields: list[Field]) -> dict[str, Any]:
    """The values that a form's fields have, as the JSON that `config.base.from_json` reads."""
    return {
        field["name"]: values_of(field["fields"]) if field["kind"] == "group" else field["value"] for field in fields
    }


def with_changes(base: Any, changes: Any) -> Any:
    """The JSON of settings with some of them changed, also within groups.

    Args:
        base: JSON of the settings.
        changes: JSON of those that change; what is no object takes the place of what there was.
    """
    if not (isinstance(base, dict) and isinstance(changes, dict)):
        return changes
    return base | {name: with_changes(base.get(name), change) for name, change in changes.items()}


@cache
def attribute_docs(kind: type) -> dict[str, str]:
    """The docstrings below the attributes of a class and of those that it inherits from, by attribute."""
    found: dict[str, str] = {}
    for one in reversed(kind.__mro__):
        if dataclasses.is_dataclass(one):
            found |= _docs_in(one)
    return found


def _docs_in(kind: type) -> dict[str, str]:
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    assert isinstance(definition, ast.ClassDef)
    found = {}
    for line, following in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and isinstance(following, ast.Expr):
            if isinstance(following.value, ast.Constant) and isinstance(following.value.value, str):
                found[line.target.id] = " ".join(following.value.value.split())
    return found


def _field(name: str, hint: Any, value: Any, words: str) -> Field:
    parts = [part for part in get_args(hint) if part is not type(None)]
    optional = get_origin(hint) in (Union, types.UnionType) and len(parts) < len(get_args(hint))
    if optional:
        (hint,) = parts
    label = name.replace("_", " ")
    common = {"name": name, "label": label[0].upper() + label[1:], "help": words, "optional": optional}
    if dataclasses.is_dataclass(hint):
        return {**common, "kind": "group", "fields": fields_of(value)}
    common["value"] = to_json(value)
    if get_origin(hint) is Literal:
        return {**common, "kind": "choice", "choices": list(get_args(hint))}
    if get_origin(hint) is tuple:
        items = get_args(hint)
        length = None if items[-1] is Ellipsis else len(items)
        return {**common, "kind": "list", "of": _KINDS[items[0]], "length": length}
    return {**common, "kind": _KINDS[hint]}
