"""A recipient: what a worker needs of a follower, as it stands in the partition of a topic or a digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.audience_table import PARTITION_KEY, SORT_KEY, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MAX_KEYS: Final = 100
"""Items of one `BatchGetItem` (DynamoDB API reference)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """A recipient.

    Attributes:
        id: The follower's id.
        address: The sealed address (`lambdas.followers.sealing`), bound to the id. Of web push it opens to the JSON of
            the browser's subscription: ``{"endpoint", "p256dh", "auth"}``.
        push_key: Id of the push key that the browser has subscribed with; empty for another channel.
        zone: The follower's time zone (IANA); empty for UTC.
        topics: What it follows; of a digest only.
    """

    id: str
    address: bytes = field(repr=False)
    push_key: str = ""
    zone: str = ""
    topics: tuple[str, ...] = ()

    def to_item(self, partition: str) -> dict[str, Any]:
        """As it is written in a partition, in DynamoDB's own JSON."""
        item: dict[str, Any] = {
            PARTITION_KEY: {"S": partition},
            SORT_KEY: {"S": self.id},
            "address": {"B": self.address},
        }
        for name in ("push_key", "zone"):
            if value := getattr(self, name):
                item[name] = {"S": value}
        return item | ({"topics": {"SS": list(self.topics)}} if self.topics else {})

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Recipient":
        """Read an item in DynamoDB's own JSON."""
        return cls(
            id=item[SORT_KEY]["S"],
            address=bytes(item["address"]["B"]),
            push_key=item.get("push_key", {}).get("S", ""),
            zone=item.get("zone", {}).get("S", ""),
            topics=tuple(sorted(item.get("topics", {}).get("SS", ()))),
        )


class Recipients:
    """Reads recipients, as they are at this moment: who has left a moment ago is not told.

    Args:
        client: DynamoDB.
        table: The audience's table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def after(self, partition: str, start: str, end: str, cursor: str, limit: int) -> list[Recipient]:
        """The next recipients of a share, by their ids.

        Args:
            partition: The topic's or the digest's.
            start: The share's first id; empty for the first there is.
            end: Where it ends, exclusively; empty for the last there is.
            cursor: The id of the last one that was read; empty at the beginning.
            limit: At most so many. Fewer than these are the last.
        """
        found: list[Recipient] = []
        last = cursor
        while len(found) < limit:
            page = self._client.query(**self._query(partition, start, end, last, limit - len(found)))
            found += [Recipient.of(item) for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                break
            last = page["LastEvaluatedKey"][SORT_KEY]["S"]
        return found

    def named(self, partition: str, ids: Sequence[str]) -> list[Recipient]:
        """Those of these followers who are still there, in the order of their ids."""
        found: list[Recipient] = []
        waiting = [_wire_key(partition, id) for id in ids]
        while waiting:
            wanted: Any = {"Keys": waiting[:MAX_KEYS], "ConsistentRead": True}
            answer = self._client.batch_get_item(RequestItems={self._table: wanted})
            found += [Recipient.of(item) for item in answer["Responses"].get(self._table, [])]
            left = answer.get("UnprocessedKeys", {})
            waiting = [*(left[self._table]["Keys"] if left else []), *waiting[MAX_KEYS:]]
        return sorted(found, key=lambda recipient: recipient.id)

    def _query(self, partition: str, start: str, end: str, last: str, limit: int) -> dict[str, Any]:
        """Both ends of a range are in one condition, so that what is not in it is not paid for."""
        return {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :partition AND sk BETWEEN :start AND :end",
            "ExpressionAttributeValues": {
                ":partition": {"S": partition},
                ":start": {"S": start or "0"},
                ":end": {"S": _before(end) if end else "~"},
            },
            "Limit": limit,
            "ConsistentRead": True,
            **({"ExclusiveStartKey": _wire_key(partition, last)} if last else {}),
        }


def _before(id: str) -> str:
    """What sorts before an id and after all ids before it."""
    return f"{int(id, 16) - 1:0{len(id)}x}~"


def _wire_key(partition: str, id: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in key(partition, id).items()}
