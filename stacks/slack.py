"""Slack messages, through an incoming webhook of the channel."""

from typing import Final

from constructs import Construct

from lambdas.contracts.outputs import DestinationOutput
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import SlackSettings
from stacks.constructs.outputs import write_outputs
from stacks.constructs.secret import keyring_secret
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.rules import When

RATE_LIMIT: Final = RateLimit(per_second=1, burst=3)
"""What Slack allows for one webhook: one message a second, "with short bursts" (Slack API, "Rate limits")."""


class SlackStack(JamwireStack):
    """Tells one Slack channel; two channels are two of these.

    The webhook's URL is set with ``jamwire secret add <id>``, never here.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        when: Which events it hears (`stacks.rules`); every event where it is left out.
        fallback: Whether a second webhook stands in for the channel's own when that is dead. Its URL is set with
            ``jamwire secret add <id>-fallback``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        when: When | None = None,
        fallback: bool = False,
    ) -> None:
        super().__init__(scope, id, hub=hub, description="Jamwire: events to Slack")
        secret = keyring_secret(self, "Webhook", "URL of the Slack channel's incoming webhook")
        slack = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.slack.handler.handle",
            when=when,
            rate_limit=RATE_LIMIT,
            custom_metrics=["Fallback"],
            settings=SlackSettings(secret_arn=secret.secret_arn),
        )
        secret.grant_read(slack.function)
        write_outputs(self, {DestinationOutput.SECRET_ARN: secret.secret_arn})
        if fallback:
            write_outputs(self, {DestinationOutput.FALLBACK_SECRET_ARN: secret.secret_arn})
