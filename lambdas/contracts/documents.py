"""Dataclasses as JSON documents, and read again by their type hints."""

from collections.abc import Hashable, Mapping
from dataclasses import asdict, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Instance = TypeVar("Instance")

Document = dict[str, Any]


def to_document(instance: Any) -> Document:
    """A dataclass as JSON: of texts, numbers, None, tuples, mappings and other such dataclasses."""
    return asdict(instance)


def without_defaults(instance: Any) -> Document:
    """The same without the fields that have their defaults, which `from_document` gives them again."""
    document, defaults = to_document(instance), to_document(type(instance)())
    return {name: value for name, value in document.items() if value != defaults[name]}


def from_document(kind: type[Instance], document: Mapping[str, Any]) -> Instance:
    """The inverse of `to_document`. A field that is missing has its default; what is no field is left out.

    Raises:
        TypeError: A field is missing that has no default.
    """
    hints = _hints_of(kind)  # type: ignore[arg-type]  # a class is hashable
    return kind(**{name: _decode(hint, document[name]) for name, hint in hints.items() if name in document})


@cache
def _hints_of(kind: Hashable) -> dict[str, Any]:
    dataclass: Any = kind
    hints = get_type_hints(dataclass)
    return {field.name: hints[field.name] for field in fields(dataclass)}


def _decode(hint: Any, value: Any) -> Any:
    origin, parts = get_origin(hint), get_args(hint)
    if value is None or hint is Any:
        return value
    if is_dataclass(hint):
        return from_document(cast(type, hint), value)
    if origin in (Union, UnionType):
        [kind] = [part for part in parts if part is not NoneType]
        return _decode(kind, value)
    if origin is tuple:
        kinds = parts[:1] * len(value) if parts[-1] is ... else parts
        return tuple(map(_decode, kinds, value))
    if origin in (dict, Mapping):
        return {name: _decode(parts[1], item) for name, item in value.items()}
    return float(value) if hint is float else value
