"""Slack's end: a keyring with one webhook, and what a message tells."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from lambdas.clients.http import HttpResponse
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import DESTINATION, Key
from lambdas.slack.webhook import SlackWebhook


class Keyring:
    """Holds one webhook."""

    def keys(self, which: str) -> list[Key]:
        """The channel's own, and no fallback."""
        return [Key("1", "https://slack.invalid/", "")] if which == DESTINATION else []

    def refresh(self) -> bool:
        """There is never a newer one."""
        return False

    try_refresh = refresh


def slack_webhook(answer: Callable[[Mapping[str, Any]], HttpResponse]) -> SlackWebhook:
    """The channel's webhook, at which messages are answered like this."""

    def post(request: HttpRequest) -> HttpResponse:
        return answer(json.loads(request.body))

    return SlackWebhook(keyring=Keyring(), stack_id="Slack", post=post)  # type: ignore[arg-type]


def events_of(message: Mapping[str, Any]) -> list[str]:
    """Ids of the events that a Slack message tells of."""
    blocks = [block for attachment in message["attachments"] for block in attachment["blocks"]]
    prefixes = message.get("metadata", {}).get("event_payload", {}).get("ids", "").split()
    return [*(block["block_id"] for block in blocks if "block_id" in block), *prefixes]
