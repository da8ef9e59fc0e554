"""DynamoDB's own JSON for what the fan-out writes (DynamoDB API reference, `AttributeValue`)."""

from collections.abc import Mapping
from typing import Any


def texts(values: Mapping[str, str]) -> dict[str, Any]:
    """Texts, such as an item's key."""
    return {name: {"S": value} for name, value in values.items()}
