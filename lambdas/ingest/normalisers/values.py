"""Values of a sender's body as people read them; and labelled ones, none of which hides another."""

import itertools
import json
from collections.abc import Iterable
from typing import Any, Final

MAX_FIELDS: Final = 50
"""Labelled values that a notice shows; of more than these, their number is told."""

_NAMES_OF_MACHINES: Final = {"id", "ids", "ref", "refs", "type", "size"}
"""Keys of an answer that is an object, which say nothing to people: a choice's id, an upload's number of bytes."""


def as_text(value: Any) -> str:
    """A value as text: a number in its digits, a list with commas; empty where there is nothing to read.

    Of an object its values are shown, without what is for machines: an upload's name and address, a choice's label.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int | float):
        return json.dumps(value)
    if isinstance(value, dict):
        value = [item for name, item in value.items() if name not in _NAMES_OF_MACHINES]
    return ", ".join(filter(None, map(as_text, value))) if isinstance(value, list) else ""


def labelled(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Labelled values as a notice shows them: those with something to read.

    The second of one label is ``label (2)``. Where there are too many, the last field says how many more there are.
    """
    texts = [(as_text(name), text) for name, value in pairs if (text := as_text(value))]
    shown = texts if len(texts) <= MAX_FIELDS else texts[: MAX_FIELDS - 1]
    fields: dict[str, str] = {}
    for label, text in shown:
        fields[_unused(label, fields)] = text
    left_out = len(texts) - len(shown)
    return fields | {"…": f"{left_out} more"} if left_out else fields


def _unused(label: str, fields: dict[str, str]) -> str:
    numbered = (f"{label} ({number})" for number in itertools.count(2))
    return next(name for name in itertools.chain([label], numbered) if name not in fields)
