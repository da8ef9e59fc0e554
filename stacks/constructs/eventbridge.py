"""Sources that send no webhooks: AWS's own services, by EventBridge. IAM proves who they are."""

from collections.abc import Iterable
from typing import Final

from aws_cdk import Stack
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sqs as sqs

from lambdas.ingest.endpoints import ConfiguredEndpoint
from lambdas.ingest.schemes.tokens import EventBridge
from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge
from stacks.constructs.queues import RETENTION

DETAIL_TYPES: Final = {"amplify": "Amplify Deployment Status Change"}
"""Which events of a source are meant. Without one, CloudTrail's records of every call of the service would come too."""


def listen_to_eventbridge(
    hub: Stack, ingest: Function, configured: Iterable[ConfiguredEndpoint]
) -> sqs.Queue | None:
    """Lead the events of such endpoints to ingest.

    Returns:
        Where those end that ingest could not publish at any of three tries; None where there is no such endpoint.
    """
    endpoints = [endpoint for endpoint in configured if isinstance(endpoint.scheme, EventBridge)]
    if not endpoints:
        return None
    for endpoint in endpoints:
        target = {"endpoint": endpoint.name, "event": events.EventField.from_path("$")}
        name = endpoint.source.name
        events.Rule(
            hub,
            f"From{endpoint.name}",
            event_pattern=events.EventPattern(source=[f"aws.{name}"], detail_type=[DETAIL_TYPES[name]]),
            targets=[targets.LambdaFunction(ingest, event=events.RuleTargetInput.from_object(target))],
        )
    unpublished = sqs.Queue(
        hub,
        "Unpublished",
        retention_period=RETENTION,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )
    acknowledge(
        unpublished, "AwsSolutions-SQS3", "Its messages are dead letters themselves, read by a person."
    )
    ingest.configure_async_invoke(on_failure=destinations.SqsDestination(unpublished))
    return unpublished
