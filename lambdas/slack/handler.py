"""Slack messages, through the incoming webhook of a channel."""

import os
from collections.abc import Sequence
from functools import cache

import boto3

from lambdas.clients.secrets import Keyring
from lambdas.runtime import Event, Retry, Undeliverable, subscriber
from lambdas.slack.digest import compose_first
from lambdas.slack.webhook import DeadWebhookError, send


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Tell the channel of these events in one message; what has no room in it is left to the next one.

    Raises:
        Retry: Slack is busy or failing, or there are events left.
        Undeliverable: Slack says that the webhook or the message is wrong for good.
    """
    message, rest = compose_first(events)
    try:
        send(_keyring(), message)
    except DeadWebhookError as dead:
        raise Undeliverable(dead.reason, of=events) from None  # to try each alone would change nothing
    if rest:
        raise Retry(after=0, reason="left to the next message", of=rest)


@cache
def _keyring() -> Keyring:
    return Keyring(boto3.client("secretsmanager"), os.environ["SECRET_ARN"])
