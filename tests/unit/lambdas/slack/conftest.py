"""Slack and the secret with the webhook's URL, without a network."""

from typing import Any

import pytest
from slack_sdk.webhook import WebhookResponse

from lambdas.clients.secrets import Keyring
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

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        both = {"destination": self.urls, "fallback": self.fallbacks}
        keys = {
            name: [Key(str(n), url, "2027-01-15T08:00:00Z") for n, url in enumerate(urls)]
            for name, urls in both.items()
        }
        return {"SecretString": write_document(keys)}

    def send(self, url: str, body: dict[str, Any]) -> WebhookResponse:
        self.posted.append((url, body))
        self.on_answer()
        status, text, headers = self.answers.get(url, self.answer)
        return WebhookResponse(url=url, status_code=status, body=text, headers=headers)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Slack:
    slack = Slack()
    monkeypatch.setattr(
        "slack_sdk.webhook.WebhookClient.send_dict", lambda self, body: slack.send(self.url, body)
    )
    return slack


@pytest.fixture
def webhook(slack: Slack) -> SlackWebhook:
    return SlackWebhook(keyring=Keyring(slack, "arn", clock=lambda: 0.0), stack_id="Slack")
