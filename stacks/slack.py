"""Slack messages, through an incoming webhook of the channel."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from aws_cdk import CfnOutput
from constructs import Construct

from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import SlackSettings
from stacks.constructs.secret import keyring_secret
from stacks.constructs.subscriber import JamwireStack, Subscriber
from stacks.hub import HubStack

RATE_LIMIT: Final = RateLimit(per_second=1, burst=3)
"""What Slack allows for one webhook: one message a second, "with short bursts" (Slack API, "Rate limits")."""


class SlackStack(JamwireStack):
    """Tells one Slack channel; two channels are two of these.

    The webhook's URL is set with ``jamwire secret add <id>``, never here.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        events: Event types it hears.
        where: A condition on the event's JSON.
        fallback: Whether a second webhook stands in for the channel's own when that is dead. Its URL is set with
            ``jamwire secret add <id>-fallback``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        events: Sequence[str] = (),
        where: Mapping[str, Any] | None = None,
        fallback: bool = False,
    ) -> None:
        super().__init__(scope, id, hub=hub, description="Jamwire: events to Slack")
        secret = keyring_secret(self, "Webhook", "URL of the Slack channel's incoming webhook")
        slack = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.slack.handler.handle",
            events=events,
            where=where,
            rate_limit=RATE_LIMIT,
            custom_metrics=["Fallback"],
            environment=SlackSettings(secret_arn=secret.secret_arn).to_environment(),
        )
        secret.grant_read(slack.function)
        CfnOutput(self, "SecretArn", value=secret.secret_arn)
        if fallback:
            CfnOutput(self, "FallbackSecretArn", value=secret.secret_arn)
