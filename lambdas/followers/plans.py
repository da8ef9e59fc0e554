"""Plans in the audience's table: each is written once, with all that has to be there with it."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from lambdas.contracts.audience_table import (
    DIGESTS,
    FANOUT_SECONDS,
    FANOUTS,
    FOLLOWERS,
    PLAN,
    TOPICS,
    fanout_partition,
    topic_count,
)
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.event import timestamp
from lambdas.followers.items import wire_key
from lambdas.followers.plan import Plan

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Put = Mapping[str, Any]
"""One action of a transaction (DynamoDB API reference, `TransactWriteItem`)."""


class PlannedError(Exception):
    """There is a plan of this name; nothing was written."""


class Plans:
    """The plans.

    Args:
        client: DynamoDB.
        table: The audience's table.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def get(self, name: str) -> Plan | None:
        """A plan; None where there is none, or it was forgotten."""
        answer = self._client.get_item(
            TableName=self._table, Key=wire_key(fanout_partition(name), PLAN), ConsistentRead=True
        )
        return Plan.of(answer["Item"]) if "Item" in answer else None

    def write(self, plan: Plan, beside: Iterable[Put] = ()) -> None:
        """Write a plan, its line in the list of fan-outs, and what belongs to it: all of it or nothing.

        Raises:
            PlannedError: It is written.
        """
        new = {"Item": plan.to_item(), "ConditionExpression": "attribute_not_exists(pk)"}
        writes: Any = [self._in_table("Put", new), self.put(_listed(plan)), *beside]
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as cancelled:
            if _failed_conditions(cancelled.response):
                raise PlannedError from None
            raise

    def put(self, item: Mapping[str, Any]) -> Put:
        """The action that writes an item whole."""
        return self._in_table("Put", {"Item": item})

    def update(self, **change: Any) -> Put:
        """The action that changes an item."""
        return self._in_table("Update", change)

    def followers(self, topic: str, channels: Iterable[Channel]) -> dict[Channel, int]:
        """How many are told at once of a topic, by channel; of channels with nobody nothing."""
        found = {channel: self._count(topic_count(channel, topic)) for channel in channels}
        return {channel: count for channel, count in found.items() if count > 0}

    def digests(self) -> list[Mapping[str, Any]]:
        """The items of all digests, each with its followers and how far it is."""
        return self._items(DIGESTS, "")

    def _count(self, beginning: str) -> int:
        """The sum of the counts whose keys begin so."""
        return sum(int(item[FOLLOWERS]["N"]) for item in self._items(TOPICS, beginning))

    def _items(self, partition: str, beginning: str) -> list[Mapping[str, Any]]:
        condition, values = "pk = :partition", {":partition": {"S": partition}}
        if beginning:
            condition, values = f"{condition} AND begins_with(sk, :sk)", values | {":sk": {"S": beginning}}
        items: list[Mapping[str, Any]] = []
        start: Any = {}
        while True:
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ConsistentRead=True,
                **start,
            )
            items += page["Items"]
            if "LastEvaluatedKey" not in page:
                return items
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _in_table(self, action: str, words: Mapping[str, Any]) -> Put:
        return {action: {"TableName": self._table, **words}}


def _listed(plan: Plan) -> dict[str, Any]:
    return {
        **wire_key(FANOUTS, f"{timestamp(plan.at)}#{plan.name}"),
        "ttl": {"N": str(int(plan.at) + FANOUT_SECONDS)},
    }


def _failed_conditions(response: Mapping[str, Any]) -> bool:
    reasons = response.get("CancellationReasons", ())
    return any(reason.get("Code") == "ConditionalCheckFailed" for reason in reasons)
