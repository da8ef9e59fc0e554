"""Values of the rulebook as they are written in ``app.py``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any, Final

from lambdas.ingest.endpoint_document import Endpoint

WIDTH: Final = 100
"""Characters of a line."""

_BRACKETS: Final = {list: ("[", "]"), tuple: ("(", ")")}


def as_python(value: Any, indent: int = 0) -> str:
    """A value of the rulebook as Python, without what is so by default."""
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False) if '"' not in value else repr(value)
    if is_dataclass(value) and not isinstance(value, type):
        return _call(type(value).__name__, _arguments(value), indent)
    if isinstance(value, Mapping):
        return _brackets(
            "{", [f"{as_python(key)}: {as_python(of, indent + 4)}" for key, of in value.items()], "}", indent
        )
    if isinstance(value, list | tuple):
        items = [as_python(item, indent + 4) for item in value]
        opening, closing = _BRACKETS[type(value)]
        one_of_a_tuple = isinstance(value, tuple) and len(items) == 1
        return f"({items[0]},)" if one_of_a_tuple else _brackets(opening, items, closing, indent)
    return repr(value)


def _arguments(value: Any) -> list[tuple[str, Any]]:
    given = [(field.name, getattr(value, field.name), field) for field in fields(value)]
    said = [(name, of) for name, of, field in given if of != field.default and of != {}]
    is_endpoint = isinstance(value, Endpoint)
    return [("" if is_endpoint and name == "source" else name, of) for name, of in said]


def _call(name: str, arguments: Sequence[tuple[str, Any]], indent: int) -> str:
    items = [
        f"{of}={as_python(value, indent + 4)}" if of else as_python(value, indent + 4)
        for of, value in arguments
    ]
    return _brackets(f"{name}(", items, ")", indent)


def _brackets(opening: str, items: Sequence[str], closing: str, indent: int) -> str:
    """In one line where that is short enough, else each item in its own, as ruff does it."""
    flat = f"{opening}{', '.join(items)}{closing}"
    if "\n" not in flat and indent + len(flat) <= WIDTH:
        return flat
    inner = "".join(f"{' ' * (indent + 4)}{item},\n" for item in items)
    return f"{opening}\n{inner}{' ' * indent}{closing}"
