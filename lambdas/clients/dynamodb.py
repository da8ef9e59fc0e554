"""The codec of DynamoDB items: boto3's own types, for functions that call DynamoDB's client.

Numbers are read as `decimal.Decimal`. A float cannot be written; times are whole seconds or milliseconds.
"""

from collections.abc import Mapping
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

_SERIALIZER: Final = TypeSerializer()
_DESERIALIZER: Final = TypeDeserializer()


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with DynamoDB's types, as the client takes them.

    Raises:
        TypeError: A value has no type of DynamoDB.
    """
    return {name: _SERIALIZER.serialize(value) for name, value in values.items()}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's values without DynamoDB's types."""
    return {name: _DESERIALIZER.deserialize(value) for name, value in item.items()}
