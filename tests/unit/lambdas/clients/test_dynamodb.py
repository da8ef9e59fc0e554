"""Items are written and read with DynamoDB's own types."""

import pytest

from lambdas.clients.dynamodb import from_item, to_item

VALUES = {"id": "e1", "ttl": 1_800_000_000, "final": True, "to": {"Slack", "Sms"}, "next": None}


def test_item_is_read_as_it_was_written() -> None:
    item = to_item(VALUES)
    assert item["ttl"] == {"N": "1800000000"}
    assert from_item(item) == VALUES


def test_float_is_not_written_with_a_loss() -> None:
    with pytest.raises(TypeError):
        to_item({"at": 0.1})
