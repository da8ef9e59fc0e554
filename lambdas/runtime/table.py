"""The subscriber's table, in plain values: one item for each key, changed by conditional writes.

DynamoDB's own words stay visible (update and condition expressions; DynamoDB developer guide, "Expressions"); what is
left out is its wire format and the aliases that reserved words need.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Value = str | float | bool | frozenset[str]
Item = dict[str, Value]
Thing = TypeVar("Thing")

WRITES_AT_ONCE: Final = 25
"""What one `BatchWriteItem` takes (DynamoDB API reference)."""

_NAME: Final = re.compile(r"#(\w+)")
_READ: Final[Mapping[str, Any]] = {"S": str, "N": float, "BOOL": bool, "SS": frozenset}


class RefusedError(Exception):
    """A condition did not hold; nothing was changed.

    Args:
        item: The item as it is; empty where there is none.
    """

    def __init__(self, item: Item) -> None:
        super().__init__("the condition does not hold")
        self.item = item


class Table:
    """A table whose partition key is ``id``.

    Args:
        client: Of DynamoDB.
        name: The table's name.
    """

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self._client = client
        self._name = name

    def update(
        self,
        key: str,
        *,
        set: Mapping[str, Value],
        add: Mapping[str, Value] | None = None,
        remove: Sequence[str] = (),
        when: str = "",
        given: Mapping[str, Value] | None = None,
    ) -> Item:
        """Change an item, or make it.

        Args:
            key: The item's id.
            set: Attributes and their new values.
            add: Numbers to add, and members to put into sets.
            remove: Attributes to take away.
            when: A condition, with each attribute as ``#name`` and each value as ``:name``.
            given: The condition's values.

        Returns:
            The item as it was; empty where it was made.

        Raises:
            RefusedError: The condition does not hold.
        """
        expression, names = _expression(tuple(set), tuple(add or ()), tuple(remove), when)
        values = {f":set_{name}": value for name, value in set.items()}
        values |= {f":add_{name}": value for name, value in (add or {}).items()}
        values |= {f":{name}": value for name, value in (given or {}).items()}
        condition: Any = (
            {"ConditionExpression": when, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"} if when else {}
        )
        try:
            answer = self._client.update_item(
                TableName=self._name,
                Key={"id": {"S": key}},
                UpdateExpression=expression,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={name: _wire(value) for name, value in values.items()},
                ReturnValues="ALL_OLD",
                **condition,
            )
        except self._client.exceptions.ConditionalCheckFailedException as refused:
            item: Any = refused.response.get("Item", {})
            raise RefusedError(_plain(item)) from None
        return _plain(answer.get("Attributes", {}))

    def put(self, items: Iterable[Item]) -> None:
        """Write items whole, whatever was there, in as few calls as DynamoDB allows.

        Raises:
            TimeoutError: DynamoDB did not take them all in several tries.
        """
        for some in in_chunks(list(items), WRITES_AT_ONCE):
            waiting: Any = {
                self._name: [
                    {"PutRequest": {"Item": {name: _wire(value) for name, value in item.items()}}}
                    for item in some
                ]
            }
            for _ in range(_TRIES):
                waiting = self._client.batch_write_item(RequestItems=waiting).get("UnprocessedItems")
                if not waiting:
                    break
            else:
                raise TimeoutError("DynamoDB does not take all items")


def in_chunks(things: Sequence[Thing], size: int) -> Iterator[Sequence[Thing]]:
    """Things in groups of so many, as batch calls of AWS take them."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def number(item: Item, name: str) -> float:
    """A number of an item; 0 where it has none of that name."""
    value = item.get(name, 0)
    return value if isinstance(value, int | float) else 0.0


_TRIES: Final = 5


@cache
def _expression(
    set: tuple[str, ...], add: tuple[str, ...], remove: tuple[str, ...], when: str
) -> tuple[str, Mapping[str, str]]:
    """An update expression, and the aliases that it and the condition need."""
    parts = {
        "SET": [f"#{name} = :set_{name}" for name in set],
        "ADD": [f"#{name} :add_{name}" for name in add],
        "REMOVE": [f"#{name}" for name in remove],
    }
    expression = " ".join(f"{word} {', '.join(some)}" for word, some in parts.items() if some)
    return expression, {f"#{name}": name for name in _NAME.findall(f"{expression} {when}")}


def _wire(value: Value) -> Any:
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, frozenset):
        return {"SS": sorted(value)}
    return {"N": repr(round(value, 3))}


def _plain(item: Mapping[str, Mapping[str, Any]]) -> Item:
    return {name: _READ[kind](value) for name, typed in item.items() for kind, value in typed.items()}
