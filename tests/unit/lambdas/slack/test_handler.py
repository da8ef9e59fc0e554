"""What becomes of an event by what Slack answers."""

from typing import Any
from urllib.error import URLError

import pytest
from slack_sdk.webhook import WebhookResponse

import lambdas.slack.handler
from lambdas.clients.secrets import Keyring
from lambdas.contracts.keyring import Key, write_document
from lambdas.runtime import Event, Retry, Undeliverable
from tests.fakes.events import an_event

URL = "https://hooks.slack.example/services/T/B/secret"

FALLBACK = "https://hooks.slack.example/services/T/B/fallback"
GONE = (404, "no_service", dict[str, str]())


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
    keyring = Keyring(slack, "arn", clock=lambda: 0.0)
    monkeypatch.setenv("DESTINATION", "Slack")
    monkeypatch.setattr(lambdas.slack.handler, "_keyring", lambda: keyring)
    monkeypatch.setattr(
        "slack_sdk.webhook.WebhookClient.send_dict", lambda self, body: slack.send(self.url, body)
    )
    return slack


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    counted: list[str] = []
    monkeypatch.setattr("lambdas.slack.webhook.count", counted.append)
    return counted


def tell(*events: Event) -> None:
    lambdas.slack.handler.handle.__wrapped__(events or (an_event(),))  # type: ignore[attr-defined]


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
    with pytest.raises(Undeliverable, match="jamwire secret add slack"):
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


def test_several_events_are_one_message(slack: Slack) -> None:
    tell(an_event("a" * 32), an_event("b" * 32))
    [(_, body)] = slack.posted
    assert body["text"] == "*2 failed deploys*"


def test_what_has_no_room_in_the_message_is_left_to_the_next(slack: Slack) -> None:
    long = [an_event(letter * 32, text="x" * 2900) for letter in "abcde"]
    with pytest.raises(Retry) as left:
        tell(*long)
    assert (left.value.after, list(left.value.of)) == (0, long[3:])
    assert len(slack.posted) == 1


def test_a_message_that_is_refused_leaves_none_of_its_events_behind(slack: Slack) -> None:
    slack.answer = (400, "invalid_blocks", {})
    with pytest.raises(Undeliverable, match="invalid_blocks") as refused:
        tell(*[an_event(letter * 32, text="x" * 2900) for letter in "abcde"])
    assert not refused.value.of  # each is tried alone


def test_a_dead_webhook_is_dead_for_each_of_the_events(slack: Slack) -> None:
    slack.answer = GONE
    events = [an_event("a" * 32), an_event("b" * 32)]
    with pytest.raises(Undeliverable) as dead:
        tell(*events)
    assert list(dead.value.of) == events


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_second_webhook_stands_in_for_a_dead_one_and_says_so(
    slack: Slack, status: int, counted: list[str]
) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers[URL] = (status, "no_service", {})
    tell()
    (_, first), (url, second) = slack.posted
    assert url == FALLBACK
    assert second["text"].startswith(f"{first['text']}\n_")
    assert f"Slack answered {status} no_service" in second["text"]
    assert "jamwire secret add slack_" in second["text"]
    assert second["attachments"] == first["attachments"]
    assert counted == ["Fallback"]


def test_a_second_webhook_stands_in_where_there_is_no_first(slack: Slack) -> None:
    slack.urls, slack.fallbacks = [], [FALLBACK]
    tell()
    assert [url for url, _ in slack.posted] == [FALLBACK]


def test_a_message_that_is_wrong_is_wrong_at_the_second_webhook_too(slack: Slack) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers[URL] = (400, "invalid_blocks", {})
    with pytest.raises(Undeliverable):
        tell()
    assert len(slack.posted) == 1


def test_a_busy_webhook_is_waited_for(slack: Slack) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers[URL] = (429, "rate_limited", {"Retry-After": "7"})
    with pytest.raises(Retry) as busy:
        tell()
    assert (busy.value.after, busy.value.of, len(slack.posted)) == (7, (), 1)


def test_a_busy_second_webhook_is_waited_for(slack: Slack, counted: list[str]) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers = {URL: GONE, FALLBACK: (429, "rate_limited", {"Retry-After": "7"})}
    with pytest.raises(Retry):
        tell()
    assert counted == []


def test_where_both_are_dead_the_reason_names_both(slack: Slack) -> None:
    slack.fallbacks = [FALLBACK]
    slack.answers = {URL: GONE, FALLBACK: (410, "channel_is_archived", {})}
    with pytest.raises(Undeliverable) as dead:
        tell()
    assert dead.value.reason == (
        "Slack answered 404 no_service; the fallback: Slack answered 410 channel_is_archived"
    )
