"""Slack messages, through the incoming webhook of a channel."""

import os
from collections.abc import Sequence

from lambdas.clients import http
from lambdas.clients.aws import at_start, client
from lambdas.clients.secrets import DESTINATION_MAX_AGE, Keyring
from lambdas.contracts.settings import SlackSettings, SubscriberSettings
from lambdas.runtime import Event, Retry, Undeliverable, subscriber
from lambdas.slack.digest import compose_first
from lambdas.slack.webhook import DeadWebhookError, SlackWebhook


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Send these events to the channel in one message; events that do not fit wait for the next one.

    Raises:
        Retry: Slack is busy or failing, or there are events left.
        Undeliverable: Slack says that the webhook or the message is wrong for good.
    """
    message, rest = compose_first(events)
    try:
        _webhook().send(message)
    except DeadWebhookError as dead:
        raise Undeliverable(dead.reason, of=events) from None  # to try each alone would change nothing
    if rest:
        raise Retry(after=0, reason="left to the next message", of=rest)


@at_start
def _webhook() -> SlackWebhook:
    settings = SlackSettings.from_environment(os.environ)
    return SlackWebhook(
        keyring=Keyring(client("secretsmanager"), settings.secret_arn, max_age=DESTINATION_MAX_AGE),
        stack_id=SubscriberSettings.from_environment(os.environ).stack_id,
        post=http.send,
    )
