"""Alarms as events: one for each transition, to be understood without CloudWatch at hand."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.alarm_events import handler as alarm_events
from lambdas.alarm_events.handler import event_of, handle
from lambdas.clients.publisher import Publisher
from lambdas.contracts.event import Event

NOW = 1_795_560_640.5
TEXT = "Jamwire-Slack: events wait in the dead letters.\nLook at: the reason of each\nRun: jamwire dead-letters list"

# As CloudWatch sends it (user guide, "Notifying users on alarm changes"), with what it leaves null.
ALARM: dict[str, Any] = {
    "AlarmName": "Jamwire-Slack-DeadLetters",
    "AlarmDescription": TEXT,
    "AWSAccountId": "123456789012",
    "AlarmConfigurationUpdatedTimestamp": "2026-11-24T11:48:52.788+0000",
    "NewStateValue": "ALARM",
    "NewStateReason": "Threshold Crossed: 1 out of the last 6 datapoints [2.0 (24/11/26 12:05:00)] was greater than "
    "or equal to the threshold (1.0) (minimum 1 datapoint for OK -> ALARM transition).",
    "StateChangeTime": "2026-11-24T12:06:35.472+0000",
    "Region": "EU (Frankfurt)",
    "AlarmArn": "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:Jamwire-Slack-DeadLetters",
    "OldStateValue": "OK",
    "OKActions": ["arn:aws:sns:eu-central-1:123456789012:Alarms"],
    "AlarmActions": ["arn:aws:sns:eu-central-1:123456789012:Alarms"],
    "InsufficientDataActions": [],
    "Trigger": {
        "MetricName": "ApproximateNumberOfMessagesVisible",
        "Namespace": "AWS/SQS",
        "StatisticType": "Statistic",
        "Statistic": "MAXIMUM",
        "Unit": None,
        "Dimensions": [{"value": "Jamwire-Slack-DeadLetters", "name": "QueueName"}],
        "Period": 300,
        "EvaluationPeriods": 6,
        "DatapointsToAlarm": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "Threshold": 1.0,
        "TreatMissingData": "notBreaching",
        "EvaluateLowSampleCountPercentile": "",
    },
}
CLEARED = ALARM | {
    "NewStateValue": "OK",
    "OldStateValue": "ALARM",
    "StateChangeTime": "2026-11-24T13:00:00.000+0000",
}


def an_event(region: str = "eu-central-1", now: float = NOW, **changes: Any) -> Event:
    return event_of(ALARM | changes, region=region, now=now)


def test_a_raised_alarm_says_what_happened_where_to_look_and_what_to_run() -> None:
    event = an_event()
    assert (event.type, event.source, event.subject) == (
        "alarm.raised",
        "/alarms",
        "Jamwire-Slack-DeadLetters",
    )
    assert event.notice.title == "Jamwire-Slack: events wait in the dead letters."
    assert event.notice.text == "Look at: the reason of each\nRun: jamwire dead-letters list"
    assert event.notice.severity == "error"
    assert event.notice.fields["Why"].startswith("Threshold Crossed")
    assert event.time == "2026-11-24T22:50:40.500Z"


def test_its_end_is_one_line() -> None:
    event = event_of(CLEARED, region="eu-central-1", now=NOW)
    assert event.type == "alarm.cleared"
    assert event.notice.title == "Over: Jamwire-Slack: events wait in the dead letters."
    assert (event.notice.text, event.notice.fields, event.notice.severity) == ("", {}, "success")


def test_the_same_message_is_the_same_event_and_another_transition_is_another() -> None:
    first = an_event()
    assert an_event(now=NOW + 60).id == first.id
    assert an_event(AlarmConfigurationUpdatedTimestamp="2026-11-24T12:00:00.000+0000").id == first.id
    others = [
        event_of(CLEARED, region="eu-central-1", now=NOW),
        an_event(StateChangeTime="2026-11-24T12:06:35.473+0000"),
        an_event(AlarmName="Jamwire-Sms-DeadLetters"),
        an_event(AWSAccountId="210987654321"),
        an_event(region="us-east-1"),
    ]
    assert len({event.id for event in [first, *others]}) == len(others) + 1


def test_the_event_travels_as_any_other() -> None:
    event = an_event()
    assert Event.from_json(event.to_json()) == event
    assert event.endpoint == "/alarms"  # which no endpoint can be called


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-central-1", "console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
    ],
)
def test_it_leads_to_the_alarm_in_the_console(region: str, host: str) -> None:
    event = an_event(region, AlarmName="a/b c")
    assert (
        event.notice.url
        == f"https://{region}.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/a%2Fb%20c"
    )


@pytest.mark.parametrize("text", [None, ""])
def test_an_alarm_without_a_text_has_its_name(text: str | None) -> None:
    assert an_event(AlarmDescription=text).notice.title == "Jamwire-Slack-DeadLetters"


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


def test_it_is_published_with_what_subscribers_filter_by(topic: Topic) -> None:
    handle(batch(json.dumps(ALARM)), None)
    [call] = topic.published
    assert call["TopicArn"] == "arn:events"
    assert {name: value["StringValue"] for name, value in call["MessageAttributes"].items()} == {
        "type": "alarm.raised",
        "source": "/alarms",
        "endpoint": "/alarms",
    }
    assert Event.from_json(call["Message"]).subject == "Jamwire-Slack-DeadLetters"


def test_what_cannot_be_published_stays_in_the_queue(topic: Topic) -> None:
    topic.away = True
    with pytest.raises(ClientError):
        handle(batch(json.dumps(ALARM)), None)


@pytest.mark.parametrize("body", ["", "no JSON", "{}", '{"AlarmName": "x", "NewStateValue": "ALARM"}'])
def test_what_is_no_alarm_is_never_published(topic: Topic, body: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        handle(batch(body), None)
    assert topic.published == []
