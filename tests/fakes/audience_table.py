"""The audience's table, as far as its functions and the command use DynamoDB: a key of two parts, and transactions.

Rules (DynamoDB API reference): `TransactWriteItems` takes up to 100 writes of items that differ from each other, all of
which happen or none; a query's items are in the order of their sort keys; a page has at most `page` items here, so that
no caller takes one for all. Expressions: `tests.fakes.dynamodb`.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.fakes.dynamodb import (
    MAX_BATCH_READS,
    ConditionalCheckFailedException,
    check_used,
    condition_of,
)

Item = dict[str, Any]
Key = tuple[str, str]

MAX_WRITES: Final = 100


class TransactionCanceledException(ClientError):  # noqa: N818 - DynamoDB's name
    """Nothing of it was written."""


class AudienceTable:
    """DynamoDB with one table.

    Attributes:
        items: Every item by its key.
        calls: Names of the calls that were made.
        page: Items of a page at most.
        before_write: Called once before the next write, as if another function were faster.
        lose_answer: Whether the next write takes effect and its answer is lost.
        cancel: Reasons for which the next transactions are cancelled, one after the other.
        unprocessed: How many keys the next `BatchGetItem` leaves out.
        lags: Whether queries and batches that are not consistent are behind the last write, as `GetItem` always is.
    """

    exceptions = SimpleNamespace(
        ConditionalCheckFailedException=ConditionalCheckFailedException,
        TransactionCanceledException=TransactionCanceledException,
    )

    def __init__(self, page: int = 10_000) -> None:
        self.items: dict[Key, Item] = {}
        self.calls: list[str] = []
        self.page = page
        self.before_write: Callable[[], None] | None = None
        self.lose_answer = False
        self.cancel: list[str] = []
        self.unprocessed = 0
        self.lags = False
        self._stale: dict[Key, Item | None] = {}
        """What a read shows that is not consistent: the items of the last write as they were before it."""

    def partition(self, partition: str) -> list[Item]:
        """A partition's items, for a test to look at."""
        return [item for (pk, _), item in sorted(self.items.items()) if pk == partition]

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool = False, **call: Any) -> Item:  # noqa: N803
        self.calls.append("GetItem")
        item = self._seen(ConsistentRead).get(_key(Key))
        return {"Item": dict(item)} if item else {}

    def query(self, **call: Any) -> Item:
        self.calls.append("Query")
        _check(call)
        test = _test(call, call["KeyConditionExpression"])
        seen = self._seen(call.get("ConsistentRead") or not self.lags)
        found = [dict(item) for _, item in sorted(seen.items()) if test(item)]
        if not call.get("ScanIndexForward", True):
            found.reverse()
        return self._page(found, call)

    def scan(self, **call: Any) -> Item:
        self.calls.append("Scan")
        _check(call)
        return self._page([dict(item) for _, item in sorted(self.items.items())], call)

    def batch_get_item(self, *, RequestItems: Mapping[str, Any]) -> Item:  # noqa: N803
        self.calls.append("BatchGetItem")
        [(table, wanted)] = RequestItems.items()
        keys = wanted["Keys"]
        if not 0 < len(keys) == len({_key(key) for key in keys}) <= MAX_BATCH_READS:
            raise ValueError(f"BatchGetItem takes 1 to {MAX_BATCH_READS} keys, each of them once")
        now, later = keys[: len(keys) - self.unprocessed], keys[len(keys) - self.unprocessed :]
        self.unprocessed = 0
        seen = self._seen(wanted.get("ConsistentRead") or not self.lags)
        found = [dict(seen[_key(key)]) for key in now if _key(key) in seen]
        return {
            "Responses": {table: found[::-1]},  # in no order
            "UnprocessedKeys": {table: {**wanted, "Keys": later}} if later else {},
        }

    def batch_write_item(self, *, RequestItems: Mapping[str, Any]) -> Item:  # noqa: N803
        with self._writing("BatchWriteItem"):
            for writes in RequestItems.values():
                for write in writes:
                    if "PutRequest" in write:
                        item = write["PutRequest"]["Item"]
                        self.items[_key(item)] = dict(item)
                    else:
                        self.items.pop(_key(write["DeleteRequest"]["Key"]), None)
        return {"UnprocessedItems": {}}

    def put_item(self, **call: Any) -> Item:
        return self._single("PutItem", {"Put": call})

    def update_item(self, **call: Any) -> Item:
        old = self.items.get(_key(call["Key"]), {})
        self._single("UpdateItem", {"Update": call})
        new = self.items[_key(call["Key"])]
        shown = {"ALL_NEW": new, "ALL_OLD": old, "UPDATED_NEW": new}.get(call.get("ReturnValues", ""))
        return {"Attributes": dict(shown)} if shown else {}

    def delete_item(self, **call: Any) -> Item:
        return self._single("DeleteItem", {"Delete": call})

    def transact_write_items(self, *, TransactItems: list[Item], **call: Any) -> Item:  # noqa: N803
        keys = [_key(write.get("Item") or write["Key"]) for each in TransactItems for write in each.values()]
        if not 0 < len(keys) == len(set(keys)) <= MAX_WRITES:
            raise ValueError(f"TransactWriteItems takes 1 to {MAX_WRITES} items, each of them once")
        with self._writing("TransactWriteItems"):
            codes = [None if self._holds(write) else "ConditionalCheckFailed" for write in TransactItems]
            if self.cancel:
                codes = [*codes[1:], self.cancel.pop(0)]
            if any(codes):
                raise TransactionCanceledException(
                    {
                        "Error": {"Code": "TransactionCanceledException", "Message": ""},
                        "CancellationReasons": [{"Code": code or "None"} for code in codes],
                    },
                    "TransactWriteItems",
                )
            for write in TransactItems:
                self._apply(write)
        return {}

    def _single(self, name: str, write: Item) -> Item:
        with self._writing(name):
            if not self._holds(write):
                [call] = write.values()
                old = self.items.get(_key(call.get("Item") or call["Key"]), {})
                is_shown = old and call.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
                shown = {"Item": dict(old)} if is_shown else {}
                error: Any = {"Error": {"Code": "ConditionalCheckFailedException"}, **shown}
                raise ConditionalCheckFailedException(error, name)
            self._apply(write)
        return {}

    def _writing(self, name: str) -> "_Write":
        return _Write(self, name)

    def _holds(self, write: Item) -> bool:
        [call] = write.values()
        _check(call)
        condition = call.get("ConditionExpression")
        if not condition:
            return True
        old = self.items.get(_key(call.get("Item") or call["Key"]), {})
        return _test(call, condition)(old)

    def _apply(self, write: Item) -> None:
        [(kind, call)] = write.items()
        key = _key(call.get("Item") or call["Key"])
        self._stale[key] = self.items.get(key)
        if kind == "Put":
            self.items[_key(call["Item"])] = dict(call["Item"])
        elif kind == "Delete":
            self.items.pop(key, None)
        elif kind == "Update":
            self.items[key] = updated({**self.items.get(key, {}), **call["Key"]}, call)

    def _seen(self, consistent: object) -> dict[Key, Item]:
        """The items as a read shows them."""
        seen = self.items if consistent else {**self.items, **self._stale}
        return {key: item for key, item in seen.items() if item}

    def _page(self, found: list[Item], call: Mapping[str, Any]) -> Item:
        if start := call.get("ExclusiveStartKey"):
            keys = [_key(item) for item in found]
            backwards = not call.get("ScanIndexForward", True)
            after = [(key < _key(start)) if backwards else (key > _key(start)) for key in keys]
            found = [item for item, is_after in zip(found, after, strict=True) if is_after]
        size = min(call.get("Limit", self.page), self.page)
        page = found[:size]
        more = {"LastEvaluatedKey": {name: page[-1][name] for name in ("pk", "sk")}} if found[size:] else {}
        if expression := call.get("FilterExpression"):
            test = _test(call, expression)
            page = [item for item in page if test(item)]
        return {"Items": page, "Count": len(page), "ScannedCount": min(len(found), size), **more}


