"""The event store's table, as the archive writes it (`lambdas.contracts.archive_table`)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from lambdas.clients.dynamodb import to_item
from lambdas.contracts.archive_table import item_of
from lambdas.contracts.event import Event
from lambdas.contracts.settings import ArchiveSettings
from lambdas.runtime import Undeliverable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@dataclass(frozen=True, slots=True)
class EventStore:
    """Keeps each event once."""

    dynamodb: "DynamoDBClient"
    settings: ArchiveSettings

    def put(self, event: Event, now: float) -> None:
        """Keep an event, unless it is kept already.

        The first copy stays: neither a message that comes twice nor a sender that repeats an event after days changes
        when it was accepted or for how long it is kept. So nobody has to remember what was kept, and the condition
        costs nothing: a write that it refuses is one write unit, as any other. An expired item is as good as gone;
        DynamoDB takes up to some days to delete it.

        Args:
            event: The event.
            now: Unix seconds.

        Raises:
            Undeliverable: The event's time is not valid, or DynamoDB refuses the item for good.
        """
        try:
            item = item_of(event, kept_seconds=self.settings.keep_seconds)
        except ValueError:
            raise Undeliverable("the event's time is not valid, expected RFC 3339") from None
        try:
            self.dynamodb.put_item(
                TableName=self.settings.events_table,
                Item=to_item(item),
                ConditionExpression="attribute_not_exists(id) OR #ttl < :now",
                ExpressionAttributeNames={"#ttl": "ttl"},
                ExpressionAttributeValues=to_item({":now": int(now)}),
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code == "ValidationException":
                raise Undeliverable(f"DynamoDB answered {code}") from None
            if code != "ConditionalCheckFailedException":
                raise
