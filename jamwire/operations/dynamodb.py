"""Many items of a DynamoDB table at once (`BatchGetItem`)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.errors import OperationError
from lambdas.contracts.archive_table import plain

MOST: Final = 100
"""Keys in one call (DynamoDB API reference, `BatchGetItem`)."""

_WAITS: Final = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
"""Seconds to wait when DynamoDB has left keys out, which it does when it is busy or 16 MB are reached."""


def get_items(
    dynamodb: Any, table: str, keys: Sequence[dict[str, Any]], *, sleep: Callable[[float], None]
) -> Iterator[dict[str, Any]]:
    """The items of these keys, in no order; none for a key that has none.

    Raises:
        OperationError: The account cannot be asked, or leaves out the same keys again and again.
    """
    for start in range(0, len(keys), MOST):
        yield from _get(dynamodb, table, keys[start : start + MOST], sleep)


def _get(
    dynamodb: Any, table: str, keys: Sequence[dict[str, Any]], sleep: Callable[[float], None]
) -> Iterator[dict[str, Any]]:
    idle = 0
    while keys:
        with aws_errors():
            answer = dynamodb.batch_get_item(RequestItems={table: {"Keys": keys, "ConsistentRead": True}})
        found = answer["Responses"].get(table, [])
        yield from map(plain, found)
        keys = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        idle = 0 if found else idle + 1
        if keys and idle:
            if idle > len(_WAITS):
                raise OperationError("DynamoDB is busy and leaves questions unanswered; try again later")
            sleep(_WAITS[idle - 1])
