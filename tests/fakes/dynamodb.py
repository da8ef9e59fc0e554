"""DynamoDB, as far as the runtime uses it: conditional updates of single items, and whole items in batches.

Rules (DynamoDB developer guide): a write of one item is atomic and its condition is checked against the item as it is;
all of an update's expressions read the item as it was before; `BatchWriteItem` takes up to 25 whole items, each written
or not by itself (`UnprocessedItems`); a strongly consistent read shows every write that was answered before it. What has expired may be gone at any time from then on, and may be read until it is
("Using time to live (TTL) in DynamoDB"). Expressions: "Expression attribute names", "Condition expression syntax", "Update
expression syntax"; those parts that anything here uses.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.fakes.network import Network

Wire = Mapping[str, Any]
Item = dict[str, Wire]
Test = Callable[[Item, Mapping[str, Wire]], bool]

MAX_BATCH_WRITES: Final = 25
MAX_BATCH_READS: Final = 100
TTL: Final = "ttl"
"""The attribute by which the tables' items expire (`stacks.constructs.ttl_table`)."""

LONG_AGO: Final = 5 * 365 * 86_400
"""Seconds; what expired longer ago is taken for a mistake and stays ("Using time to live (TTL) in DynamoDB")."""

_TOKEN: Final = re.compile(r"\s*(<>|<=|>=|[=<>(),]|#?\w+|:\w+)")
_COMPARE: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "=": lambda a, b: a == b,
    "<>": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
_FUNCTIONS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "begins_with": lambda text, beginning: text.startswith(beginning),
    "contains": lambda whole, part: part in whole,
}


class ConditionalCheckFailedException(ClientError):  # noqa: N818 - DynamoDB's name
    """The condition does not hold."""


