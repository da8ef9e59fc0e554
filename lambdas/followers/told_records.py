"""A record for each recipient of a fan-out, where each message costs money: it is never sent twice.

It says ``sending`` before the message is sent, and what became of it afterwards. Who finds one that says ``sending``
has taken over from a worker that died: the message may have been sent, and is not sent again.
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.audience_table import FANOUT_SECONDS
from lambdas.followers.items import wire_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

SENDING: Final = "sending"
UNCERTAIN: Final = "uncertain"
TAKEN: Final = "taken"
"""Another job is telling the recipient at this moment, or its worker has died of it."""


class ToldRecords:
    """The records of a fan-out.

    Args:
        client: DynamoDB.
        table: The audience's table.
        fanout: The fan-out's name.
        job: The job's name: another job counts its own recipients.
        owner: Names the worker's invocation.
    """

    def __init__(self, client: "DynamoDBClient", table: str, fanout: str, job: str, owner: str) -> None:
        self._client = client
        self._table = table
        self._partition = f"told#{fanout}"
        self._job = job
        self._owner = owner

    def claim(self, id: str, now: float) -> str:
        """Say that a recipient is being told; gives what it is to be counted as where somebody has said so before.

        What another job, as the rest of this one, has told is told later. What a worker of this job was telling when it
        died is uncertain from now on.

        Returns:
            A word of `lambdas.followers.job_item.COUNTS`, or `TAKEN`; nothing where the recipient is to be told.
        """
        try:
            self._client.put_item(
                TableName=self._table,
                Item=self._item(id, SENDING, now),
                ConditionExpression="attribute_not_exists(#pk) OR (#owner = :owner AND #outcome = :sending)",
                ExpressionAttributeNames={"#pk": "pk", "#owner": "owner", "#outcome": "outcome"},
                ExpressionAttributeValues={":owner": {"S": self._owner}, ":sending": {"S": SENDING}},
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as failed:
            item: Any = failed.response.get("Item", {})
            return self._known(id, item["job"]["S"], item["outcome"]["S"], now)
        return ""

    def _known(self, id: str, job: str, outcome: str, now: float) -> str:
        if job != self._job:
            return TAKEN if outcome == SENDING else "later"
        if outcome == SENDING:
            self.record({id: UNCERTAIN}, now)
            return UNCERTAIN
        return outcome

    def record(self, outcomes: Mapping[str, str], now: float) -> None:
        """Record what became of recipients, by their ids."""
        for id, outcome in outcomes.items():
            self._client.put_item(TableName=self._table, Item=self._item(id, outcome, now))

    def forget(self, ids: Iterable[str]) -> None:
        """Let recipients be told later, who certainly were not told."""
        for id in ids:
            self._client.delete_item(TableName=self._table, Key=wire_key(self._partition, id))

    def _item(self, id: str, outcome: str, now: float) -> dict[str, Any]:
        return {
            **wire_key(self._partition, id),
            "job": {"S": self._job},
            "owner": {"S": self._owner},
            "outcome": {"S": outcome},
            "ttl": {"N": str(int(now) + FANOUT_SECONDS)},
        }
