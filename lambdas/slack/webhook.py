"""The channel's webhook, and the fallback that stands in for it when it is dead.

Slack's responses are those of any destination (`lambdas.clients.http`); some of them say that the webhook itself is
dead (Slack API, "Sending messages using incoming webhooks": errors).
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lambdas.clients.http import HttpResponse, outcome_of
from lambdas.clients.secrets import Keyring
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import DESTINATION, FALLBACK
from lambdas.runtime import Retry, Undeliverable, count
from lambdas.slack.text import escape

_HEADERS: Final = {"Content-Type": "application/json;charset=utf-8"}
_DEAD: Final = {403, 404, 410}
_REASON: Final = re.compile(r"[a-z_]{1,40}")


class DeadWebhookError(Undeliverable):
    """The webhook takes no message any more, whatever the message is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackWebhook:
    """The incoming webhook of a channel.

    Attributes:
        keyring: Holds the URLs of the webhook and of its fallback.
        stack_id: Id of the stack, by which the `jamwire` command knows the webhook.
        post: Sends a request. Raises `NoResponseError`.
    """

    keyring: Keyring
    stack_id: str
    post: Callable[[HttpRequest], HttpResponse]

    def send(self, message: dict[str, Any]) -> None:
        """Send a message to the channel, or by the fallback where the channel's own webhook is dead.

        Raises:
            Retry: Slack is busy or failing; after as many seconds as Slack asked for.
            DeadWebhookError: No webhook is set, or the webhook is dead, and so is its fallback.
            Undeliverable: Slack says that the message is wrong for good.
        """
        try:
            self._send(DESTINATION, message)
        except DeadWebhookError as dead:
            if not self.keyring.keys(FALLBACK):
                raise
            self._send_by_fallback(message, dead.reason)

    def _send_by_fallback(self, message: dict[str, Any], reason: str) -> None:
        command = f"jamwire secret add {self._name(DESTINATION)}"
        note = f"_This channel stands in: {escape(reason, 150)}. Set a new webhook with: {command}_"
        try:
            self._send(FALLBACK, message | {"text": f"{message['text']}\n{note}"})
        except DeadWebhookError as dead:
            raise DeadWebhookError(f"{reason}; the fallback: {dead.reason}") from None
        count("Fallback")

    def _send(self, which: str, message: dict[str, Any]) -> None:
        url = self._url(which)
        body = json.dumps(message).encode()
        response = self.post(HttpRequest(url=urlsplit(url), body=body, headers=_HEADERS))
        failure = _outcome_of(response)
        if failure is None:
            return
        is_final = isinstance(failure, Undeliverable)
        if is_final and response.status not in _DEAD:
            raise failure
        if self.keyring.try_refresh() and self._url(which) != url:
            raise Retry(1, f"{failure.reason}, and the webhook's URL has been replaced since")
        raise DeadWebhookError(failure.reason) if is_final else failure

    def _url(self, which: str) -> str:
        urls = self.keyring.keys(which) or (self.keyring.refresh() and self.keyring.keys(which))
        command = f"run: jamwire secret add {self._name(which)}"
        if not urls:
            raise DeadWebhookError(f"no Slack webhook URL is set; {command}")
        url = urls[-1].value
        if not url.startswith(("https://", "http://")):
            raise DeadWebhookError(f"the Slack webhook URL is not a valid web address; {command}")
        return url

    def _name(self, which: str) -> str:
        """The webhook's name in the `jamwire` command."""
        name = self.stack_id.lower()
        return f"{name}-fallback" if which == FALLBACK else name


def _outcome_of(response: HttpResponse) -> Retry | Undeliverable | None:
    code = _REASON.fullmatch(response.body.decode(errors="replace").strip())
    return outcome_of("Slack", response, detail=code.group() if code else "")
