"""Slack messages, through an incoming webhook of the channel."""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import CfnOutput
from constructs import Construct

from stacks.hub import HubStack
from stacks.keyring import keyring_secret
from stacks.subscriber import Subscriber, SubscriberStack


class SlackStack(SubscriberStack):
    """Tells one Slack channel; two channels are two of these.

    The webhook's URL is set with ``jamwire secret add <id>``, never here.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        events: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(scope, id, hub=hub, description="Jamwire: events to Slack")
        secret = keyring_secret(self, "Webhook", "URL of the Slack channel's incoming webhook")
        slack = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.slack.handle",
            events=events,
            where=where,
            environment={"SECRET_ARN": secret.secret_arn, "DESTINATION": id},
        )
        secret.grant_read(slack.function)
        CfnOutput(self, "SecretArn", value=secret.secret_arn)
