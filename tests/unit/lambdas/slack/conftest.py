"""Slack and the secret with the webhook's URL, without a network."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from lambdas.clients.http import HttpResponse, lower_case
from lambdas.clients.secrets import Keyring
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import Key, write_document
from lambdas.slack.webhook import SlackWebhook

URL = "https://hooks.slack.example/services/T/B/secret"
FALLBACK = "https://hooks.slack.example/services/T/B/fallback"


class Slack:
    """Secrets Manager with the webhook's URL, and the host behind it."""

    def __init__(self) -> None:
        self.urls = [URL]
        self.fallbacks: list[str] = []
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.answer = (200, "ok", dict[str, str]())
        self.answers: dict[str, tuple[int, str, dict[str, str]]] = {}
        self.on_answer = lambda: None
        self.secrets_fail = False

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        if self.secrets_fail:
            raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")
        both = {"destination": self.urls, "fallback": self.fallbacks}
        keys = {
            name: [Key(str(n), url, "2027-01-15T08:00:00Z") for n, url in enumerate(urls)]
            for name, urls in both.items()
        }
        return {"SecretString": write_document(keys)}

    def lose_secrets(self) -> None:
        """Let Secrets Manager fail from now on."""
        self.secrets_fail = True

    def post(self, request: HttpRequest) -> HttpResponse:
        url = request.url.geturl()
        self.posted.append((url, json.loads(request.body)))
        self.on_answer()
        status, text, headers = self.answers.get(url, self.answer)
        return HttpResponse(status, lower_case(headers), text.encode())


@pytest.fixture
def slack() -> Slack:
    return Slack()


@pytest.fixture
def webhook(slack: Slack) -> SlackWebhook:
    return SlackWebhook(keyring=Keyring(slack, "arn", clock=lambda: 0.0), stack_id="Slack", post=slack.post)
