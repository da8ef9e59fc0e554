"""Alarms, all of which are told to the hub's alarm topic."""

from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct


def add_alarm(
    scope: Construct, id: str, *, metric: cloudwatch.Metric, at: float, text: str, topic: sns.ITopic
) -> None:
    """Tell the topic once when a metric reaches a value, in words that say what happened and where to look."""
    alarm = metric.create_alarm(
        scope,
        id,
        alarm_description=text,
        threshold=at,
        evaluation_periods=1,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
    alarm.add_alarm_action(actions.SnsAction(topic))