class _Write:
    """A write, before which another may come, and whose answer may be lost."""

    def __init__(self, table: AudienceTable, name: str) -> None:
        self._table = table
        table.calls.append(name)

    def __enter__(self) -> None:
        if self._table.before_write:
            action, self._table.before_write = self._table.before_write, None
            action()
        self._table._stale.clear()

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._table.lose_answer:
            self._table.lose_answer = False
            raise ReadTimeoutError(endpoint_url="")


def updated(item: Item, call: Mapping[str, Any]) -> Item:
    """An item after an update expression; all of it reads the item as it was before."""
    names, values = call.get("ExpressionAttributeNames", {}), call.get("ExpressionAttributeValues", {})
    old = dict(item)
    for word, clause in _clauses(call["UpdateExpression"]):
        if word == "SET":
            target, _, value = (part.strip() for part in clause.partition("="))
            item[names.get(target, target)] = _value(value, old, names, values)
        elif word == "REMOVE":
            item.pop(names.get(clause, clause), None)
        else:
            target, value = clause.split()
            name = names.get(target, target)
            item[name] = (_added if word == "ADD" else _taken)(old.get(name), values[value])
    return {name: value for name, value in item.items() if value is not None}


def _clauses(expression: str) -> Iterator[tuple[str, str]]:
    words = re.split(r"\b(SET|ADD|REMOVE|DELETE)\b", expression)[1:]
    for word, clauses in zip(words[::2], words[1::2], strict=True):
        for clause in re.split(r",(?![^(]*\))", clauses):
            yield word, clause.strip()


