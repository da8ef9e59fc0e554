"""What digests tell: the news of each topic, by the time at which its fan-out was planned."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.event import timestamp
from lambdas.followers.items import wire_key
from lambdas.followers.plan import Plan, Told

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

NEWS_SECONDS: Final = 3 * 24 * 3600
"""For so long news are kept: who was told by no digest for longer is told only of what is newer."""


def news_item(plan: Plan, told: Told) -> dict[str, Any]:
    """The item of a planned event's news."""
    return {
        **wire_key(f"news#{told.topic}", f"{timestamp(plan.at)}#{plan.name}"),
        "told": {"S": told.to_json()},
        "ttl": {"N": str(int(plan.at) + NEWS_SECONDS)},
    }


class News:
    """Reads news.

    Args:
        client: DynamoDB.
        table: The audience's table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def of(self, topic: str, until: float) -> Iterator[tuple[str, Told]]:
        """The news of a topic that are kept and were planned before a time, oldest first; each with when, RFC 3339."""
        start: Any = {}
        while True:
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :partition AND sk BETWEEN :since AND :until",
                ExpressionAttributeValues={
                    ":partition": {"S": f"news#{topic}"},
                    ":since": {"S": timestamp(until - NEWS_SECONDS)},
                    ":until": {"S": timestamp(until)},  # what was planned then has more after the time
                },
                ConsistentRead=True,
                **start,
            )
            for item in page["Items"]:
                yield item["sk"]["S"].partition("#")[0], Told.from_json(item["told"]["S"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}
