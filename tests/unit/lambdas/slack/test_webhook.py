"""Slack's responses as outcomes, and the fallback that stands in for a dead webhook."""

from typing import Any

import pytest

from lambdas.clients.http import NoResponseError
from lambdas.runtime import Retry, Undeliverable
from lambdas.slack.webhook import DeadWebhookError, SlackWebhook
from tests.unit.lambdas.slack.conftest import FALLBACK, URL, Slack

GONE = (404, "no_service", dict[str, str]())
MESSAGE: dict[str, Any] = {"text": "*Deploy failed*", "attachments": [{"color": "#e01e5a"}]}


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    counted: list[str] = []
    monkeypatch.setattr("lambdas.slack.webhook.count", counted.append)
    return counted


def test_message_goes_to_the_newest_webhook(slack: Slack, webhook: SlackWebhook) -> None:
    slack.urls = ["https://hooks.slack.example/old", URL]
    webhook.send(MESSAGE)
    [(url, body)] = slack.posted
    assert url == URL
    assert body["text"] == "*Deploy failed*"


def test_slack_is_given_the_time_it_asks_for(slack: Slack, webhook: SlackWebhook) -> None:
    slack.answer = (429, "rate_limited", {"retry-after": "30"})
    with pytest.raises(Retry, match="Slack answered 429 rate_limited") as retry:
        webhook.send(MESSAGE)
    assert retry.value.after == 30


@pytest.mark.parametrize(
    ("status", "headers", "after"),
    [
        (403, {"Retry-After": "60"}, 60),
        (403, {"X-RateLimit-Remaining": "0"}, None),
        (503, {"Retry-After": "7"}, 7),
    ],
)
def test_limit_is_no_dead_webhook(
    slack: Slack, webhook: SlackWebhook, status: int, headers: dict[str, str], after: float | None
) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers[URL] = (status, "", headers)
    with pytest.raises(Retry) as busy:
        webhook.send(MESSAGE)
    assert (busy.value.after, len(slack.posted)) == (after, 1)


def test_busy_webhook_that_was_replaced_is_left_at_once(slack: Slack, webhook: SlackWebhook) -> None:
    slack.answer = (500, "", {})
    slack.on_answer = lambda: slack.urls.append("https://hooks.slack.example/new")
    with pytest.raises(Retry, match="has been replaced since") as retry:
        webhook.send(MESSAGE)
    assert retry.value.after == 1


@pytest.mark.parametrize(("status", "answer", "after"), [(429, Retry, 30), (404, DeadWebhookError, None)])
def test_answer_of_slack_stands_where_secrets_cannot_be_read(
    slack: Slack, webhook: SlackWebhook, status: int, answer: type[Exception], after: float | None
) -> None:
    slack.answer = (status, "", {"retry-after": "30"} if after else {})
    slack.on_answer = slack.lose_secrets
    with pytest.raises(answer, match=f"^Slack answered {status}$") as raised:
        webhook.send(MESSAGE)
    assert getattr(raised.value, "after", None) == after


@pytest.mark.parametrize("status", [408, 409, 423, 425, 429, 500, 502, 503, 522])
def test_passing_fault_is_tried_again_on_the_schedule(
    slack: Slack, webhook: SlackWebhook, status: int
) -> None:
    slack.answer = (status, "<html>", {})
    with pytest.raises(Retry, match=f"^Slack answered {status}$") as retry:
        webhook.send(MESSAGE)
    assert retry.value.after is None


@pytest.mark.parametrize(
    ("status", "body"),
    [(400, "invalid_payload"), (403, "action_prohibited"), (404, "no_service"), (410, "channel_is_archived")],
)
def test_message_refused_for_good_is_undeliverable(
    slack: Slack, webhook: SlackWebhook, status: int, body: str
) -> None:
    slack.answer = (status, body, {})
    with pytest.raises(Undeliverable, match=f"Slack answered {status} {body}"):
        webhook.send(MESSAGE)


