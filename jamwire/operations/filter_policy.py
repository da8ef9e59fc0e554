"""Whether a subscriber's rule matches an event: its SNS subscription's filter policy, as far as it is simple.

SNS developer guide, "Amazon SNS subscription filter policies".
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import Event
from lambdas.contracts.outputs import HubOutput


class FilterPolicies:
    """The rules of a deployment's subscribers, as SNS has them.

    Raises:
        OperationError: The account cannot be asked.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._sns = deployment.client("sns")
        with aws_errors():
            pages = self._sns.get_paginator("list_subscriptions_by_topic").paginate(
                TopicArn=deployment.hub.outputs[HubOutput.TOPIC_ARN]
            )
            # A queue's ARN and its URL end in the same account and name.
            self._arns = {
                tuple(subscription["Endpoint"].split(":")[-2:]): subscription["SubscriptionArn"]
                for page in pages
                for subscription in page["Subscriptions"]
                if subscription["Protocol"] == "sqs"
            }

    def listens(self, subscriber: DeployedSubscriber) -> bool:
        """Whether the subscriber's queue is subscribed to the hub's topic."""
        return _place(subscriber) in self._arns

    def match(self, subscriber: DeployedSubscriber, event: Event) -> bool | None:
        """Whether SNS hands the event to the subscriber; None where that is beyond us.

        Raises:
            OperationError: The account cannot be asked.
        """
        arn = self._arns.get(_place(subscriber))
        if arn is None:
            return False
        with aws_errors():
            attributes = self._sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        policy = json.loads(attributes.get("FilterPolicy") or "{}")
        if attributes.get("FilterPolicyScope") == "MessageBody":
            return matches(policy, json.loads(event.to_json()))
        return matches(policy, event.attributes)


def _place(subscriber: DeployedSubscriber) -> tuple[str, ...]:
    """Account and name of a subscriber's queue."""
    return tuple(subscriber.queue_url.split("/")[-2:])


def matches(policy: Mapping[str, Any], document: Any) -> bool | None:
    """Whether a filter policy takes a document; None where it uses more than is known here."""
    answers = [_key_matches(key, conditions, document) for key, conditions in policy.items()]
    return False if False in answers else None if None in answers else True


def _key_matches(key: str, conditions: Any, document: Any) -> bool | None:
    if key == "$or":
        return _any(matches(policy, document) for policy in conditions)
    if not isinstance(document, Mapping):
        return None
    if isinstance(conditions, Mapping):
        return matches(conditions, document.get(key, {}))
    known = key in document
    values = document[key] if isinstance(document.get(key), list) else [document.get(key)]
    return _any(_condition_matches(condition, value, known) for condition in conditions for value in values)


def _condition_matches(condition: Any, value: Any, known: bool) -> bool | None:
    if not isinstance(condition, Mapping):
        return known and type(value) is type(condition) and value == condition
    [(operator, operand)] = condition.items()
    if operator == "exists":
        return known is operand
    if operator not in _OPERATORS:
        return None
    return known and isinstance(value, str) and _OPERATORS[operator](value, operand)


def _any(answers: Any) -> bool | None:
    found = list(answers)
    return True if True in found else None if None in found else False


def _is_none_of(value: str, operand: Any) -> bool | None:
    if isinstance(operand, Mapping):
        return None
    return value not in (
        operand if isinstance(operand, Sequence) and not isinstance(operand, str) else [operand]
    )


_OPERATORS: Final[dict[str, Callable[[str, Any], bool | None]]] = {
    "prefix": lambda value, operand: value.startswith(operand),
    "suffix": lambda value, operand: value.endswith(operand),
    "equals-ignore-case": lambda value, operand: value.lower() == operand.lower(),
    "anything-but": _is_none_of,
}
