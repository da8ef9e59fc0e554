"""The channel's webhook, and the one that stands in for it when it is dead.

Slack's answers as outcomes: Slack API, "Sending messages using incoming webhooks" (errors) and "Rate limits".
"""

import os
import re
from collections.abc import Mapping
from typing import Any, Final

from slack_sdk.webhook import WebhookClient, WebhookResponse

from lambdas.clients.secrets import Keyring
from lambdas.contracts.keyring import DESTINATION, FALLBACK
from lambdas.runtime import Retry, Undeliverable, count
from lambdas.slack.text import escape

TIMEOUT_SECONDS: Final = 8
"""A request must end well within the function's time; Slack answers within one or two."""

_NOT_NOW: Final = {408, 429}
_DEAD: Final = {403, 404, 410}
_REASON: Final = re.compile(r"[a-z_]{1,40}")


class DeadWebhookError(Undeliverable):
    """The webhook takes nothing any more, whatever the message is."""


def send(keyring: Keyring, message: dict[str, Any]) -> None:
    """Send a message to the channel, or by its fallback where the channel's own webhook is dead for good.

    Raises:
        Retry: Slack is busy or failing; after as many seconds as it asked for.
        DeadWebhookError: There is no webhook, or it is dead, and so is its fallback.
        Undeliverable: Slack says that the message is wrong for good.
    """
    try:
        _send(keyring, DESTINATION, message)
    except DeadWebhookError as dead:
        if not keyring.keys(FALLBACK):
            raise
        _send_instead(keyring, message, dead.reason)


def _send_instead(keyring: Keyring, message: dict[str, Any], why: str) -> None:
    said = (
        f"_This channel stands in: {escape(why, 150)}. Set a new webhook with: jamwire secret add {_name()}_"
    )
    try:
        _send(keyring, FALLBACK, message | {"text": f"{message['text']}\n{said}"})
    except DeadWebhookError as dead:
        raise DeadWebhookError(f"{why}; the fallback: {dead.reason}") from None
    count("Fallback")


def _send(keyring: Keyring, which: str, message: dict[str, Any]) -> None:
    url = _url(keyring, which)
    # slack_sdk's own retry handlers sleep inside the function: waiting is the queue's work.
    response = WebhookClient(url, timeout=TIMEOUT_SECONDS, retry_handlers=[]).send_dict(message)
    if response.status_code == 200:
        return
    said = _REASON.fullmatch(response.body.strip())
    answer = f"Slack answered {response.status_code}{' ' + said.group() if said else ''}"
    if response.status_code in _NOT_NOW or response.status_code >= 500:
        raise Retry(_retry_after(response), answer)
    if response.status_code not in _DEAD:
        raise Undeliverable(answer)
    if keyring.refresh() and _url(keyring, which) != url:
        raise Retry(1, f"{answer}, and the webhook's URL has been replaced since")
    raise DeadWebhookError(answer)


def _url(keyring: Keyring, which: str) -> str:
    urls = keyring.keys(which) or (keyring.refresh() and keyring.keys(which))
    if not urls:
        raise DeadWebhookError(f"no Slack webhook URL is set; run: jamwire secret add {_name(which)}")
    url = urls[-1].value
    if not url.startswith(("https://", "http://")):
        raise DeadWebhookError(f"the Slack webhook URL is none; run: jamwire secret add {_name(which)}")
    return url


def _name(which: str = DESTINATION) -> str:
    """By which the `jamwire` command knows a webhook."""
    name = os.environ["DESTINATION"].lower()
    return f"{name}-fallback" if which == FALLBACK else name


def _retry_after(response: WebhookResponse) -> float | None:
    headers: Mapping[str, str] = {name.lower(): text for name, text in response.headers.items()}
    value = headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None