def test_missing_url_names_the_command_to_run(slack: Slack, webhook: SlackWebhook) -> None:
    slack.urls = []
    with pytest.raises(Undeliverable, match="jamwire secret add slack"):
        webhook.send(MESSAGE)


def test_invalid_url_is_in_no_reason(slack: Slack, webhook: SlackWebhook) -> None:
    slack.urls = ["hooks.slack.example/secret"]
    with pytest.raises(Undeliverable) as undeliverable:
        webhook.send(MESSAGE)
    assert "secret@" not in str(undeliverable.value)
    assert "hooks.slack" not in str(undeliverable.value)


def test_url_that_was_set_meanwhile_works_at_once(slack: Slack, webhook: SlackWebhook) -> None:
    slack.urls = []
    with pytest.raises(Undeliverable):
        webhook.send(MESSAGE)
    slack.urls = [URL]
    webhook.send(MESSAGE)
    assert len(slack.posted) == 1


def test_replaced_webhook_is_tried_again_with_the_new_one(slack: Slack, webhook: SlackWebhook) -> None:
    slack.answer = (404, "no_service", {})
    slack.on_answer = lambda: slack.urls.append("https://hooks.slack.example/new")
    with pytest.raises(Retry) as retry:
        webhook.send(MESSAGE)
    assert retry.value.after == 1


def test_lost_connection_is_left_to_the_schedule(slack: Slack, webhook: SlackWebhook) -> None:
    def cut() -> None:
        raise NoResponseError

    slack.on_answer = cut
    with pytest.raises(NoResponseError):
        webhook.send(MESSAGE)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_fallback_stands_in_for_a_dead_webhook_and_says_so(
    slack: Slack, webhook: SlackWebhook, status: int, counted: list[str]
) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers[URL] = (status, "no_service", {})
    webhook.send(MESSAGE)
    (_, first), (url, second) = slack.posted
    assert url == FALLBACK
    assert second["text"].startswith(f"{first['text']}\n_")
    assert f"Slack answered {status} no_service" in second["text"]
    assert "jamwire secret add slack_" in second["text"]
    assert second["attachments"] == first["attachments"]
    assert counted == ["Fallback"]


def test_fallback_stands_in_for_a_missing_webhook(slack: Slack, webhook: SlackWebhook) -> None:
    slack.urls, slack.fallbacks = [], [FALLBACK]
    webhook.send(MESSAGE)
    assert [url for url, _ in slack.posted] == [FALLBACK]


def test_wrong_message_is_not_sent_to_the_fallback(slack: Slack, webhook: SlackWebhook) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers[URL] = (400, "invalid_blocks", {})
    with pytest.raises(Undeliverable):
        webhook.send(MESSAGE)
    assert len(slack.posted) == 1


def test_busy_webhook_is_waited_for(slack: Slack, webhook: SlackWebhook) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers[URL] = (429, "rate_limited", {"Retry-After": "7"})
    with pytest.raises(Retry) as busy:
        webhook.send(MESSAGE)
    assert (busy.value.after, busy.value.of, len(slack.posted)) == (7, (), 1)


def test_busy_fallback_is_waited_for(slack: Slack, webhook: SlackWebhook, counted: list[str]) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers = {URL: GONE, FALLBACK: (429, "rate_limited", {"Retry-After": "7"})}
    with pytest.raises(Retry):
        webhook.send(MESSAGE)
    assert counted == []


def test_reason_names_both_dead_webhooks(slack: Slack, webhook: SlackWebhook) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers = {URL: GONE, FALLBACK: (410, "channel_is_archived", {})}
    with pytest.raises(Undeliverable) as dead:
        webhook.send(MESSAGE)
    assert dead.value.reason == (
        "Slack answered 404 no_service; the fallback: Slack answered 410 channel_is_archived"
    )


def test_dead_webhook_without_a_fallback_says_nothing_of_one(slack: Slack, webhook: SlackWebhook) -> None:
    slack.answer = GONE
    with pytest.raises(Undeliverable) as dead:
        webhook.send(MESSAGE)
    assert dead.value.reason == "Slack answered 404 no_service"
