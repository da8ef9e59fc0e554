"""The queue in which events wait for a function, with its dead letters."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.constructs.metrics import PERIOD
from stacks.rules import Policy

RETENTION: Final = Duration.days(14)
"""SQS's longest: a queue that outlasts every schedule, and two weeks for a person to see the dead letters."""

MAX_RECEIVES: Final = 1000
"""SQS's largest `maxReceiveCount`. The runtime itself moves what is too old into the dead letters. This only catches
what never gets as far as the runtime, and must not catch what a throttled function has merely received often."""

VISIBILITY_FACTOR: Final = 6
"""Visibility is six times the function's timeout (Lambda developer guide, "Using Lambda with Amazon SQS")."""


def visibility_of(timeout: Duration) -> Duration:
    """How long a message is hidden that a function with this timeout has received."""
    return Duration.seconds(VISIBILITY_FACTOR * timeout.to_seconds())


def add_queues(scope: Construct, visibility: Duration) -> tuple[sqs.Queue, sqs.Queue]:
    """A queue, and the queue of its dead letters."""
    encryption = sqs.QueueEncryption.SQS_MANAGED
    dead_letters = sqs.Queue(
        scope, "DeadLetters", retention_period=RETENTION, encryption=encryption, enforce_ssl=True
    )
    queue = sqs.Queue(
        scope,
        "Queue",
        visibility_timeout=visibility,
        retention_period=RETENTION,
        encryption=encryption,
        dead_letter_queue=sqs.DeadLetterQueue(queue=dead_letters, max_receive_count=MAX_RECEIVES),
        enforce_ssl=True,
    )
    return queue, dead_letters


def subscribe(
    scope: Construct,
    topic: sns.Topic,
    queue: sqs.Queue,
    dead_letters: sqs.Queue,
    policy: Policy | None,
    policy_scope: str,
) -> None:
    """Lead what is published on a topic into a queue, and into its dead letters where SNS cannot deliver it."""
    # Both queues take messages from this topic only: events, and what SNS itself could not deliver.
    for each in (queue, dead_letters):
        each.grant_send_messages(
            iam.ServicePrincipal(
                "sns.amazonaws.com", conditions={"ArnEquals": {"aws:SourceArn": topic.topic_arn}}
            )
        )
    subscription = sns.CfnSubscription(
        scope,
        "Subscription",
        topic_arn=topic.topic_arn,
        protocol="sqs",
        endpoint=queue.queue_arn,
        raw_message_delivery=True,
        filter_policy=policy,
        filter_policy_scope=policy_scope,
        redrive_policy={"deadLetterTargetArn": dead_letters.queue_arn},
    )
    # Events published before the queue lets SNS in would go to the dead letters, or nowhere.
    subscription.node.add_dependency(queue, dead_letters)


def waiting_messages(queue: sqs.Queue, statistic: str) -> cloudwatch.Metric:
    """How many messages of a queue could be received now."""
    return queue.metric_approximate_number_of_messages_visible(statistic=statistic, period=PERIOD)
