"""Alarms: each is published on a topic once when it is raised, and once when it is over.

A stack adds one by `HubStack.add_alarm`, which names the topic and puts the alarm on the dashboard.
"""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from stacks.settings import DEFAULT_DEPLOYMENT

CLEARS_AFTER: Final = Duration.minutes(30)
"""How long nothing may have happened before an alarm is over. Trouble comes in fits: a sender tries again, a next event
fails. All of that is one alarm and not one for each."""

TOLD: Final = {
    "$or": [
        {"NewStateValue": ["ALARM"]},
        {"OldStateValue": ["ALARM"]},
        {"requestPayload": {"AlarmName": [{"exists": True}]}},
    ]
}
"""What is published of the alarm topic's messages, as a filter on them: an alarm was raised, or is over, or a function
has failed (`failure_alarm`). Left out is the first evaluation of a new alarm, by which CloudWatch finds every one of
them in order."""

COMMAND: Final = "jamwire"


def add_alarm(
    scope: Construct,
    id: str,
    *,
    name: str,
    metric: cloudwatch.Metric | cloudwatch.MathExpression,
    threshold: float,
    description: str,
    topic: sns.ITopic,
    clears_after: Duration = CLEARS_AFTER,
    datapoints: int = 1,
) -> cloudwatch.Alarm:
    """An alarm that is raised by values of a metric at the threshold or above it.

    It stays up while there were as many in the last `clears_after`. A missing value is as good as a low one.

    Args:
        scope: Where it belongs.
        id: Its id there.
        name: Its whole name, which is the subject of the e-mail and by which the dashboard knows it.
        metric: What is watched.
        threshold: The lowest value that raises it.
        description: What happened, where to look and which command to run (`alarm_description`).
        topic: Where it is published.
        clears_after: How long it stays up after the last such value.
        datapoints: How many such values within that time raise it.
    """
    alarm = metric.create_alarm(
        scope,
        id,
        alarm_name=name,
        alarm_description=description,
        threshold=threshold,
        evaluation_periods=round(clears_after.to_seconds() / metric.period.to_seconds()),
        datapoints_to_alarm=datapoints,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(topic))
    alarm.add_ok_action(actions.SnsAction(topic))
    return alarm


def failure_alarm(*, name: str, description: str) -> Mapping[str, str]:
    """What to invoke a function with, asynchronously, whose failure Lambda itself tells as an alarm.

    Lambda sends it to the function's destination with what went wrong (`lambdas.alarm_events.alarm_event`); nothing
    tells its end.

    Args:
        name: The alarm's name.
        description: What happened, where to look and which command to run (`alarm_description`).
    """
    return {"AlarmName": name, "AlarmDescription": description}


def alarm_description(happened: str, *, look: str = "", run: str = "") -> str:
    """An alarm's description: what happened on the first line, then where to look and what to run."""
    return "\n".join([happened, *([f"Look at: {look}"] if look else []), *([f"Run: {run}"] if run else [])])


def command(deployment: str, words: str) -> str:
    """A command line of `jamwire` for a deployment."""
    option = "" if deployment == DEFAULT_DEPLOYMENT else f" --deployment {deployment}"
    return f"{COMMAND} {words}{option}"
