"""Conditional writes in plain values; the rest is DynamoDB's."""

from typing import Any

import pytest

from lambdas.runtime.table import MAX_BATCH_WRITES, ConditionFailedError, Table
from tests.fakes.subscriber import Surroundings


def test_update_gives_the_item_as_it_was(around: Surroundings) -> None:
    assert around.table.update("a", set={"x": 1}, add={"n": 2, "to": frozenset({"p"})}) == {}
    old = around.table.update("a", set={"x": 2}, add={"n": 2, "to": frozenset({"q"})})
    assert old == {"id": "a", "x": 1, "n": 2, "to": {"p"}}
    assert around.items["a"] == {"id": "a", "x": 2, "n": 4, "to": {"p", "q"}}


def test_failed_condition_shows_the_item_and_changes_nothing(around: Surroundings) -> None:
    around.table.update("a", set={"x": 1})
    with pytest.raises(ConditionFailedError) as failed:
        around.table.update("a", set={"x": 2}, condition="#x = :old", values={"old": 5})
    assert failed.value.item == around.items["a"] == {"id": "a", "x": 1}
    assert "x" not in str(failed.value)


def test_items_are_put_in_full_batches(around: Surroundings) -> None:
    around.table.put({"id": str(n)} for n in range(MAX_BATCH_WRITES + 1))
    assert len(around.items) == MAX_BATCH_WRITES + 1
    assert around.dynamodb.calls == {"a batch": 2}


class Busy:
    """DynamoDB that takes one item of each call."""

    def __init__(self) -> None:
        self.taken: list[Any] = []

    def batch_write_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        [(table, [first, *rest])] = RequestItems.items()
        self.taken.append(first["PutRequest"]["Item"]["id"]["S"])
        return {"UnprocessedItems": {table: rest}} if rest else {}


def test_unprocessed_items_are_put_again() -> None:
    busy = Busy()
    Table(busy, "ledger").put({"id": str(n)} for n in range(5))  # type: ignore[arg-type]
    assert busy.taken == ["0", "1", "2", "3", "4"]


def test_items_that_dynamodb_never_takes_are_an_error() -> None:
    with pytest.raises(TimeoutError):
        Table(Busy(), "ledger").put({"id": str(n)} for n in range(6))  # type: ignore[arg-type]
