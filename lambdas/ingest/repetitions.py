"""Which event a body was, where nothing but the body tells: one item for each, for a stated time.

Only endpoints whose identity is `SameBody` ask. The id of a new event is that of its time's bucket, so that requests
for which the item cannot be reached still get one id, but for those on both sides of a bucket's end.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Remember = Callable[[str, str, float, float], str | None]
"""Of a digest, a new event's id, now and until when (unix seconds): the id that the digest has until then.

None where nobody can say.
"""

_NEW: Final = "attribute_not_exists(#id) OR #expires_at <= :now"


def remember(client: "DynamoDBClient", table: str, digest: str, event: str, now: float, until: float) -> str:
    """Ask the item, or make it, in one conditional write.

    Raises:
        ConditionalCheckFailedException: It belongs to another event, and DynamoDB does not say to which.
    """
    item: dict[str, Any] = {
        "event_id": {"S": event},
        "expires_at": _milliseconds(until),
        "ttl": {"N": str(round(until) + 1)},
    }
    try:
        client.update_item(
            TableName=table,
            Key={"id": {"S": digest}},
            UpdateExpression=f"SET {', '.join(f'#{name} = :{name}' for name in item)}",
            ConditionExpression=_NEW,
            ExpressionAttributeNames={f"#{name}": name for name in ("id", *item)},
            ExpressionAttributeValues={
                ":now": _milliseconds(now),
                **{f":{name}": value for name, value in item.items()},
            },
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    except client.exceptions.ConditionalCheckFailedException as known:
        other: Any = known.response.get("Item")
        if not other:
            raise
        return str(other["event_id"]["S"])
    return event


def _milliseconds(seconds: float) -> dict[str, str]:
    return {"N": str(round(seconds * 1000))}
