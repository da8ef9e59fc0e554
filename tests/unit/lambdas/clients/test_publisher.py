"""Events are published as ingest does it, and known again by what they tell."""

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.clients.publisher import Publisher
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.event import Event, Notice
from tests.fakes.events import NOON, happening

TOPIC = "arn:aws:sns:us-east-1:000000000000:events"


def announced(cause: str, *, now: float = NOON) -> Event:
    return Announcement(
        type="cdn.invalidated", cause=cause, notice=Notice(title="x"), correlation="c", body={"a": 1}
    ).event("Cdn", now)


def test_announcement_is_known_again_by_its_cause() -> None:
    assert announced("a").id == announced("a", now=NOON + 9).id != announced("b").id
    assert (announced("a").source, announced("a").correlationid) == ("/subscribers/Cdn", "c")


def test_announcement_is_internal_and_an_endpoints_event_is_not() -> None:
    assert announced("a").is_internal
    assert not happening("cdn.invalidated").is_internal


def test_event_is_published_with_what_subscriptions_filter_by() -> None:
    stubber = Stubber(boto3.client("sns"))
    attributes = {"type": "cdn.invalidated", "source": "/subscribers/Cdn", "endpoint": "/subscribers/Cdn"}
    expected = {
        "TopicArn": TOPIC,
        "Message": announced("a").to_json(),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }
    stubber.add_response("publish", {"MessageId": "1"}, expected)
    with stubber:
        Publisher(stubber.client, TOPIC).publish(announced("a"))
    stubber.assert_no_pending_responses()


def test_without_a_topic_the_stack_is_named_as_the_remedy() -> None:
    with pytest.raises(LookupError, match="publishes=True"):
        Publisher(boto3.client("sns"), None).publish(announced("a"))
