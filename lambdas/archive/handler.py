"""The event store: every event, for as many days as the rulebook says."""

import os
import time
from functools import cache
from typing import TYPE_CHECKING

import boto3
from botocore.exceptions import ClientError

from lambdas.clients.dynamodb import to_item
from lambdas.contracts.archive_table import item_of
from lambdas.runtime import Event, Undeliverable, subscriber

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient


@subscriber
def handle(event: Event) -> None:
    """Keep the event; a replay is of an event that is kept already.

    The first copy stays: a sender that repeats itself after days changes neither what was accepted when, nor for how
    long that is kept. What should have expired is as good as gone, for DynamoDB takes up to some days to delete it.

    Raises:
        Undeliverable: The event's time is none, or DynamoDB says that the item is wrong for good.
    """
    if event.replay:
        return
    try:
        item = item_of(event, kept_seconds=int(os.environ["KEEP_SECONDS"]))
    except ValueError:
        raise Undeliverable("the event's time is none, expected RFC 3339") from None
    try:
        _dynamodb().put_item(
            TableName=os.environ["EVENTS_TABLE"],
            Item=to_item(item),
            ConditionExpression="attribute_not_exists(id) OR #ttl < :now",
            ExpressionAttributeNames={"#ttl": "ttl"},
            ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ValidationException":
            raise Undeliverable(f"DynamoDB answered {code}") from None
        if code != "ConditionalCheckFailedException":
            raise


@cache
def _dynamodb() -> "DynamoDBClient":
    return boto3.client("dynamodb")
