"""Who listens to the hub's topics: subscribers, and whoever gets alarms by e-mail."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment, Stack
from lambdas.contracts.outputs import HubOutput

_PENDING: Final = "PendingConfirmation"
"""What SNS says in place of an ARN of a subscription that nobody has confirmed."""


@dataclass(frozen=True, slots=True)
class AlarmEmail:
    """An address that gets alarms, once it is confirmed."""

    address: str
    confirmed: bool


def find_alarm_emails(deployment: Deployment) -> list[AlarmEmail]:
    """The addresses that get alarms.

    Raises:
        OperationError: There is no deployment, or the account cannot be asked.
    """
    topic = deployment.hub.outputs[HubOutput.ALARM_TOPIC_ARN]
    with aws_errors():
        pages = deployment.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        return [
            AlarmEmail(subscription["Endpoint"], subscription["SubscriptionArn"] != _PENDING)
            for page in pages
            for subscription in page["Subscriptions"]
            if subscription["Protocol"] == "email"
        ]


def find_deaf_stacks(deployment: Deployment) -> list[str]:
    """Names of the stacks that listen to a hub that is gone.

    A hub that was made anew has other topics. CloudFormation looks a topic up only when it updates a stack, which it
    does not where nothing else changes.

    Raises:
        OperationError: There is no deployment, or the account cannot be asked.
    """
    outputs = deployment.hub.outputs
    topics = {outputs[HubOutput.TOPIC_ARN], outputs[HubOutput.ALARM_TOPIC_ARN]}
    # A stack may have topics of its own, and be subscribed to those.
    of_a_hub = f":{deployment.hub.name}-"
    return [
        stack.name
        for stack in deployment.stacks
        if any(of_a_hub in topic and topic not in topics for topic in _heard(deployment, stack))
    ]


def _heard(deployment: Deployment, stack: Stack) -> Iterator[str]:
    """ARNs of the topics that a stack is subscribed to."""
    with aws_errors():
        pages = (
            deployment.client("cloudformation")
            .get_paginator("list_stack_resources")
            .paginate(StackName=stack.name)
        )
        resources: list[Any] = [resource for page in pages for resource in page["StackResourceSummaries"]]
    for resource in resources:
        if resource["ResourceType"] == "AWS::SNS::Subscription":
            # A subscription's ARN is that of its topic, and a word more.
            yield resource.get("PhysicalResourceId", "").rpartition(":")[0]
