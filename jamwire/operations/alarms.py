"""The alarms of a deployment, as CloudWatch has them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from lambdas.contracts.event import timestamp

RUN: Final = "Run: "
"""What stands before the command in an alarm's description (`stacks.constructs.alarm.alarm_description`)."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm.

    Attributes:
        name: Its whole name.
        state: ``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.
        since: When it came into this state, RFC 3339 in UTC.
        reason: Why, in CloudWatch's words.
        description: What it means, and where to look.
        command: What to run; empty where there is nothing.
    """

    name: str
    state: str
    since: str
    reason: str
    description: str
    command: str


def list_alarms(deployment: Deployment) -> list[Alarm]:
    """The deployment's alarms by name.

    Raises:
        OperationError: The account cannot be asked.
    """
    with aws_errors():
        pages = (
            deployment.client("cloudwatch")
            .get_paginator("describe_alarms")
            .paginate(AlarmNamePrefix=f"{deployment.name}-", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
        )
        found = [_alarm(each) for page in pages for each in _alarms(page)]
    return sorted(found, key=lambda alarm: alarm.name)


def _alarms(page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from page.get("MetricAlarms", ())
    yield from page.get("CompositeAlarms", ())


def _alarm(each: Mapping[str, Any]) -> Alarm:
    lines = each.get("AlarmDescription", "").splitlines()
    since = each.get("StateTransitionedTimestamp") or each["StateUpdatedTimestamp"]
    return Alarm(
        name=each["AlarmName"],
        state=each["StateValue"],
        since=timestamp(since.timestamp()),
        reason=each.get("StateReason", ""),
        description="\n".join(line for line in lines if not line.startswith(RUN)),
        command=next((line.removeprefix(RUN) for line in lines if line.startswith(RUN)), ""),
    )
