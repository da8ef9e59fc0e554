"""The last words of a first deployment: confirm the e-mail, try an alarm."""

from typing import Any

import pytest

from jamwire.cli import hub
from jamwire.operations.deployment import Deployment, Stack
from tests.unit.stacks.rulebook import resources, shipped


class Sns:
    """A topic to which one address listens, or none."""

    def __init__(self, *subscriptions: str) -> None:
        self.subscriptions = subscriptions

    def get_paginator(self, operation: str) -> "Sns":
        return self

    def paginate(self, **_: str) -> list[dict[str, Any]]:
        emails = [
            {"Protocol": "email", "Endpoint": "oncall@example.com", "SubscriptionArn": arn}
            for arn in self.subscriptions
        ]
        return [{"Subscriptions": emails}]


def said(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    *subscriptions: str,
    quiet: bool = True,
) -> str:
    deployment = Deployment("Jamwire", client=lambda service: Sns(*subscriptions))
    outputs = {"Endpoints": "{}", "AlarmTopicArn": "arn:aws:sns:::alarms"}
    deployment.stacks = [Stack("Jamwire-Hub", "Hub", "CREATE_COMPLETE", outputs)]
    monkeypatch.setattr(hub, "find_deployment", lambda local, name: (deployment, None))
    hub.alarms(unless_confirmed=quiet)
    output = capsys.readouterr()
    return output.err + output.out


def test_person_is_told_to_confirm_and_to_try_an_alarm(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = said(monkeypatch, capsys, "PendingConfirmation")
    assert "oncall@example.com: confirm it" in text
    name = text.partition("--alarm-name ")[2].split()[0]
    assert name in [
        alarm["AlarmName"] for alarm in resources(shipped()["Jamwire-Hub"], "AWS::CloudWatch::Alarm")
    ]
    assert "mailbox" in text


def test_nothing_is_said_once_the_address_is_confirmed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(monkeypatch, capsys, "arn:aws:sns:::alarms:1") == ""
    assert "set-alarm-state" in said(monkeypatch, capsys, "arn:aws:sns:::alarms:1", quiet=False)


def test_person_is_told_that_nobody_hears_alarms(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "set alarm_email in cdk.json" in said(monkeypatch, capsys)
