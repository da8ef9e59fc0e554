"""A recipient: what a worker needs of a follower, as it stands in the partition of a topic or a digest.

A digest's recipient has in it up to when digests have told it. Whoever reads that and tells it, or moves it to another
digest, writes only where it is still so: each news is in one digest, whatever the follower does meanwhile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.audience_table import PARTITION_KEY, SORT_KEY, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MAX_KEYS: Final = 100
"""Items of one `BatchGetItem` (DynamoDB API reference)."""

TOLD_UNTIL: Final = "told_until"


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
        told_until: Up to when its digests have told it, unix seconds; 0 where that is not known: of a topic, or written
            by an older deployment.
        until: Up to when it gets a digest, unix seconds, as it is told at once of what is newer; 0 for without end.
    """

    id: str
    address: bytes = field(repr=False)
    push_key: str = ""
    zone: str = ""
    topics: tuple[str, ...] = ()
    told_until: float = 0.0
    until: float = 0.0

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
        return {
            **item,
            **({"topics": {"SS": list(self.topics)}} if self.topics else {}),
            **({TOLD_UNTIL: _milliseconds(self.told_until)} if self.told_until else {}),
            **({"until": _milliseconds(self.until)} if self.until else {}),
        }

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "Recipient":
        """Read an item in DynamoDB's own JSON."""
        return cls(
            id=item[SORT_KEY]["S"],
            address=bytes(item["address"]["B"]),
            push_key=item.get("push_key", {}).get("S", ""),
            zone=item.get("zone", {}).get("S", ""),
            topics=tuple(sorted(item.get("topics", {}).get("SS", ()))),
            told_until=int(item.get(TOLD_UNTIL, {}).get("N", 0)) / 1000,
            until=int(item.get("until", {}).get("N", 0)) / 1000,
        )


class Recipients:
    """Reads recipients, as they are at this moment: who has left a moment ago is not told.

    Of a digest's recipient it records up to when it was told.

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

    def record(self, partition: str, recipient: Recipient, until: float) -> bool:
        """Record up to when a digest has told a recipient.

        Returns:
            Whether it is recorded; not so where it has left or moved since it was read, or another digest has told it.
        """
        unchanged = untold(recipient.told_until)
        condition = f"attribute_exists(#pk) AND ({unchanged['ConditionExpression']} OR #told_until = :until)"
        names = {**unchanged["ExpressionAttributeNames"], "#pk": PARTITION_KEY}
        values = unchanged.get("ExpressionAttributeValues", {})
        try:
            self._client.update_item(
                TableName=self._table,
                Key=_wire_key(partition, recipient.id),
                UpdateExpression="SET #told_until = :until",
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={**values, ":until": _milliseconds(until)},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

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


def untold(told_until: float) -> dict[str, Any]:
    """The condition that no digest has told a recipient since it was read, as a write takes it.

    Args:
        told_until: Up to when it was told by then, unix seconds.
    """
    if not told_until:
        return {
            "ConditionExpression": "attribute_not_exists(#told_until)",
            "ExpressionAttributeNames": {"#told_until": TOLD_UNTIL},
        }
    return {
        "ConditionExpression": "#told_until = :told_until",
        "ExpressionAttributeNames": {"#told_until": TOLD_UNTIL},
        "ExpressionAttributeValues": {":told_until": _milliseconds(told_until)},
    }


def _milliseconds(seconds: float) -> dict[str, str]:
    return {"N": str(round(seconds * 1000))}


def _before(id: str) -> str:
    """What sorts before an id and after all ids before it."""
    return f"{int(id, 16) - 1:0{len(id)}x}~"


def _wire_key(partition: str, id: str) -> dict[str, Any]:
    return {name: {"S": value} for name, value in key(partition, id).items()}
