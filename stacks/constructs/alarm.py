"""Alarms, each of which is told to the hub's alarm topic once when it is raised, and once when it is over."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

PERIOD: Final = Duration.minutes(5)
"""What one value of a metric stands for."""

QUIET: Final = Duration.minutes(30)
"""How long nothing may have happened before an alarm is over. Trouble comes in fits: a sender tries again, a next event
fails. All of that is one alarm and not one for each."""

TRANSITIONS: Final = {"$or": [{"NewStateValue": ["ALARM"]}, {"OldStateValue": ["ALARM"]}]}
"""What is worth telling of an alarm, as a filter on its message: that it was raised, and that it is over. Left out is
the first look at a new alarm, by which CloudWatch finds every one of them in order."""

COMMAND: Final = "jamwire"
DEFAULT_DEPLOYMENT: Final = "Jamwire"


def add_alarm(
    scope: Construct,
    id: str,
    *,
    name: str,
    metric: cloudwatch.Metric | cloudwatch.MathExpression,
    at: float,
    text: str,
    topic: sns.ITopic,
    quiet: Duration = QUIET,
) -> str:
    """Tell the topic once when a metric reaches a value, and once when it has not done so for a while.

    One value in all of the last `quiet` that reaches `at` keeps the alarm up, and no value is as good as a low one.

    Args:
        scope: Where it belongs.
        id: Its id there.
        name: Its whole name, which is the subject of the e-mail and by which the dashboard knows it.
        metric: What is watched.
        at: The value that is somebody's business.
        text: What happened, where to look and which command to run (`say`).
        topic: Who is told.
        quiet: How long it takes to be over.

    Returns:
        The name.
    """
    alarm = metric.create_alarm(
        scope,
        id,
        alarm_name=name,
        alarm_description=text,
        threshold=at,
        evaluation_periods=round(quiet.to_seconds() / metric.period.to_seconds()),
        datapoints_to_alarm=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(topic))
    alarm.add_ok_action(actions.SnsAction(topic))
    return name


def say(happened: str, *, look: str = "", run: str = "") -> str:
    """An alarm's text: what happened on the first line, then where to look and what to run."""
    return "\n".join([happened, *([f"Look at: {look}"] if look else []), *([f"Run: {run}"] if run else [])])


def command(deployment: str, words: str) -> str:
    """A command line of `jamwire` for a deployment."""
    option = "" if deployment == DEFAULT_DEPLOYMENT else f" --deployment {deployment}"
    return f"{COMMAND} {words}{option}"
