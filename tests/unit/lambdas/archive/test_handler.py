"""Every event is kept once, found by its time, and gone when its days are over."""

import dataclasses
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.archive import handler as archive
from lambdas.clients.dynamodb import from_item
from lambdas.contracts.archive_table import INDEXES, TITLE_LENGTH, item_of
from lambdas.contracts.event import Event
from lambdas.runtime import Undeliverable
from tests.fakes.events import an_event

DAYS_30 = 30 * 86_400
AT_8 = 1_800_000_000


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
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> DynamoDB:
    store = DynamoDB()
    monkeypatch.setattr(archive, "_dynamodb", lambda: store)
    monkeypatch.setenv("EVENTS_TABLE", "events")
    monkeypatch.setenv("KEEP_SECONDS", str(DAYS_30))
    return store


def handle(event: Event) -> None:
    archive.handle.__wrapped__(event)  # type: ignore[attr-defined]


def test_an_event_is_kept_whole_and_found_by_day_type_and_endpoint(dynamodb: DynamoDB) -> None:
    event = an_event()
    handle(event)
    [request] = dynamodb.put
    item = from_item(request["Item"])
    assert Event.from_json(item["event"]) == event
    assert {attribute: item[attribute] for attribute in INDEXES} == {
        "day": "2027-01-15",
        "type": "deploy.failed",
        "endpoint": "site",
    }
    assert (item["id"], item["source"]) == (event.id, event.source)
    assert item["time"] == "2027-01-15T08:00:00.000Z"
    assert item["ttl"] == AT_8 + DAYS_30


def test_an_event_expires_by_its_own_time_in_whole_seconds() -> None:
    late = dataclasses.replace(an_event(), time="2027-01-15T08:00:00.750Z")
    assert item_of(late, kept_seconds=DAYS_30)["ttl"] == AT_8 + DAYS_30


def test_what_is_kept_already_stays_unless_it_has_expired(dynamodb: DynamoDB) -> None:
    dynamodb.error = "ConditionalCheckFailedException"
    handle(an_event())
    assert dynamodb.put[0]["ConditionExpression"] == "attribute_not_exists(id) OR #ttl < :now"


def test_a_replay_is_not_kept_again(dynamodb: DynamoDB) -> None:
    handle(dataclasses.replace(an_event(), replay="r1"))
    assert dynamodb.put == []


def test_what_dynamodb_refuses_for_good_is_undeliverable(dynamodb: DynamoDB) -> None:
    dynamodb.error = "ValidationException"
    with pytest.raises(Undeliverable, match="ValidationException"):
        handle(an_event())


def test_what_may_go_well_later_is_tried_again(dynamodb: DynamoDB) -> None:
    dynamodb.error = "ProvisionedThroughputExceededException"
    with pytest.raises(ClientError):
        handle(an_event())


def test_a_time_that_is_none_is_undeliverable(dynamodb: DynamoDB) -> None:
    with pytest.raises(Undeliverable, match="the event's time is none"):
        handle(dataclasses.replace(an_event(), time="tomorrow"))


@pytest.mark.parametrize("time", ["2027-01-15T08:00:00Z", "2027-01-15T10:00:00.0+02:00"])
def test_times_are_of_one_form_so_that_their_order_is_that_of_time(time: str) -> None:
    item = item_of(dataclasses.replace(an_event(), time=time), kept_seconds=1)
    assert item["time"] == "2027-01-15T08:00:00.000Z"


def test_a_long_title_does_not_make_the_indexes_heavy() -> None:
    item = item_of(an_event(title="x" * 5000), kept_seconds=1)
    assert item["title"] == "x" * TITLE_LENGTH
