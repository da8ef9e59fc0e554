"""An alarm on its way to Slack."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.deployed.deployed import Deployed
from tests.deployed.test_roles import without_grant

REASON = "Threshold Crossed: 1 out of the last 6 datapoints [1.0 (24/11/26 12:05:00)] was greater than the threshold."


def set_state(deployed: Deployed, name: str, state: str) -> None:
    deployed.deployment.client("cloudwatch").set_alarm_state(
        AlarmName=name, StateValue=state, StateReason=REASON
    )


def told(deployed: Deployed, alarm: str) -> list[dict[str, Any]]:
    """Slack messages about an alarm: each has its page in the console as link."""
    return [
        delivery["request"]
        for delivery in deployed.inbox("GET", "/api/deliveries")
        if delivery["channel"] == "slack" and f"#alarmsV2:alarm/{alarm}|" in json.dumps(delivery["request"])
    ]


def test_an_alarm_is_told_to_slack_when_it_is_raised_and_when_it_is_over(deployed: Deployed) -> None:
    name = "Jamwire-Cdn-DeadLetters"
    set_state(deployed, name, "OK")  # CloudWatch's first look at a new alarm
    set_state(deployed, name, "ALARM")
    [message] = deployed.until(lambda: told(deployed, name), "the alarm")
    text = json.dumps(message)
    assert "Jamwire-Cdn: events could not be delivered and wait in the dead letters." in message["text"]
    assert "jamwire dead-letters list --subscriber cdn" in text
    assert REASON in text
    set_state(deployed, name, "ALARM")  # no transition
    set_state(deployed, name, "OK")
    deployed.until(lambda: len(told(deployed, name)) == 2, "the end of the alarm")
    deployed.until_quiet()
    _, over = told(deployed, name)
    assert len(told(deployed, name)) == 2
    assert "Over: Jamwire-Cdn" in over["text"]


def test_an_alarm_that_cannot_be_published_waits_until_it_can(deployed: Deployed) -> None:
    name = "Jamwire-Sms-NotTaken"
    with (
        shortly_hidden(deployed, deployed.queues["Alarms"]),
        without_grant(deployed, "Alarms", "sns:Publish"),
    ):
        set_state(deployed, name, "ALARM")
        deployed.until(lambda: "AuthorizationError" in log(deployed, "Alarms"), "a try")
        assert told(deployed, name) == []
    deployed.until(lambda: len(told(deployed, name)) == 1, "the alarm, after all")
    set_state(deployed, name, "OK")


@contextmanager
def shortly_hidden(deployed: Deployed, queue: str) -> Iterator[None]:
    """Let a failed message come back at once."""
    sqs, name = deployed.deployment.client("sqs"), "VisibilityTimeout"
    known = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[name])["Attributes"][name]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={name: known})


def log(deployed: Deployed, stack: str) -> str:
    [group] = deployed.resources(stack, "AWS::Logs::LogGroup")
    found = deployed.deployment.client("logs").filter_log_events(logGroupName=group)["events"]
    return "\n".join(event["message"] for event in found)
