"""What becomes of an event by what Slack answers."""

from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.webhook import WebhookResponse

import lambdas.slack
from lambdas.keyring import Key, Keyring, write_document
from lambdas.runtime import Retry, Undeliverable
from tests.unit.events import an_event

URL = "https://hooks.slack.example/services/T/B/secret"


class Slack:
    """Secrets Manager with the webhook's URL, and the host behind it."""

    def __init__(self) -> None:
        self.urls = [URL]
        self.posted: list[tuple[str, dict[str, Any]]] = []
        self.answer = (200, "ok", dict[str, str]())
        self.on_answer = lambda: None

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803
        keys = [Key(str(n), url, "2027-01-15T08:00:00Z") for n, url in enumerate(self.urls)]
        return {"SecretString": write_document({"destination": keys})}

    def send(self, url: str, body: dict[str, Any]) -> WebhookResponse:
        self.posted.append((url, body))
        self.on_answer()
        status, text, headers = self.answer
        return WebhookResponse(url=url, status_code=status, body=text, headers=headers)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Slack:
    slack = Slack()
    keyring = Keyring(slack, "arn", clock=lambda: 0.0)
    monkeypatch.setenv("DESTINATION", "Slack")
    monkeypatch.setattr(lambdas.slack, "_keyring", lambda: keyring)
    monkeypatch.setattr(
        "slack_sdk.webhook.WebhookClient.send_dict", lambda self, body: slack.send(self.url, body)
    )
    return slack


def tell() -> None:
    lambdas.slack.handle.__wrapped__(an_event())  # type: ignore[attr-defined]


def test_the_message_goes_to_the_newest_webhook(slack: Slack) -> None:
    slack.urls = ["https://hooks.slack.example/old", URL]
    tell()
    [(url, body)] = slack.posted
    assert url == URL
    assert body["text"] == "*Deploy failed*"


def test_slack_is_given_the_time_it_asks_for(slack: Slack) -> None:
    slack.answer = (429, "rate_limited", {"retry-after": "30"})
    with pytest.raises(Retry, match="Slack answered 429 rate_limited") as retry:
        tell()
    assert retry.value.after == 30


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_a_passing_fault_is_tried_again_on_the_schedule(slack: Slack, status: int) -> None:
    slack.answer = (status, "<html>", {})
    with pytest.raises(Retry, match=f"^Slack answered {status}$") as retry:
        tell()
    assert retry.value.after is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, "invalid_payload"), (403, "action_prohibited"), (404, "no_service"), (410, "channel_is_archived")],
)
def test_what_slack_refuses_for_good_is_not_tried_again(slack: Slack, status: int, body: str) -> None:
    slack.answer = (status, body, {})
    with pytest.raises(Undeliverable, match=f"Slack answered {status} {body}"):
        tell()


def test_a_missing_url_names_the_command_to_run(slack: Slack) -> None:
    slack.urls = []
    with pytest.raises(Undeliverable, match="jamwire secret add Slack"):
        tell()


def test_a_url_that_is_none_is_not_told_to_anybody(slack: Slack) -> None:
    slack.urls = ["hooks.slack.example/secret"]
    with pytest.raises(Undeliverable) as undeliverable:
        tell()
    assert "secret@" not in str(undeliverable.value)
    assert "hooks.slack" not in str(undeliverable.value)


def test_a_url_set_after_the_function_looked_works_at_once(slack: Slack) -> None:
    slack.urls = []
    with pytest.raises(Undeliverable):
        tell()
    slack.urls = [URL]
    tell()
    assert len(slack.posted) == 1


def test_a_webhook_that_was_replaced_is_tried_again_with_the_new_one(slack: Slack) -> None:
    slack.answer = (404, "no_service", {})
    slack.on_answer = lambda: slack.urls.append("https://hooks.slack.example/new")
    with pytest.raises(Retry) as retry:
        tell()
    assert retry.value.after == 1


def test_a_lost_connection_is_left_to_the_schedule(slack: Slack) -> None:
    def cut() -> None:
        raise URLError("cut")

    slack.on_answer = cut
    with pytest.raises(URLError):
        tell()
