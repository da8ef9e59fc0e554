"""A stack that listens to a hub that is gone hears nothing, and an unconfirmed address gets no alarm: both show."""

from typing import Any

import pytest

from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.listeners import AlarmEmail, find_alarm_emails, find_deaf_stacks
from jamwire.operations.protection import find_protected, unprotect

HERE = "arn:aws:sns:us-east-1:000000000000"
EVENTS, ALARMS = f"{HERE}:Jamwire-Hub-Events-2", f"{HERE}:Jamwire-Hub-Alarms-2"


class Service:
    """CloudFormation and SNS, as far as they are asked."""

    def __init__(self) -> None:
        self.heard: dict[str, list[str]] = {}
        self.emails: list[dict[str, str]] = []
        self.protected = ["Jamwire-Hub", "Jamwire-Audience"]
        self._operation = ""

    def get_paginator(self, operation: str) -> "Service":
        self._operation = operation
        return self

    def paginate(self, **request: str) -> list[dict[str, Any]]:
        if self._operation == "list_subscriptions_by_topic":
            assert request == {"TopicArn": ALARMS}
            return [{"Subscriptions": [email]} for email in self.emails]
        resources = [
            {"ResourceType": "AWS::SNS::Subscription", "PhysicalResourceId": f"{topic}:4e1b"}
            for topic in self.heard.get(request["StackName"], [])
        ]
        queue = {"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "https://sqs.example/q"}
        return [{"StackResourceSummaries": [queue]}, {"StackResourceSummaries": resources}]

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - AWS's name
        return {"Stacks": [{"EnableTerminationProtection": StackName in self.protected}]}

    def update_termination_protection(self, **request: Any) -> None:
        assert request.pop("EnableTerminationProtection") is False
        self.protected.remove(request["StackName"])


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture
def deployment(service: Service) -> Deployment:
    made = Deployment("Jamwire", client=lambda name: service)
    outputs = {"Endpoints": "{}", "TopicArn": EVENTS, "AlarmTopicArn": ALARMS}
    names = ("Hub", "Slack", "Alarms", "Audience")
    made.stacks = [
        Stack(f"Jamwire-{name}", name, "CREATE_COMPLETE", outputs if name == "Hub" else {}) for name in names
    ]
    return made


def test_stack_of_a_hub_that_was_made_anew_is_deaf(deployment: Deployment, service: Service) -> None:
    service.heard = {"Jamwire-Slack": [EVENTS], "Jamwire-Alarms": [f"{HERE}:Jamwire-Hub-Alarms-1"]}
    assert find_deaf_stacks(deployment) == ["Jamwire-Alarms"]


def test_stack_with_a_topic_of_its_own_is_in_order(deployment: Deployment, service: Service) -> None:
    service.heard = {"Jamwire-Slack": [EVENTS, f"{HERE}:Jamwire-Mail-Mail-1"], "Jamwire-Alarms": [ALARMS]}
    assert find_deaf_stacks(deployment) == []


def test_address_is_confirmed_once_its_subscription_has_a_name(
    deployment: Deployment, service: Service
) -> None:
    queue = {"Protocol": "sqs", "Endpoint": "arn:aws:sqs:::q", "SubscriptionArn": f"{ALARMS}:1"}
    service.emails = [
        {"Protocol": "email", "Endpoint": "a@example.com", "SubscriptionArn": "PendingConfirmation"},
        {"Protocol": "email", "Endpoint": "b@example.com", "SubscriptionArn": f"{ALARMS}:2"},
        queue,
    ]
    assert find_alarm_emails(deployment) == [
        AlarmEmail("a@example.com", confirmed=False),
        AlarmEmail("b@example.com", confirmed=True),
    ]


def test_protection_is_turned_off_where_it_is(deployment: Deployment) -> None:
    assert find_protected(deployment) == ["Jamwire-Hub", "Jamwire-Audience"]
    unprotect(deployment, ["Jamwire-Hub", "Jamwire-Audience"])
    assert find_protected(deployment) == []
