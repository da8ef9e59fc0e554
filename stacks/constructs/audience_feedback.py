"""What comes back from followers' mailboxes and phones: bounces, complaints, STOP, START and HELP."""

from collections.abc import Iterable
from typing import Final, cast

from aws_cdk import Duration
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from stacks.constructs.alarm import alarm_description
from stacks.constructs.function import Function
from stacks.constructs.nag import acknowledge
from stacks.constructs.queues import RETENTION
from stacks.constructs.subscriber_alarms import dead_letters_alarm
from stacks.hub import HubStack

RETRIED_FOR: Final = Duration.hours(6)
"""Lambda's longest for what it is given asynchronously."""


def listen_to_feedback(
    scope: Construct, *, hub: HubStack, name: str, function: Function, topics: Iterable[sns.Topic]
) -> None:
    """Lead what is published on the topics to the function; what it could not take in is kept, and told by an alarm.

    A complaint or a STOP that is lost would be a promise that is broken.
    """
    parts = Construct(scope, "FeedbackParts")
    failed = sqs.Queue(
        parts,
        "DeadLetters",
        retention_period=RETENTION,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
    )
    acknowledge(failed, "AwsSolutions-SQS3", "Its messages are dead letters themselves, read by a person.")
    function.configure_async_invoke(
        on_failure=destinations.SqsDestination(failed), max_event_age=RETRIED_FOR, retry_attempts=2
    )
    for topic in topics:
        made = topic.add_subscription(subscriptions.LambdaSubscription(function))
        # There is always a scope (`stacks.constructs.filter_policy`).
        cast(sns.CfnSubscription, made.node.default_child).filter_policy_scope = "MessageAttributes"
    dead_letters_alarm(
        parts,
        hub=hub,
        name=f"{name}-Feedback",
        dead_letters=failed,
        description=alarm_description(
            f"{name}: bounces, complaints or answers such as STOP could not be taken in. Who is meant may still be "
            "written to.",
            look=f"the errors in {function.log_group.log_group_name}; docs/audience.md says how to give them to the "
            "function once more",
            run=f"aws logs tail {function.log_group.log_group_name} --since 1h",
        ),
    )
