"""Every event is kept once, found by its time, and gone when its days are over."""

import dataclasses
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.archive.event_store import EventStore
from lambdas.clients.dynamodb import from_item
from lambdas.contracts.archive_table import event_text
from lambdas.contracts.event import Event
from lambdas.contracts.settings import ArchiveSettings
from lambdas.runtime import Undeliverable
from tests.fakes.events import NOON, an_event

DAYS_30 = 30 * 86_400
SETTINGS = ArchiveSettings(events_table="events", keep_seconds=DAYS_30)


class DynamoDB:
    """Takes items, or answers with an error."""

    def __init__(self) -> None:
        self.put: list[dict[str, Any]] = []
        self.error = ""

    def put_item(self, **request: Any) -> None:
        self.put.append(request)
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": ""}}, "PutItem")


@pytest.fixture
def dynamodb() -> DynamoDB:
    return DynamoDB()


@pytest.fixture
def store(dynamodb: DynamoDB) -> EventStore:
    return EventStore(dynamodb, SETTINGS)  # type: ignore[arg-type]


def test_event_is_kept_whole_and_indexed(store: EventStore, dynamodb: DynamoDB) -> None:
    event = an_event()
    store.put(event, NOON)
    [request] = dynamodb.put
    item = from_item(request["Item"])
    assert request["TableName"] == "events"
    assert Event.from_json(event_text(item)) == event
    assert (item["id"], item["source"]) == (event.id, event.source)
    assert (item["day"], item["type"], item["severity"]) == ("2027-01-15", "deploy.failed", "info")
    assert item["time"] == "2027-01-15T08:00:00.000Z"
    assert item["ttl"] == NOON + DAYS_30


def test_first_copy_stays_unless_it_has_expired(store: EventStore, dynamodb: DynamoDB) -> None:
    dynamodb.error = "ConditionalCheckFailedException"
    store.put(an_event(), NOON + 0.9)
    [request] = dynamodb.put
    assert request["ConditionExpression"] == "attribute_not_exists(id) OR #ttl < :now"
    assert request["ExpressionAttributeValues"] == {":now": {"N": str(int(NOON))}}


def test_item_refused_for_good_is_undeliverable(store: EventStore, dynamodb: DynamoDB) -> None:
    dynamodb.error = "ValidationException"
    with pytest.raises(Undeliverable, match="ValidationException"):
        store.put(an_event(), NOON)


def test_passing_fault_is_tried_again(store: EventStore, dynamodb: DynamoDB) -> None:
    dynamodb.error = "ProvisionedThroughputExceededException"
    with pytest.raises(ClientError):
        store.put(an_event(), NOON)


def test_invalid_time_is_undeliverable(store: EventStore) -> None:
    with pytest.raises(Undeliverable, match="the event's time is not valid"):
        store.put(dataclasses.replace(an_event(), time="tomorrow"), NOON)
