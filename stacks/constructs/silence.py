"""What tells of endpoints that fall silent; only a deployment has it that expects something of one."""

import json
from collections.abc import Mapping
from typing import Final

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from constructs import Construct

from lambdas.contracts.settings import SilenceSettings
from stacks.constructs.function import Function
from stacks.constructs.state_table import STATE_ACTIONS
from stacks.constructs.ttl_table import ttl_table

CHECKED_EVERY: Final = Duration.minutes(5)
"""8,640 looks a month, each with two small requests of DynamoDB and one of the log: some two cents."""

FAILED_LOOKS: Final = 3
"""Looks in vain within half an hour that raise an alarm: who is to tell of silence must not be silent itself."""

TIMEOUT: Final = Duration.minutes(1)
EXPECTED_FILE: Final = "expected.json"


def tell_of_silence(
    hub: Stack,
    *,
    stack_id: str,
    service: str,
    ingest: Function,
    topic: sns.ITopic,
    expected: Mapping[str, float],
) -> tuple[Function, dynamodb.Table]:
    """Look every few minutes who was heard, by ingest's log, and publish what has changed.

    Args:
        hub: The hub.
        stack_id: The id of its stack in the rulebook.
        service: The function's name in logs.
        ingest: The function whose log says who was heard.
        topic: Where it is published.
        expected: Every endpoint, with the seconds within which it is to be heard; 0 for at no time.

    Returns:
        What looks, and where what is known is kept.
    """
    parts = Construct(hub, "Silence")
    table = ttl_table(
        parts, "Hearings", never_restored="It tells what was told last; an older state would tell it again."
    )
    function = Function(
        parts,
        "Function",
        handler="lambdas.silence.handler.handle",
        service=service,
        timeout=TIMEOUT,
        environment=SilenceSettings(
            stack_id=stack_id,
            topic_arn=topic.topic_arn,
            state_table=table.table_name,
            ingest_log=ingest.log_group.log_group_name,
            expected_file=EXPECTED_FILE,
        ).to_environment(),
        documents={EXPECTED_FILE: json.dumps(expected)},
    )
    table.grant(function, *STATE_ACTIONS)
    topic.grant_publish(function)
    function.add_to_role_policy(_read_log(hub, ingest))
    events.Rule(
        parts,
        "Check",
        schedule=events.Schedule.rate(CHECKED_EVERY),
        targets=[targets.LambdaFunction(function)],
    )
    return function, table


def _read_log(hub: Stack, ingest: Function) -> iam.PolicyStatement:
    """Leave to read ingest's log, by both names that a log group has.

    The action names it without an asterisk (Service Authorization Reference, "CloudWatch Logs"), and policies name it
    with one (CloudWatch Logs user guide, "Identity and access management").
    """
    group = ingest.log_group
    bare = hub.format_arn(
        service="logs",
        resource="log-group",
        resource_name=group.log_group_name,
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return iam.PolicyStatement(actions=["logs:FilterLogEvents"], resources=[bare, group.log_group_arn])
