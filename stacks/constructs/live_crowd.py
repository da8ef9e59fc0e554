"""The alarm on a crowd: whoever has the public key may open connections, and each of them costs."""

from typing import Final

from aws_cdk import Duration, Stack
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_cloudwatch as cloudwatch

from stacks.constructs.alarm import alarm_description, command
from stacks.hub import HubStack

MAX_CONNECTIONS: Final = 10_000


def add_crowd_alarm(stack: Stack, hub: HubStack, api: appsync.EventApi, connections: int) -> None:
    """Tell where so many pages are connected within a minute.

    The metric is AppSync's own (AppSync Events developer guide, "CloudWatch metrics", "Real-time endpoint metrics").
    Its dimension is not that of a GraphQL API; a connection belongs to no namespace of channels.
    """
    metric = cloudwatch.Metric(
        namespace="AWS/AppSync",
        metric_name="ActiveConnections",
        dimensions_map={"EventAPIId": api.api_id},
        statistic="Sum",
        period=Duration.minutes(1),
    )
    hub.add_alarm(
        stack,
        "Crowded",
        name=f"{stack.stack_name}-Crowded",
        metric=metric,
        threshold=connections,
        description=alarm_description(
            f"{stack.stack_name}: {connections:,} pages or more listen at once. If those are no visitors, somebody "
            "uses the site's public key; docs/live.md says what that costs.",
            look="AppSync's metrics ConnectSuccess and ActiveSubscriptions",
            run=command(hub.deployment, "live state"),
        ),
    )
