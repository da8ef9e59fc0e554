"""Each alarm of a batch is published, or stays in its queue."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.alarm_events import handler as alarm_events
from lambdas.alarm_events.handler import handle
from lambdas.clients.publisher import Publisher
from lambdas.contracts.event import Event
from tests.fakes.alarms import ALARM


class Topic:
    def __init__(self) -> None:
        self.published: list[dict[str, Any]] = []
        self.away = False

    def publish(self, **call: Any) -> None:
        if self.away:
            raise ClientError({"Error": {"Code": "InternalError"}}, "Publish")
        self.published.append(call)


@pytest.fixture
def topic(monkeypatch: pytest.MonkeyPatch) -> Topic:
    topic = Topic()
    publisher = Publisher(topic, "arn:events")  # type: ignore[arg-type]
    monkeypatch.setattr(alarm_events, "_publisher", lambda: publisher)
    return topic


def batch(body: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "1", "body": body}]}


def test_alarm_is_published_with_filter_attributes(topic: Topic) -> None:
    handle(batch(json.dumps(ALARM)), None)
    [call] = topic.published
    assert call["TopicArn"] == "arn:events"
    assert {name: value["StringValue"] for name, value in call["MessageAttributes"].items()} == {
        "type": "alarm.raised",
        "source": "/alarms",
        "endpoint": "/alarms",
    }
    assert Event.from_json(call["Message"]).subject == "Jamwire-Slack-DeadLetters"


def test_alarm_that_cannot_be_published_stays_in_the_queue(topic: Topic) -> None:
    topic.away = True
    with pytest.raises(ClientError):
        handle(batch(json.dumps(ALARM)), None)


@pytest.mark.parametrize("body", ["", "no JSON", "{}", '{"AlarmName": "x", "NewStateValue": "ALARM"}'])
def test_message_of_no_alarm_is_never_published(topic: Topic, body: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        handle(batch(body), None)
    assert topic.published == []
