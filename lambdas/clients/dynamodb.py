"""DynamoDB's wire format, by boto3's own serializers.

Numbers are integers: times are kept in whole milliseconds, but for `ttl`, which DynamoDB wants in whole seconds ("Using
time to live (TTL) in DynamoDB"). boto3 refuses a float, so that none is written by mistake.
"""

from collections.abc import Mapping, Set
from decimal import Decimal
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

Value = str | int | bool | bytes | Set[str]
Item = dict[str, Value]

_serialize: Final = TypeSerializer().serialize
_deserialize: Final = TypeDeserializer().deserialize


def to_item(values: Mapping[str, Value]) -> dict[str, Any]:
    """Plain values as DynamoDB's attribute values.

    Raises:
        TypeError: A value is of a type that no item may hold, such as a float.
    """
    return {name: _serialize(value) for name, value in values.items()}


def from_item(item: Mapping[str, Any]) -> Item:
    """The inverse of `to_item`."""
    return {name: _plain(_deserialize(value)) for name, value in item.items()}


def number(item: Item, name: str) -> int:
    """A number of an item; 0 where it has none of that name."""
    value = item.get(name, 0)
    return value if isinstance(value, int) else 0


def milliseconds(seconds: float) -> int:
    """A time as an item holds it."""
    return round(seconds * 1000)


def _plain(value: Any) -> Any:
    return int(value) if isinstance(value, Decimal) else value
