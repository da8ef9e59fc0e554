"""An alarm on its way to Slack, and the dashboard with the figures of what was sent."""

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


def figures(deployed: Deployed) -> dict[str, dict[str, float]]:
    """What each widget of the dashboard shows."""
    document = deployed.inbox("GET", "/api/dashboard?minutes=1440")
    return {widget["title"]: widget["figures"] for widget in document["widgets"]}


def settled_figures(deployed: Deployed) -> dict[str, dict[str, float]]:
    """The figures when the lines that earlier tests have caused are all in the logs: two looks see the same."""
    looks = [figures(deployed)]

    def is_settled() -> bool:
        looks.append(figures(deployed))
        return looks[-1] == looks[-2]

    deployed.until(is_settled, "figures that stay")
    return looks[-1]


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
    name = "Jamwire-Sms-OldestMessage"
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


def test_the_dashboard_shows_what_was_sent(deployed: Deployed) -> None:
    before = settled_figures(deployed)
    sent = [deployed.send(label) for label in ("netlify/form-submitted", "netlify/deploy-failed")]
    deployed.post(*deployed.signed("netlify/deploy-started", tamper=True))
    deployed.until(lambda: deployed.told(sent[1]) == ["slack", "sms"], "both")
    deployed.until_quiet()

    def grown(widget: str, name: str) -> float:
        return figures(deployed)[widget][name] - before[widget].get(name, 0)

    deployed.until(lambda: grown("Jamwire-Slack: delivered", "Delivered") == 2, "two deliveries to Slack")
    assert grown("Jamwire: accepted and rejected", "Accepted") == 2
    assert grown("Jamwire: accepted and rejected", "Rejected") == 1
    assert grown("Jamwire: rejected by reason", "the signature is of another body") == 1
    assert grown("Jamwire-Sms: delivered", "Delivered") == 1
    assert grown("Jamwire-Cdn: delivered", "Delivered") == 0
    assert figures(deployed)["Jamwire-Slack: age at delivery, ms"]["p99"] > 0
    page = deployed.inbox("GET", "/dashboard")
    assert "<h2>Jamwire-Slack: delivered</h2>" in page
    assert page.count("<svg ") > 10
