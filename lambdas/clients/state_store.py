"""What a subscriber must remember between its events beyond which of them it has delivered: small JSON documents.

A document is written only over the version that was read. Two functions at once, or one that wakes up from a pause of
the machine, can therefore not undo each other's work: the later one is refused and begins anew with what is there.
"""

import json
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Document = dict[str, Any]

KEPT: Final = 31 * 24 * 3600
"""Seconds after its last change for which a document is kept: longer than anything waits."""


class VersionConflictError(Exception):
    """Another function has changed the document since it was read."""


class StateStore:
    """The documents of one subscriber.

    Args:
        client: DynamoDB.
        table: A table of its own (`stacks.constructs.state_table`), whose key is ``id``.
    """

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    def read(self, id: str) -> tuple[Document, int]:
        """A document and its version; an empty one of version 0 where there is none."""
        answer = self._client.get_item(TableName=self._table, Key={"id": {"S": id}}, ConsistentRead=True)
        item = answer.get("Item")
        return (json.loads(item["document"]["S"]), int(item["version"]["N"])) if item else ({}, 0)

    def write(self, id: str, document: Document, version: int, now: float) -> int:
        """Write over the version that was read, and give the new one.

        Raises:
            VersionConflictError: There is another version by now.
        """
        condition: dict[str, Any] = (
            {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": str(version)}},
            }
            if version
            else {"ConditionExpression": "attribute_not_exists(id)"}
        )
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "id": {"S": id},
                    "document": {"S": json.dumps(document, ensure_ascii=False, separators=(",", ":"))},
                    "version": {"N": str(version + 1)},
                    "ttl": {"N": str(int(now) + KEPT)},
                },
                **condition,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "ConditionalCheckFailedException":
                raise VersionConflictError from None
            raise
        return version + 1
