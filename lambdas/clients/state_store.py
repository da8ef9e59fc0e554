"""The states of a stateful subscriber, each written only over the version that was read.

Two functions at once, or one that wakes up from a pause of the machine, can therefore not undo each other's work: the
later write fails, and its function begins anew with what is there.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from lambdas.clients.dynamodb import from_item, to_item
from lambdas.contracts.state_table import ID, KEPT, Record, State, item_of, record_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


class VersionConflictError(Exception):
    """Another function has written the state since it was read."""


class StateStore:
    """The states of one subscriber.

    Args:
        client: DynamoDB.
        table: The subscriber's state table (`stacks.constructs.state_table`).
        kept: Seconds after its last change for which a state is kept.
    """

    def __init__(self, client: "DynamoDBClient", table: str, kept: float = KEPT) -> None:
        self._client = client
        self._table = table
        self._kept = kept

    def read(self, id: str, kind: type[State]) -> Record[State]:
        """A state of this kind; a fresh one of version 0 where there is none."""
        answer = self._client.get_item(TableName=self._table, Key={ID: {"S": id}}, ConsistentRead=True)
        return record_of(from_item(answer.get("Item", {})), kind)

    def write(self, id: str, record: Record[State], now: float) -> Record[State]:
        """Write over the version that was read, and give the record as it is then.

        Raises:
            VersionConflictError: There is another version by now.
        """
        written = replace(record, version=record.version + 1)
        condition: dict[str, Any] = (
            {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(record.version)}},
            }
            if record.version
            else {"ConditionExpression": "attribute_not_exists(id)"}
        )
        try:
            item = to_item(item_of(id, written, now, self._kept))
            self._client.put_item(TableName=self._table, Item=item, **condition)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise VersionConflictError from None
            raise
        return written
