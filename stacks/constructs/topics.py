"""The hub's two topics: of events, and of alarms."""

from typing import Final, cast

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions

AWS_KEY: Final = "alias/aws/sns"
"""SNS's own key, which costs nothing and which whoever may publish may use."""


def events_topic(hub: Stack) -> sns.Topic:
    """Where events are published; encrypted at rest."""
    topic = sns.Topic(hub, "Events", enforce_ssl=True)
    # By the name alone: the topic's grants would else ask for rights at a key for which nobody needs any.
    cast(sns.CfnTopic, topic.node.default_child).kms_master_key_id = AWS_KEY
    return topic


def alarm_topic(hub: Stack, email: str) -> sns.Topic:
    """Where alarms are told, and the address that hears them if there is one.

    It is not encrypted: CloudWatch may not use SNS's own key, and alarms would be lost (SNS developer guide, "Enable
    compatibility between event sources from AWS services and encrypted topics"). An alarm holds no event.
    """
    topic = sns.Topic(hub, "Alarms", enforce_ssl=True)
    topic.grant_publish(
        iam.ServicePrincipal(
            "cloudwatch.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": hub.account}}
        )
    )
    if email:
        made = topic.add_subscription(subscriptions.EmailSubscription(email))
        # No filter: an alarm's e-mail is text, of which a filter might let nothing through. There is always a scope
        # (`stacks.constructs.filter_policy`).
        cast(sns.CfnSubscription, made.node.default_child).filter_policy_scope = "MessageAttributes"
    return topic
