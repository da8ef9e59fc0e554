"""DynamoDB for operations: the codec of its items, and many items at once (`BatchGetItem`)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, NamedTuple

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from jamwire.operations.aws import ConditionFailedError, aws_errors
from jamwire.operations.errors import OperationError
from lambdas.contracts.batched import batched

MAX_KEYS: Final = 100
"""Keys in one call (DynamoDB API reference, `BatchGetItem`)."""

_WAITS: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Seconds to wait when DynamoDB has left keys out, which it does when it is busy or 16 MB are reached."""

_SERIALIZER: Final = TypeSerializer()
_DESERIALIZER: Final = TypeDeserializer()


def to_item(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with DynamoDB's types, as its client takes them."""
    return {name: _SERIALIZER.serialize(value) for name, value in values.items()}


def from_item(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's values without DynamoDB's types; every number that Jamwire writes is whole."""
    values = {name: _DESERIALIZER.deserialize(value) for name, value in item.items()}
    return {name: int(value) if isinstance(value, Decimal) else value for name, value in values.items()}


def get_items(
    dynamodb: Any,
    table: str,
    keys: Sequence[Mapping[str, str]],
    *,
    sleep: Callable[[float], None],
    attributes: Sequence[str] = (),
) -> Iterator[dict[str, Any]]:
    """The items of these keys, in no order; a key without an item is left out.

    Args:
        dynamodb: DynamoDB's client.
        table: The table.
        keys: The keys.
        sleep: Waits, in seconds.
        attributes: Which attributes to read; all where it is empty.

    Raises:
        OperationError: The account cannot be asked, or leaves out the same keys again and again.
    """
    projection: dict[str, Any] = (
        {
            "ProjectionExpression": ", ".join(f"#{name}" for name in attributes),
            "ExpressionAttributeNames": {f"#{name}": name for name in attributes},
        }
        if attributes
        else {}
    )
    for batch in batched(map(to_item, keys), MAX_KEYS):
        yield from _get(dynamodb, table, batch, projection, sleep)


def query_items(dynamodb: Any, table: str, **request: Any) -> Iterator[dict[str, Any]]:
    """The items of a query (`Query`), each page when it is needed.

    Raises:
        OperationError: The account cannot be asked.
    """
    start: dict[str, Any] = {}
    while True:
        page = query_page(dynamodb, table, **request, **start)
        yield from page.items
        if not page.is_cut:
            return
        start = {"ExclusiveStartKey": page.last}


class QueryPage(NamedTuple):
    """What one call of `Query` answers.

    Attributes:
        items: The items that the filter lets through.
        read: How many were read for it, and are paid for.
        last: The key of the last of those; empty where there are no more.
    """

    items: list[dict[str, Any]]
    read: int
    last: Mapping[str, Any]

    @property
    def is_cut(self) -> bool:
        """Whether there are more."""
        return bool(self.last)


def query_page(dynamodb: Any, table: str, **request: Any) -> QueryPage:
    """One page of a query.

    Raises:
        OperationError: The account cannot be asked.
    """
    with aws_errors():
        page = dynamodb.query(TableName=table, **request)
    items = [from_item(item) for item in page["Items"]]
    return QueryPage(items, page.get("ScannedCount", len(items)), page.get("LastEvaluatedKey", {}))


def scan_items(dynamodb: Any, table: str, **request: Any) -> Iterator[dict[str, Any]]:
    """The items of a table that a filter lets through (`Scan`), page by page.

    Raises:
        OperationError: The account cannot be asked.
    """
    start: dict[str, Any] = {}
    while True:
        with aws_errors():
            page = dynamodb.scan(TableName=table, ConsistentRead=True, **request, **start)
        yield from map(from_item, page["Items"])
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def bring_forward(dynamodb: Any, table: str, key: str, time: str, *, now: int, state: str = "") -> bool:
    """Bring a time of an item that is yet to come forward to now; tells whether there was one.

    Args:
        dynamodb: DynamoDB's client.
        table: The table.
        key: The item's id.
        time: The attribute with the time, unix milliseconds.
        now: Unix milliseconds.
        state: The state that the item must be in; empty for no matter which.

    Raises:
        OperationError: The account cannot be asked.
    """
    bound: dict[str, str | int] = {":now": now} | ({":state": state} if state else {})
    try:
        with aws_errors():
            dynamodb.update_item(
                TableName=table,
                Key=to_item({"id": key}),
                UpdateExpression="SET #time = :now",
                ConditionExpression=f"#time > :now{' AND #state = :state' if state else ''}",
                ExpressionAttributeNames={"#time": time} | ({"#state": "state"} if state else {}),
                ExpressionAttributeValues=to_item(bound),
            )
    except ConditionFailedError:
        return False
    return True


def _get(
    dynamodb: Any,
    table: str,
    keys: Sequence[dict[str, Any]],
    projection: Mapping[str, Any],
    sleep: Callable[[float], None],
) -> Iterator[dict[str, Any]]:
    idle = 0
    while keys:
        with aws_errors():
            asked = {"Keys": keys, "ConsistentRead": True, **projection}
            answer = dynamodb.batch_get_item(RequestItems={table: asked})
        found = answer["Responses"].get(table, [])
        yield from map(from_item, found)
        keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        idle = idle + 1 if keys and not found else 0
        if idle > len(_WAITS):
            raise OperationError("DynamoDB is busy and leaves questions unanswered; try again later")
        if keys:
            sleep(_WAITS[max(idle - 1, 0)])
