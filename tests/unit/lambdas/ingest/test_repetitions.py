"""One item says which event a body was, for as long as it is to be remembered."""

from typing import Any, cast

import pytest

from lambdas.ingest.repetitions import remember
from tests.fakes.clock import Clock
from tests.fakes.dynamodb import DynamoDB
from tests.fakes.ingest import NOW
from tests.fakes.network import DirectNetwork


@pytest.fixture
def dynamodb() -> DynamoDB:
    return DynamoDB(DirectNetwork(Clock(NOW)))


def ask(dynamodb: DynamoDB, event: str, after: float, digest: str = "a") -> str:
    client = cast(Any, dynamodb)
    return remember(client, "Repetitions", digest, event, NOW + after, NOW + after + 60)


def test_body_is_the_event_that_it_was_first(dynamodb: DynamoDB) -> None:
    assert [ask(dynamodb, "1", 0), ask(dynamodb, "2", 59.9)] == ["1", "1"]
    assert ask(dynamodb, "3", 1, digest="b") == "3"


def test_body_is_another_event_when_its_time_is_over(dynamodb: DynamoDB) -> None:
    ask(dynamodb, "1", 0)
    assert [ask(dynamodb, "2", 60), ask(dynamodb, "3", 119), ask(dynamodb, "4", 120)] == ["2", "2", "4"]


def test_item_expires_after_its_time(dynamodb: DynamoDB) -> None:
    ask(dynamodb, "1", 0)
    assert dynamodb.tables["Repetitions"]["a"]["ttl"] == {"N": str(int(NOW) + 61)}


def test_one_call_asks_and_makes(dynamodb: DynamoDB) -> None:
    ask(dynamodb, "1", 0)
    ask(dynamodb, "2", 1)
    assert dynamodb.calls["a"] == 2
