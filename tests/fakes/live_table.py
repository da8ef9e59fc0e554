"""The table of topics' states, as far as `lambdas.clients.live_states` uses it."""

from itertools import accumulate
from types import SimpleNamespace
from typing import Any

from lambdas.contracts.live_state_table import PARTITION_KEY, SORT_KEY
from tests.fakes.dynamodb import ConditionalCheckFailedException, condition_of
from tests.fakes.network import client_error

Item = dict[str, Any]

MAX_ITEM_BYTES = 400 * 1024
"""Of the names and values of an item (DynamoDB developer guide, "Quotas")."""

MAX_PAGE_BYTES = 1024 * 1024
"""Of the items of one answer to a query (DynamoDB developer guide, "Paginating table query results")."""


class LiveTable:
    """DynamoDB with one table whose key has two parts.

    Attributes:
        items: By the sort key, which is unique here.
        calls: Names of the calls that were made.
        away: Whether the service is.
        before_write: Called before each write, as if another function were faster.
        stale: What a read shows that is not consistent: the items before the last write.
    """

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedException)

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}
        self.stale: dict[str, Item] = {}
        self.calls: list[str] = []
        self.away = False
        self.before_write: Any = None

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool) -> Item:  # noqa: N803
        self._call("GetItem")
        item = (self.items if ConsistentRead else self.stale).get(Key[SORT_KEY]["S"])
        return {"Item": item} if item else {}

    def query(self, **call: Any) -> Item:
        self._call("Query")
        # DynamoDB reserves the word FAMILY: a key of that name is in no expression but by an alias.
        assert set(call["ExpressionAttributeNames"].values()) == {PARTITION_KEY, SORT_KEY}
        values = call["ExpressionAttributeValues"]
        family, beginning = values[":family"]["S"], values[":beginning"]["S"]
        after = call.get("ExclusiveStartKey", {SORT_KEY: {"S": ""}})[SORT_KEY]["S"]
        found = [
            item
            for name, item in sorted((self.items if call["ConsistentRead"] else self.stale).items())
            if item[PARTITION_KEY]["S"] == family and name.startswith(beginning) and name > after
        ]
        page = [
            item
            for item, size in zip(found, accumulate(map(_size, found)), strict=True)
            if size <= MAX_PAGE_BYTES
        ]
        if len(page) == len(found):
            return {"Items": page}
        return {
            "Items": page,
            "LastEvaluatedKey": {key: page[-1][key] for key in (PARTITION_KEY, SORT_KEY)},
        }

    def put_item(self, *, TableName: str, Item: Item, **call: Any) -> Item:  # noqa: N803
        self._call("PutItem")
        if self.before_write:
            action, self.before_write = self.before_write, None
            action()
        if _size(Item) > MAX_ITEM_BYTES:
            raise client_error("ValidationException", "PutItem")
        name = Item[SORT_KEY]["S"]
        old = self.items.get(name, {})
        names = {name: name for name in (*Item, *old)}
        condition = condition_of(call["ConditionExpression"], tuple(names.items()))
        if not condition(old, call.get("ExpressionAttributeValues", {})):
            shown = {"Item": old} if old else {}
            error: Any = {"Error": {"Code": "ConditionalCheckFailedException"}, **shown}
            raise ConditionalCheckFailedException(error, "PutItem")
        self.stale = dict(self.items)
        self.items[name] = Item
        return {}

    def _call(self, name: str) -> None:
        self.calls.append(name)
        if self.away:
            raise client_error("InternalServerError", name)


def _size(item: Item) -> int:
    """Bytes of an item of texts and numbers; of a number as of a text, which is a little more than DynamoDB counts."""
    return sum(len(name.encode()) + len(next(iter(value.values())).encode()) for name, value in item.items())
