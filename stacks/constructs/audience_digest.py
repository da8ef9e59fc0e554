"""The schedule of digests: looked at every quarter of an hour, for those whose time of day it is."""

from typing import Final

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from constructs import Construct

from stacks.constructs.alarm import alarm_description, failure_alarm
from stacks.constructs.function import Function
from stacks.hub import HubStack

EVERY_QUARTER: Final = events.Schedule.cron(minute="0/15")
"""So that a digest comes at its time of day and not some minutes after it; all time zones begin at a quarter."""


def start_digests(scope: Construct, *, hub: HubStack, name: str, function: Function) -> None:
    """Start the digests that are due. Where that fails, Lambda tells it as an alarm, which costs nothing until then."""
    function.configure_async_invoke(on_failure=destinations.SnsDestination(hub.alarm_topic))
    log = function.log_group.log_group_name
    alarm = failure_alarm(
        name=f"{name}-DigestsNotStarted",
        description=alarm_description(
            f"{name}: digests could not be started. The next look, in a quarter of an hour, starts those that are due.",
            look=f"the errors in {log}",
            run=f"aws logs tail {log} --since 1h",
        ),
    )
    events.Rule(
        scope,
        "Quarterly",
        schedule=EVERY_QUARTER,
        targets=[targets.LambdaFunction(function, event=events.RuleTargetInput.from_object(alarm))],
    )
