"""Alarms as events: one for each transition, to be understood without CloudWatch at hand."""

from typing import Any

import pytest

from lambdas.alarm_events.alarm_event import event_of
from lambdas.contracts.event import Event
from tests.fakes.alarms import ALARM, TEXT, failure_record

NOW = 1_795_560_640.5
CLEARED = ALARM | {
    "NewStateValue": "OK",
    "OldStateValue": "ALARM",
    "StateChangeTime": "2026-11-24T13:00:00.000+0000",
}


def an_event(region: str = "eu-central-1", now: float = NOW, **changes: Any) -> Event:
    return event_of(ALARM | changes, region=region, now=now)


def test_raised_alarm_says_what_happened_and_what_to_run() -> None:
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


def test_cleared_alarm_is_one_line() -> None:
    event = event_of(CLEARED, region="eu-central-1", now=NOW)
    assert event.type == "alarm.cleared"
    assert event.notice.title == "Over: Jamwire-Slack: events wait in the dead letters."
    assert (event.notice.text, event.notice.fields, event.notice.severity) == ("", {}, "success")


def test_event_id_is_that_of_the_transition() -> None:
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


def test_alarm_event_is_read_back_as_written() -> None:
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
def test_notice_links_to_the_alarm_in_the_console(region: str, host: str) -> None:
    event = an_event(region, AlarmName="a/b c")
    assert (
        event.notice.url
        == f"https://{region}.{host}/cloudwatch/home?region={region}#alarmsV2:alarm/a%2Fb%20c"
    )


@pytest.mark.parametrize("text", [None, ""])
def test_alarm_without_description_is_called_by_its_name(text: str | None) -> None:
    assert an_event(AlarmDescription=text).notice.title == "Jamwire-Slack-DeadLetters"


FAILURE = failure_record({"AlarmName": "Jamwire-Live-KeyNotRenewed", "AlarmDescription": TEXT})


def a_failure(**changes: Any) -> Event:
    return event_of(FAILURE | changes, region="eu-central-1", now=NOW)


def test_failed_function_is_an_alarm_that_was_raised() -> None:
    event = a_failure()
    assert (event.type, event.subject) == ("alarm.raised", "Jamwire-Live-KeyNotRenewed")
    assert event.notice.title == "Jamwire-Slack: events wait in the dead letters."
    assert event.notice.fields == {
        "Alarm": "Jamwire-Live-KeyNotRenewed",
        "Since": "2026-11-24T12:06:35.472Z",
        "Why": "RetriesExhausted: Too many keys",
    }
    assert event.notice.url == ""  # CloudWatch has no page of it
    assert event.body["AWSAccountId"] == "123456789012"
    assert a_failure(timestamp="2026-12-24T12:06:35.472Z").id != event.id


@pytest.mark.parametrize("payload", [None, {}])
def test_function_that_was_never_called_is_told_too(payload: dict[str, str] | None) -> None:
    assert a_failure(responsePayload=payload).notice.fields["Why"] == "RetriesExhausted"
