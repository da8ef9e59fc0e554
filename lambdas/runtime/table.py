"""The subscriber's table, in plain values: one item for each key, changed by conditional writes.

DynamoDB's own words stay visible (update and condition expressions; DynamoDB developer guide, "Expressions"); what is
left out is its wire format and the aliases that reserved words need.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from lambdas.clients.dynamodb import Item, Value, from_item, to_item
from lambdas.contracts.batched import batched

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MAX_BATCH_WRITES: Final = 25
"""What one `BatchWriteItem` takes (DynamoDB API reference)."""

MAX_BATCH_READS: Final = 100
"""What one `BatchGetItem` takes (DynamoDB API reference)."""

_MAX_TRIES: Final = 5
_ALIAS: Final = re.compile(r"#(\w+)")


class ConditionFailedError(Exception):
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
        condition: str = "",
        values: Mapping[str, Value] | None = None,
    ) -> Item:
        """Change an item, or make it.

        Args:
            key: The item's id.
            set: Attributes and their new values.
            add: Numbers to add, and members to put into sets.
            condition: What must hold, with each attribute as ``#name`` and each value as ``:name``.
            values: The condition's values.

        Returns:
            The item as it was; empty where it was made.

        Raises:
            ConditionFailedError: The condition does not hold.
        """
        expression, aliases = _expression(tuple(set), tuple(add or ()), condition)
        bound = {f":set_{name}": value for name, value in set.items()}
        bound |= {f":add_{name}": value for name, value in (add or {}).items()}
        bound |= {f":{name}": value for name, value in (values or {}).items()}
        conditional: Any = (
            {"ConditionExpression": condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
            if condition
            else {}
        )
        try:
            answer = self._client.update_item(
                TableName=self._name,
                Key=to_item({"id": key}),
                UpdateExpression=expression,
                ExpressionAttributeNames=aliases,
                ExpressionAttributeValues=to_item(bound),
                ReturnValues="ALL_OLD",
                **conditional,
            )
        except self._client.exceptions.ConditionalCheckFailedException as failed:
            item: Any = failed.response.get("Item", {})
            raise ConditionFailedError(from_item(item)) from None
        return from_item(answer.get("Attributes", {}))

    def get(self, keys: Iterable[str]) -> dict[str, Item]:
        """Read items as they are at this moment ("Read consistency"), by their keys; one that is not there is left out.

        Raises:
            TimeoutError: DynamoDB did not give them all in several tries.
        """
        found: dict[str, Item] = {}
        for batch in batched(dict.fromkeys(keys), MAX_BATCH_READS):
            wanted = {"Keys": [to_item({"id": key}) for key in batch], "ConsistentRead": True}
            waiting: Any = {self._name: wanted}
            for _ in range(_MAX_TRIES):
                answer = self._client.batch_get_item(RequestItems=waiting)
                for item in map(from_item, answer.get("Responses", {}).get(self._name, [])):
                    found[str(item["id"])] = item
                waiting = answer.get("UnprocessedKeys")
                if not waiting:
                    break
            else:
                raise TimeoutError("DynamoDB does not give all items")
        return found

    def put(self, items: Iterable[Item]) -> None:
        """Write items whole, whatever was there, in as few calls as DynamoDB allows.

        Raises:
            TimeoutError: DynamoDB did not take them all in several tries.
        """
        for batch in batched(items, MAX_BATCH_WRITES):
            waiting: Any = {self._name: [{"PutRequest": {"Item": to_item(item)}} for item in batch]}
            for _ in range(_MAX_TRIES):
                waiting = self._client.batch_write_item(RequestItems=waiting).get("UnprocessedItems")
                if not waiting:
                    break
            else:
                raise TimeoutError("DynamoDB does not take all items")


@cache
def _expression(set: tuple[str, ...], add: tuple[str, ...], condition: str) -> tuple[str, Mapping[str, str]]:
    """An update expression, and the aliases that it and the condition need."""
    clauses = {
        "SET": [f"#{name} = :set_{name}" for name in set],
        "ADD": [f"#{name} :add_{name}" for name in add],
    }
    expression = " ".join(f"{word} {', '.join(clause)}" for word, clause in clauses.items() if clause)
    return expression, {f"#{name}": name for name in _ALIAS.findall(f"{expression} {condition}")}
