"""Slack messages, through the incoming webhook of a channel."""

import os
import re
from collections.abc import Mapping
from functools import cache

import boto3
from slack_sdk.webhook import WebhookClient, WebhookResponse

from lambdas.keyring import DESTINATION, Keyring
from lambdas.runtime import Event, Retry, Undeliverable, subscriber
from lambdas.slack.message import compose

TIMEOUT_SECONDS = 8
"""A batch of ten must fit into the function's time or be handed back; Slack answers within one or two."""

_NOT_NOW = {408, 429}
_REASON = re.compile(r"[a-z_]{1,40}")


@subscriber
def handle(event: Event) -> None:
    """Tell the channel of one event.

    Raises:
        Retry: Slack is busy or failing; after as many seconds as it asked for.
        Undeliverable: There is no webhook URL, or Slack says that it or the message is wrong for good.
    """
    url = _webhook_url()
    # slack_sdk's own retry handlers sleep inside the function: waiting is the queue's work.
    client = WebhookClient(url, timeout=TIMEOUT_SECONDS, retry_handlers=[])
    _judge(client.send_dict(compose(event)), url)


def _webhook_url() -> str:
    keyring = _keyring()
    urls = keyring.keys(DESTINATION) or (keyring.refresh() and keyring.keys(DESTINATION))
    if not urls:
        raise Undeliverable(
            f"no Slack webhook URL is set; run: jamwire secret add {os.environ['DESTINATION']}"
        )
    url = urls[-1].value
    if not url.startswith(("https://", "http://")):
        raise Undeliverable(
            f"the Slack webhook URL is none; run: jamwire secret add {os.environ['DESTINATION']}"
        )
    return url


def _judge(response: WebhookResponse, url: str) -> None:
    """Slack's answer as an outcome (Slack API, "Sending messages using incoming webhooks", errors)."""
    status = response.status_code
    if status == 200:
        return
    said = _REASON.fullmatch(response.body.strip())
    answer = f"Slack answered {status}{' ' + said.group() if said else ''}"
    if status in _NOT_NOW or status >= 500:
        raise Retry(_retry_after(response.headers), answer)
    if _keyring().refresh() and _webhook_url() != url:
        raise Retry(1, f"{answer}, and the webhook's URL has been replaced since")
    raise Undeliverable(answer)


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = {name.lower(): text for name, text in headers.items()}.get("retry-after", "")
    return float(value) if value.isdecimal() else None


@cache
def _keyring() -> Keyring:
    return Keyring(boto3.client("secretsmanager"), os.environ["SECRET_ARN"])
