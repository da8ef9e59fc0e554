"""A state is written over the version that was read, and over no other."""

from dataclasses import dataclass

import boto3
import pytest
from botocore.stub import Stubber

from lambdas.clients.state_store import StateStore, VersionConflictError
from lambdas.contracts.state_table import KEPT, Record
from tests.fakes.events import NOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    name: str = ""
    count: int = 0


RECORD = Record(state=Count(name="ä", count=1), seen=("s",), wakeups=("w",), version=7)
DOCUMENT = '{"state":{"name":"ä","count":1},"seen":["s"],"wakeups":["w"]}'


@pytest.fixture
def dynamodb() -> Stubber:
    stubber = Stubber(boto3.client("dynamodb"))
    stubber.activate()
    return stubber


def store(stubber: Stubber) -> StateStore:
    return StateStore(stubber.client, "table")


def test_unknown_state_is_fresh_and_of_version_0(dynamodb: Stubber) -> None:
    expected = {"TableName": "table", "Key": {"id": {"S": "x"}}, "ConsistentRead": True}
    dynamodb.add_response("get_item", {}, expected)
    assert store(dynamodb).read("x", Count) == Record(state=Count())


def test_state_is_read_with_its_version(dynamodb: Stubber) -> None:
    dynamodb.add_response("get_item", {"Item": {"document": {"S": DOCUMENT}, "version": {"N": "7"}}})
    assert store(dynamodb).read("x", Count) == RECORD


VERSION_7 = {
    "ConditionExpression": "version = :version",
    "ExpressionAttributeValues": {":version": {"N": "7"}},
}


@pytest.mark.parametrize(
    ("version", "condition"),
    [(0, {"ConditionExpression": "attribute_not_exists(id)"}), (7, VERSION_7)],
)
def test_state_is_written_over_the_version_that_was_read(
    dynamodb: Stubber, version: int, condition: dict[str, object]
) -> None:
    item = {
        "id": {"S": "x"},
        "document": {"S": DOCUMENT},
        "version": {"N": str(version + 1)},
        "ttl": {"N": str(int(NOON) + KEPT)},
    }
    dynamodb.add_response("put_item", {}, {"TableName": "table", "Item": item, **condition})
    record = Record(state=RECORD.state, seen=RECORD.seen, wakeups=RECORD.wakeups, version=version)
    assert store(dynamodb).write("x", record, NOON + 0.7).version == version + 1


def test_state_is_kept_as_long_as_its_store_says(dynamodb: Stubber) -> None:
    item = {
        "id": {"S": "x"},
        "document": {"S": DOCUMENT},
        "version": {"N": "8"},
        "ttl": {"N": str(int(NOON) + 86_400)},
    }
    dynamodb.add_response("put_item", {}, {"TableName": "table", "Item": item, **VERSION_7})
    StateStore(dynamodb.client, "table", kept=86_400).write("x", RECORD, NOON)


def test_state_outlives_whatever_may_still_change_it() -> None:
    longest_month, queued_and_then_dead = 31 * 86_400, 28 * 86_400
    assert max(longest_month, queued_and_then_dead) <= KEPT < 60 * 86_400


def test_another_version_is_a_conflict(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("put_item", "ConditionalCheckFailedException")
    with pytest.raises(VersionConflictError):
        store(dynamodb).write("x", RECORD, NOON)


def test_any_other_error_is_no_conflict(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("put_item", "ThrottlingException")
    with pytest.raises(dynamodb.client.exceptions.ClientError):
        store(dynamodb).write("x", RECORD, NOON)
