"""DynamoDB's wire format, for what the items here hold (DynamoDB API reference, `AttributeValue`).

Numbers are integers: times are kept in whole milliseconds, but for `ttl`, which DynamoDB wants in whole seconds ("Using
time to live (TTL) in DynamoDB"). A float is refused, so that none is written by mistake. boto3's own serializers would
bring all of boto3 into each function, a fifth of its start; a test compares the two.
"""

from collections.abc import Callable, Mapping, Set
from typing import Any, Final

Value = str | int | bool | Set[str]
Item = dict[str, Value]

_READ: Final[Mapping[str, Callable[[Any], Value]]] = {"S": str, "N": int, "BOOL": bool, "SS": set}


def to_item(values: Mapping[str, Value]) -> dict[str, Any]:
    """Plain values as DynamoDB's attribute values.

    Raises:
        TypeError: A value is of a type that no item may hold, such as a float.
    """
    return {name: _written(value) for name, value in values.items()}


def from_item(item: Mapping[str, Any]) -> Item:
    """The inverse of `to_item`.

    Raises:
        KeyError: A value is of a type that nobody here writes.
    """
    return {name: _READ[kind](value) for name, typed in item.items() for kind, value in typed.items()}


def number(item: Item, name: str) -> int:
    """A number of an item; 0 where it has none of that name."""
    value = item.get(name, 0)
    return value if isinstance(value, int) else 0


def milliseconds(seconds: float) -> int:
    """A time as an item holds it."""
    return round(seconds * 1000)


def _written(value: Value) -> dict[str, Any]:
    match value:
        case bool():
            return {"BOOL": value}
        case str():
            return {"S": value}
        case int():
            return {"N": str(value)}
        case Set() if value and all(isinstance(member, str) for member in value):
            return {"SS": list(value)}
    raise TypeError(f"An item holds no {type(value).__name__}.")
