"""A batch of events is one message; what becomes of each of them."""

import pytest

import lambdas.slack.handler
from lambdas.runtime import Event, Retry, Undeliverable
from lambdas.slack.webhook import SlackWebhook
from tests.fakes.events import an_event
from tests.unit.lambdas.slack.conftest import Slack


@pytest.fixture(autouse=True)
def _wired(webhook: SlackWebhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambdas.slack.handler, "_webhook", lambda: webhook)


def handle(*events: Event) -> None:
    lambdas.slack.handler.handle.__wrapped__(events)  # type: ignore[attr-defined]


def test_several_events_are_one_message(slack: Slack) -> None:
    handle(an_event("a" * 32), an_event("b" * 32))
    [(_, body)] = slack.posted
    assert body["text"] == "*2 failed deploys*"


def test_events_that_do_not_fit_wait_for_the_next_message(slack: Slack) -> None:
    long = [an_event(letter * 32, text="x" * 2900) for letter in "abcde"]
    with pytest.raises(Retry) as left:
        handle(*long)
    assert (left.value.after, list(left.value.of)) == (0, long[3:])
    assert len(slack.posted) == 1


def test_refused_message_is_for_each_event_alone(slack: Slack) -> None:
    slack.answer = (400, "invalid_blocks", {})
    with pytest.raises(Undeliverable, match="invalid_blocks") as refused:
        handle(*[an_event(letter * 32, text="x" * 2900) for letter in "abcde"])
    assert not refused.value.of  # each is tried alone


def test_dead_webhook_is_dead_for_every_event(slack: Slack) -> None:
    slack.answer = (404, "no_service", {})
    events = [an_event("a" * 32), an_event("b" * 32)]
    with pytest.raises(Undeliverable) as dead:
        handle(*events)
    assert list(dead.value.of) == events