def _value(text: str, old: Item, names: Mapping[str, str], values: Mapping[str, Any]) -> Any:
    if found := re.fullmatch(r"(.+?)\s+([+-])\s+(.+)", text):
        left, right = (_value(part.strip(), old, names, values) for part in (found[1], found[3]))
        return {"N": _text(float(left["N"]) + float(right["N"]) * (1 if found[2] == "+" else -1))}
    if found := re.fullmatch(r"if_not_exists\(\s*(\S+?)\s*,\s*(\S+?)\s*\)", text):
        name = names.get(found[1], found[1])
        return old[name] if name in old else _value(found[2], old, names, values)
    return values[text] if text.startswith(":") else old[names.get(text, text)]


def _added(old: Any, value: Any) -> Any:
    if "SS" in value:
        return {"SS": sorted({*(old or {}).get("SS", ()), *value["SS"]})}
    return {"N": _text(float((old or {"N": "0"})["N"]) + float(value["N"]))}


def _taken(old: Any, value: Any) -> Any:
    left = sorted({*(old or {}).get("SS", ())} - {*value["SS"]})
    return {"SS": left} if left else None


def _text(number: float) -> str:
    return str(int(number)) if number == int(number) else repr(number)


def _test(call: Mapping[str, Any], expression: str) -> Callable[[Item], bool]:
    names, values = call.get("ExpressionAttributeNames", {}), call.get("ExpressionAttributeValues", {})
    test = condition_of(expression, tuple(names.items()))
    return lambda item: test(item, values)


def _check(call: Mapping[str, Any]) -> None:
    expressions = " ".join(text for name, text in call.items() if name.endswith("Expression"))
    names, values = call.get("ExpressionAttributeNames", {}), call.get("ExpressionAttributeValues", {})
    check_used(expressions, (*names, *values))


def _key(item: Mapping[str, Any]) -> Key:
    return item["pk"]["S"], item["sk"]["S"]
