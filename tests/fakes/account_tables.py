"""An account's tables, as the command and the console ask DynamoDB for them."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from lambdas.contracts.archive_table import BY_TIME
from lambdas.contracts.ledger_item import DEAD_INDEX
from tests.fakes.dynamodb import ConditionalCheckFailedException, condition_of, updated

Item = dict[str, Any]

SORT_KEYS = {None: "source", BY_TIME: "time", DEAD_INDEX: "updated_at"}
"""By the index; None for the event store itself."""

NOT_IN_AN_INDEX = ("event", "ttl")


class DynamoDB:
    """As much of DynamoDB as is asked for: keys of one or two attributes, and the expressions of `jamwire.operations.archive`."""

    def __init__(self) -> None:
        self.tables: dict[str, dict[tuple[str, str], Item]] = {}
        self.queries: list[dict[str, Any]] = []
        self.read = 0
        """Items that queries have read."""
        self.gets: list[int] = []
        self.page = 1_000
        self.answered = 100
        """Of so many keys at once BatchGetItem answers; the rest are unprocessed."""

    def put_item(self, **request: Any) -> None:
        item = request["Item"]
        key = (item["id"]["S"], item["source"]["S"] if "source" in item else "")
        self.tables.setdefault(request["TableName"], {})[key] = item

    def get_item(self, **request: Any) -> dict[str, Any]:
        found = self.tables.get(request["TableName"], {}).get((request["Key"]["id"]["S"], ""))
        return {"Item": found} if found else {}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        [(table, asked)] = request["RequestItems"].items()
        keys = asked["Keys"]
        assert 0 < len(keys) <= 100
        assert len({json.dumps(key) for key in keys}) == len(keys)
        self.gets.append(len(keys))
        items = self.tables.get(table, {})
        found = [items.get((k["id"]["S"], k.get("source", {"S": ""})["S"])) for k in keys[: self.answered]]
        left = keys[self.answered :]
        return {
            "Responses": {table: [item for item in found if item]},
            "UnprocessedKeys": {table: {"Keys": left}} if left else {},
        }

    def scan(self, **request: Any) -> dict[str, Any]:
        assert request["ConsistentRead"]
        holds = condition_of(request["FilterExpression"], tuple(request["ExpressionAttributeNames"].items()))
        items = list(self.tables.get(request["TableName"], {}).values())
        start = request.get("ExclusiveStartKey", {"at": 0})["at"]
        page = items[start : start + self.page]
        found = [item for item in page if holds(item, request["ExpressionAttributeValues"])]
        more = start + self.page < len(items)
        return {"Items": found} | ({"LastEvaluatedKey": {"at": start + self.page}} if more else {})

    def update_item(self, **request: Any) -> None:
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        table = self.tables.setdefault(request["TableName"], {})
        item = table.get((request["Key"]["id"]["S"], ""), {})
        if not condition_of(request["ConditionExpression"], tuple(names.items()))(item, values):
            raise ConditionalCheckFailedException(
                {"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem"
            )
        table[request["Key"]["id"]["S"], ""] = updated(item, request["UpdateExpression"], names, values)

    def query(self, **request: Any) -> dict[str, Any]:
        self.queries.append(request)
        names, values = request["ExpressionAttributeNames"], request["ExpressionAttributeValues"]
        index = request.get("IndexName")
        sort_key = SORT_KEYS[index]
        found = sorted(
            _matching(
                self.tables.get(request["TableName"], {}).values(),
                request["KeyConditionExpression"],
                names,
                values,
            ),
            key=lambda item: _content(item[sort_key]),
            reverse=not request.get("ScanIndexForward", True),
        )
        keys = [_key_of(item, sort_key) for item in found]
        start = keys.index(request["ExclusiveStartKey"]) + 1 if "ExclusiveStartKey" in request else 0
        end = start + min(self.page, request.get("Limit", self.page))
        page = list(_matching(found[start:end], request.get("FilterExpression", ""), names, values))
        shown = [{n: v for n, v in item.items() if not index or n not in NOT_IN_AN_INDEX} for item in page]
        self.read += len(found[start:end])
        more = {"LastEvaluatedKey": keys[end - 1]} if end < len(found) else {}
        return {"Items": shown, "ScannedCount": len(found[start:end])} | more


KEYS = {"source": (), "time": ("day",), "updated_at": ("dead",)}
"""Attributes of an index's key beside the table's own and the sort key, by the sort key."""


def _key_of(item: Item, sort_key: str) -> Item:
    names = {"id", sort_key, *KEYS[sort_key]} | ({"source"} if "source" in item else set())
    return {name: item[name] for name in names}


def _matching(
    items: Iterable[Item], expression: str, names: dict[str, str], values: dict[str, Item]
) -> Iterator[Item]:
    conditions = list(_conditions(expression))
    return (item for item in items if all(_holds(item, each, names, values) for each in conditions))


def _conditions(expression: str) -> Iterator[str]:
    between = re.sub(r"(BETWEEN \S+) AND ", r"\1 .. ", expression)
    yield from (part.strip() for part in between.split(" AND ") if part.strip())


def _holds(item: Item, condition: str, names: dict[str, str], values: dict[str, Item]) -> bool:
    words = re.findall(r"[#:]\w+", condition)
    operands = [_content(values[word]) for word in words[1:]]
    if names[words[0]] not in item:
        return False
    value = _content(item[names[words[0]]])
    if condition.startswith("begins_with"):
        return bool(value.startswith(operands[0]))
    if ".." in condition:
        return bool(operands[0] <= value <= operands[1])
    return bool(value >= operands[0] if ">=" in condition else value == operands[0])


def _content(value: Item) -> Any:
    [(kind, content)] = value.items()
    return int(content) if kind == "N" else content
