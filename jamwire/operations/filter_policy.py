"""Whether a subscriber's rule matches an event: its SNS subscription's filter policy, as far as it is simple.

SNS developer guide, "Amazon SNS subscription filter policies".
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import Event
from lambdas.contracts.outputs import HubOutput


@dataclass(frozen=True, slots=True)
class Rule:
    """A subscriber's rule, as its subscription has it.

    Attributes:
        scope: What of an event it is asked of: ``MessageAttributes`` (type, source, endpoint) or ``MessageBody``.
        policy: The filter policy; empty where it takes every event.
    """

    scope: str
    policy: Mapping[str, Any]

    def match(self, event: Event) -> bool | None:
        """Whether SNS hands the event to the subscriber; None where that is beyond us."""
        return matches(self.policy, self._asked_of(event))

    def why_not(self, event: Event) -> str:
        """Which conditions an event does not meet, in words; empty where it meets them all."""
        return mismatch(self.policy, self._asked_of(event))

    @property
    def text(self) -> str:
        """The rule in words."""
        return describe(self.policy) or "every event"

    def _asked_of(self, event: Event) -> Any:
        return json.loads(event.to_json()) if self.scope == "MessageBody" else event.attributes


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

    def rule_of(self, subscriber: DeployedSubscriber) -> Rule | None:
        """A subscriber's rule; None where it is not subscribed.

        Raises:
            OperationError: The account cannot be asked.
        """
        arn = self._arns.get(tuple(subscriber.queue_url.split("/")[-2:]))
        if arn is None:
            return None
        with aws_errors():
            attributes = self._sns.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        scope = attributes.get("FilterPolicyScope", "MessageAttributes")
        return Rule(scope, json.loads(attributes.get("FilterPolicy") or "{}"))


def matches(policy: Mapping[str, Any], document: Any) -> bool | None:
    """Whether a filter policy takes a document; None where it uses more than is known here."""
    answers = [_key_matches(key, conditions, document) for key, conditions in policy.items()]
    return False if False in answers else None if None in answers else True


def describe(policy: Mapping[str, Any], place: str = "") -> str:
    """A filter policy in words; empty where it asks for nothing."""
    return "; ".join(_described(key, conditions, place) for key, conditions in policy.items())


def mismatch(policy: Mapping[str, Any], document: Any, place: str = "") -> str:
    """Which conditions of a policy a document does not meet, in words; empty where it meets them all.

    What is beyond us is not said: there, `matches` is None.
    """
    failed = (
        _failed(key, conditions, document, place)
        for key, conditions in policy.items()
        if _key_matches(key, conditions, document) is False
    )
    return "; ".join(failed)


def _failed(key: str, conditions: Any, document: Any, place: str) -> str:
    """The condition of one key that a document does not meet, with what the document has instead."""
    if key == "$or":
        return " and ".join(f"({mismatch(policy, document, place)})" for policy in conditions)
    if isinstance(conditions, Mapping):
        return mismatch(conditions, document.get(key, {}), _inner(place, key))
    has = f"is {_shown(document[key])}" if key in document else "is not given"
    return f"{_name(place, key)} {has}; the rule takes {_alternatives(conditions)}"


def _described(key: str, conditions: Any, place: str) -> str:
    if key == "$or":
        return " or ".join(f"({describe(policy, place)})" for policy in conditions)
    if isinstance(conditions, Mapping):
        return describe(conditions, _inner(place, key))
    return f"{_name(place, key)} is {_alternatives(conditions)}"


def _inner(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key


def _name(place: str, key: str) -> str:
    """A place as people know it: the notice's `severity`, the payload's `payload.branch`."""
    return _inner(place, key).removeprefix("data.").removeprefix("notice.")


def _alternatives(conditions: Iterable[Any]) -> str:
    return " or ".join(map(_alternative, conditions))


def _alternative(condition: Any) -> str:
    if not isinstance(condition, Mapping):
        return _shown(condition)
    [(operator, operand)] = condition.items()
    if operator == "exists":
        return "anything" if operand else "nothing"
    if operator == "prefix" and str(operand).endswith("."):
        return f"{operand}*"
    operands = operand if isinstance(operand, list) else [operand]
    joint = " " if operator == "numeric" else " or "
    return f"{_WORDS.get(operator, operator)} {joint.join(map(_shown, operands))}"


def _shown(value: Any) -> str:
    """A value, short: what a stranger has sent may be of any length."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"


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


SHOWN_LENGTH: Final = 80

_WORDS: Final = {
    "prefix": "what begins with",
    "suffix": "what ends with",
    "equals-ignore-case": "in any case",
    "anything-but": "anything but",
    "numeric": "a number",
}

_OPERATORS: Final[dict[str, Callable[[str, Any], bool | None]]] = {
    "prefix": lambda value, operand: value.startswith(operand),
    "suffix": lambda value, operand: value.endswith(operand),
    "equals-ignore-case": lambda value, operand: value.lower() == operand.lower(),
    "anything-but": _is_none_of,
}
