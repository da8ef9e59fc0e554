"""StateStore are written over the version that was read, and over no other."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.clients.publisher import announcement, is_own, publish_on
from lambdas.clients.state_store import KEPT, StateStore, VersionConflictError
from lambdas.contracts.event import Event, Notice
from tests.fakes.events import NOON, happening


@pytest.fixture
def dynamodb() -> Stubber:
    stubber = Stubber(boto3.client("dynamodb"))
    stubber.activate()
    return stubber


def documents(stubber: Stubber) -> StateStore:
    return StateStore(stubber.client, "table")


def test_what_is_not_there_is_empty_and_of_version_0(dynamodb: Stubber) -> None:
    expected = {"TableName": "table", "Key": {"id": {"S": "x"}}, "ConsistentRead": True}
    dynamodb.add_response("get_item", {}, expected)
    assert documents(dynamodb).read("x") == ({}, 0)


def test_what_is_there_is_read_with_its_version(dynamodb: Stubber) -> None:
    dynamodb.add_response("get_item", {"Item": {"document": {"S": '{"a":1}'}, "version": {"N": "7"}}})
    assert documents(dynamodb).read("x") == ({"a": 1}, 7)


@pytest.mark.parametrize(
    ("version", "condition"),
    [
        (0, {"ConditionExpression": "attribute_not_exists(id)"}),
        (
            7,
            {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": {":version": {"N": "7"}},
            },
        ),
    ],
)
def test_it_is_written_over_the_version_that_was_read(
    dynamodb: Stubber, version: int, condition: dict[str, object]
) -> None:
    item = {
        "id": {"S": "x"},
        "document": {"S": '{"ä":1}'},
        "version": {"N": str(version + 1)},
        "ttl": {"N": str(int(NOON) + KEPT)},
    }
    dynamodb.add_response("put_item", {}, {"TableName": "table", "Item": item, **condition})
    assert documents(dynamodb).write("x", {"ä": 1}, version, NOON + 0.7) == version + 1


def test_a_document_outlives_whatever_may_still_change_it() -> None:
    longest_month, queued_and_then_dead = 31 * 86_400, 28 * 86_400
    assert max(longest_month, queued_and_then_dead) <= KEPT < 60 * 86_400


def test_another_version_refuses_it(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("put_item", "ConditionalCheckFailedException")
    with pytest.raises(VersionConflictError):
        documents(dynamodb).write("x", {}, 1, NOON)


def test_any_other_error_is_no_change(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("put_item", "ThrottlingException")
    with pytest.raises(dynamodb.client.exceptions.ClientError):
        documents(dynamodb).write("x", {}, 1, NOON)


def told(cause: str, *, now: float = NOON) -> Event:
    return announcement(
        "Cdn", "cdn.invalidated", cause, Notice(title="x"), now=now, correlation="c", body={"a": 1}
    )


def test_an_announcement_is_known_again_by_what_it_tells() -> None:
    assert told("a").id == told("a", now=NOON + 9).id != told("b").id
    assert told("a").endpoint == "/subscribers/Cdn"
    assert is_own(told("a"))
    assert not is_own(happening("cdn.invalidated"))


def test_an_announcement_is_published_as_ingest_does_it() -> None:
    stubber = Stubber(boto3.client("sns"))
    attributes = {"type": "cdn.invalidated", "source": "/subscribers/Cdn", "endpoint": "/subscribers/Cdn"}
    expected = {
        "TopicArn": "arn:aws:sns:us-east-1:000000000000:events",
        "Message": told("a").to_json(),
        "MessageAttributes": {
            name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
        },
    }
    stubber.add_response("publish", {"MessageId": "1"}, expected)
    with stubber:
        publish_on(stubber.client, "arn:aws:sns:us-east-1:000000000000:events")(told("a"))
    stubber.assert_no_pending_responses()
    assert json.loads(told("a").to_json())["correlationid"] == "c"