class DynamoDB:
    """The service; its tables come into being when they are written."""

    exceptions = SimpleNamespace(ConditionalCheckFailedException=ConditionalCheckFailedException)

    def __init__(self, network: Network) -> None:
        self._network = network
        self.tables: dict[str, dict[str, Item]] = {}
        self.calls: Counter[str] = Counter()

    def update_item(self, **call: Any) -> dict[str, Any]:
        """Change an item where a condition holds."""
        self.calls[call["Key"]["id"]["S"]] += 1
        return self._network.call("DynamoDB UpdateItem", lambda: self._update(call))

    def batch_write_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Write items whole."""
        self.calls["a batch"] += 1
        return self._network.call("DynamoDB BatchWriteItem", lambda: self._write(RequestItems))

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N803
        """Read items."""
        self.calls["a read"] += 1
        return self._network.call("DynamoDB BatchGetItem", lambda: self._read(RequestItems))

    def _read(self, requests: Mapping[str, Any]) -> dict[str, Any]:
        found = {}
        for table, wanted in requests.items():
            keys = [key["id"]["S"] for key in wanted["Keys"]]
            if not 0 < len(keys) == len(set(keys)) <= MAX_BATCH_READS or not wanted["ConsistentRead"]:
                raise ValueError(f"BatchGetItem takes 1 to {MAX_BATCH_READS} keys, each of them once")
            items = self.tables.get(table, {})
            found[table] = [
                dict(items[key]) for key in keys if key in items and not self._is_deleted(items[key])
            ]
        return {"Responses": found, "UnprocessedKeys": {}}

    def _write(self, requests: Mapping[str, Any]) -> dict[str, Any]:
        for table, writes in requests.items():
            if not 0 < len(writes) <= MAX_BATCH_WRITES:
                raise ValueError(f"BatchWriteItem takes 1 to {MAX_BATCH_WRITES} items")
            for write in writes:
                item = write["PutRequest"]["Item"]
                self.tables.setdefault(table, {})[item["id"]["S"]] = dict(item)
        return {"UnprocessedItems": {}}

    def _update(self, call: Mapping[str, Any]) -> dict[str, Any]:
        table = self.tables.setdefault(call["TableName"], {})
        key = call["Key"]["id"]["S"]
        if self._is_deleted(table.get(key, {})):
            self._network.note(f"DynamoDB: has deleted {key}, which had expired")
            del table[key]
        old = table.get(key, {})
        names, values = call.get("ExpressionAttributeNames", {}), call.get("ExpressionAttributeValues", {})
        condition = call.get("ConditionExpression", "")
        check_used(f"{call['UpdateExpression']} {condition}", (*names, *values))
        if condition and not condition_of(condition, tuple(names.items()))(old, values):
            shown = {"Item": dict(old)} if old and call.get("ReturnValuesOnConditionCheckFailure") else {}
            code = "ConditionalCheckFailedException"
            raise ConditionalCheckFailedException({"Error": {"Code": code}, **shown}, "UpdateItem")  # type: ignore[arg-type]
        table[key] = updated({"id": call["Key"]["id"], **old}, call["UpdateExpression"], names, values)
        return {"Attributes": dict(old)} if old else {}

    def _is_deleted(self, item: Item) -> bool:
        """Whether an item has expired, and was deleted at some moment since nobody has looked."""
        now = self._network.clock.now
        return now - LONG_AGO < expiry(item) <= now and bool(self._network.choices.draw(2))


def expiry(item: Item) -> float:
    """When an item expires, unix seconds; never, where that is not a whole number."""
    value = item.get(TTL, {}).get("N", "")
    return float(value) if value.isdecimal() else math.inf


def item_bytes(item: Item) -> int:
    """Bytes of an item as DynamoDB counts them: names and values ("DynamoDB item sizes and formats")."""
    return sum(len(name.encode()) + _value_bytes(value) for name, value in item.items())


def _value_bytes(value: Wire) -> int:
    [(kind, content)] = value.items()
    match kind:
        case "S":
            return len(content.encode())
        case "N":
            return len(content.strip("0")) // 2 + 2  # two digits a byte and one more, roughly
        case "SS":
            return sum(len(text.encode()) for text in content)
        case "B":
            return len(content)
    return 1


@cache
def check_used(expression: str, declared: tuple[str, ...]) -> None:
    """Refuse names and values that are declared and not used, or the reverse, as DynamoDB does."""
    used = set(re.findall(r"[#:]\w+", expression))
    if used != set(declared):
        raise ValueError(
            f"ValidationException: declared and not used, or the reverse: {used ^ set(declared)}"
        )


def updated(item: Item, expression: str, names: Mapping[str, str], values: Mapping[str, Wire]) -> Item:
    for word, target, value in _clauses(expression):
        name = names[target]
        if word == "SET":
            item[name] = values[value]
        else:
            item[name] = _added(item.get(name), values[value])
    return item


@cache
def _clauses(expression: str) -> list[tuple[str, str, str]]:
    words = re.split(r"\b(SET|ADD)\b", expression)[1:]
    found = []
    for word, clause in zip(words[::2], words[1::2], strict=True):
        for part in clause.split(","):
            target, _, value = part.strip().partition(" = " if word == "SET" else " ")
            found.append((word, target, value.strip()))
    return found


def _added(old: Wire | None, value: Wire) -> Wire:
    if "SS" in value:
        return {"SS": sorted({*(old or {}).get("SS", ()), *value["SS"]})}
    return {"N": str(int((old or {"N": "0"})["N"]) + int(value["N"]))}


@cache
def condition_of(expression: str, names: tuple[tuple[str, str], ...]) -> Test:
    tokens = _TOKEN.findall(expression)
    test, rest = _either(tokens, dict(names))
    if rest:
        raise ValueError(f"not understood: {expression}")
    return test


def _either(tokens: list[str], names: Mapping[str, str]) -> tuple[Test, list[str]]:
    left, tokens = _both(tokens, names)
    while tokens and tokens[0] == "OR":
        right, tokens = _both(tokens[1:], names)
        left = _or(left, right)
    return left, tokens


def _both(tokens: list[str], names: Mapping[str, str]) -> tuple[Test, list[str]]:
    left, tokens = _one(tokens, names)
    while tokens and tokens[0] == "AND":
        right, tokens = _one(tokens[1:], names)
        left = _and(left, right)
    return left, tokens


def _or(left: Test, right: Test) -> Test:
    return lambda item, values: left(item, values) or right(item, values)


def _and(left: Test, right: Test) -> Test:
    return lambda item, values: left(item, values) and right(item, values)


def _one(tokens: list[str], names: Mapping[str, str]) -> tuple[Test, list[str]]:
    if tokens[0] == "(":
        test, tokens = _either(tokens[1:], names)
        return test, tokens[1:]
    if tokens[0] in ("attribute_exists", "attribute_not_exists"):
        wanted, name = tokens[0] == "attribute_exists", names.get(tokens[2], tokens[2])
        return (lambda item, values: (name in item) is wanted), tokens[4:]
    if tokens[0] in _FUNCTIONS:
        return _function(names.get(tokens[2], tokens[2]), _FUNCTIONS[tokens[0]], tokens[4]), tokens[6:]
    name = names.get(tokens[0], tokens[0])
    if tokens[1] == "BETWEEN":
        return _between(name, tokens[2], tokens[4]), tokens[5:]
    compare, value = _COMPARE[tokens[1]], tokens[2]

    def test(item: Item, values: Mapping[str, Wire]) -> bool:
        # A comparison with an attribute that is not there is false.
        return name in item and compare(_comparable(item[name]), _comparable(values[value]))

    return test, tokens[3:]


def _function(name: str, holds: Callable[[Any, Any], bool], value: str) -> Test:
    return lambda item, values: name in item and holds(_comparable(item[name]), _comparable(values[value]))


def _between(name: str, low: str, high: str) -> Test:
    """Both ends are in it ("Comparison operator and function reference")."""

    def test(item: Item, values: Mapping[str, Wire]) -> bool:
        ends = _comparable(values[low]), _comparable(values[high])
        return name in item and ends[0] <= _comparable(item[name]) <= ends[1]

    return test


def _comparable(value: Wire) -> Any:
    [(kind, content)] = value.items()
    return (float if "." in content else int)(content) if kind == "N" else content
