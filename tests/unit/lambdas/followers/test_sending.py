"""Many messages at once, and what each that was not sent means."""

import threading

import pytest

from lambdas.contracts.not_sent import Fate
from lambdas.followers.outcomes import Gone, Later, Outcome, Refused, Sent, Unknown
from lambdas.followers.sending import OF_FATE, all_at_once


@pytest.mark.parametrize(
    ("fate", "outcome"),
    [
        ("gone", Gone("why")),
        ("refused", Refused("why")),
        ("later", Later(None, "why")),
        ("account", Later(None, "why")),
        ("unknown", Unknown("why")),
    ],
)
def test_fate_of_a_message_is_that_of_its_recipient(fate: Fate, outcome: Outcome) -> None:
    assert OF_FATE[fate]("why") == outcome


def test_messages_are_sent_at_once_and_told_apart() -> None:
    together = threading.Barrier(2, timeout=10)

    def refuse() -> Outcome:
        together.wait()
        return Refused("why")

    def send() -> Outcome:
        together.wait()
        return Sent()

    assert all_at_once({"a": refuse, "b": send}, 2) == {"a": Refused("why"), "b": Sent()}


def test_nobody_is_told_of_nothing() -> None:
    assert all_at_once({}, 2) == {}
