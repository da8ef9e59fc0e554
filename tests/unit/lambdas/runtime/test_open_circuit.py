"""While the circuit is open one event at a time probes: which, when, and what becomes of those that wait."""

from collections.abc import Sequence
from typing import Any

import pytest

from lambdas.clients.dynamodb import Item
from lambdas.contracts.circuit_item import CIRCUIT_ID
from lambdas.contracts.outcomes import Retry
from lambdas.runtime.circuit_breaker import CircuitBreaker
from lambdas.runtime.table import ConditionFailedError, Table
from tests.fakes.subscriber import SENT_AT, Surroundings
from tests.unit.lambdas.runtime.outage import DOWN, LIMITED, Outage


def test_probe_is_made_by_one_event_only(outage: Outage) -> None:
    outage.come("e2", "e3")
    assert outage.come("e2", "e3", "e4", at=3) == ["e2"]


def test_probe_goes_round(outage: Outage) -> None:
    outage.come("e2", "e3", "e4")
    assert outage.come("e2", at=3) == ["e2"]
    assert outage.come("e2", "e3", at=6) == ["e3"]  # e2 has failed last, and gives way
    assert outage.come("e2", at=12) == ["e2"]


def test_last_to_fail_probes_again_where_nobody_else_does(outage: Outage) -> None:
    assert outage.come("e1", at=3) == []
    assert outage.hidden("e1") == 1
    assert outage.come("e1", at=4) == ["e1"]


def test_probe_may_be_a_second_early_and_no_more(outage: Outage) -> None:
    """A queue hides a message for whole seconds."""
    assert outage.come("e2", at=1.9) == []
    assert outage.come("e3", at=2) == ["e3"]


def test_function_that_has_heard_of_nothing_looks_where_a_message_comes_back(outage: Outage) -> None:
    another = outage.another_function()
    assert outage.come("e2", worker=another) == ["e2"]
    outage.receives["e3"] = 1  # it was given back, and nothing had been begun with it
    assert outage.come("e3", worker=outage.another_function()) == []


def test_probe_that_succeeds_ends_it(outage: Outage) -> None:
    outage.come("e2", "e3")
    outage.recorder.answer = None
    assert outage.come("e2", at=3) == ["e2"]
    assert outage.come("e3", "e4", at=4) == ["e3", "e4"]
    assert outage.around.items[CIRCUIT_ID]["failing_since"] == 0


def test_poisonous_event_starves_nobody(outage: Outage) -> None:
    outage.recorder.answer = None
    outage.recorder.failures = {"e0": DOWN}
    outage.come("e2")
    assert outage.come("e0", "e2", at=3) == ["e0"]
    assert outage.come("e2", at=6) == ["e2"]
    assert outage.recorder.told == ["e2"]


def test_waits_between_probes_follow_the_schedule(outage: Outage) -> None:
    at, waits = 3.0, []
    for n in range(12):
        event = f"e{n % 2 + 2}"
        assert outage.come(event, at=at) == [event]
        waits.append(outage.around.items[CIRCUIT_ID]["next_probe_at"] / 1000 - outage.around.now)  # type: ignore[operator]
        at += waits[-1]
    assert waits == [3, 6, 12, 24, 48, 96, 192, 384, 768, 900, 900, 900]


def test_prober_that_dies_loses_its_turn(outage: Outage) -> None:
    outage.recorder.answer = SystemExit()  # type: ignore[assignment]
    with pytest.raises(SystemExit):
        outage.come("e2", at=3)
    outage.recorder.answer = None
    assert outage.come("e3", at=10) == []
    assert outage.hidden("e3") == 7  # as long as the probe has taken by now
    assert outage.come("e3", at=3 + 30) == []  # the invocation is over, but for a second between two clocks
    assert outage.hidden("e3") == 1
    assert outage.come("e3", at=3 + 31) == ["e3"]


def test_time_that_a_probe_is_told_holds_for_all(outage: Outage) -> None:
    outage.recorder.answer = Retry(500, "busy")
    assert outage.come("e2", at=3) == ["e2"]
    assert outage.come("e3", "e4", at=10) == []
    assert (outage.hidden("e3"), outage.hidden("e4")) == (493, 494)


@pytest.mark.parametrize("kind", [{}, LIMITED], ids=["plain", "rate limited"])
@pytest.mark.parametrize(("give_up_after", "told"), [(13, ["e4"]), (14, [])])
def test_event_is_tried_rather_than_given_up_untried(
    around: Surroundings, kind: dict[str, Any], give_up_after: float, told: list[str]
) -> None:
    """The next probe is at 12, and whoever waits for it looks again up to two seconds later."""
    outage = Outage(around, give_up_after=give_up_after, **kind)
    outage.come("e2", at=3)
    outage.come("e3", at=6)
    assert outage.come("e4", at=7) == told


@pytest.mark.parametrize(("give_up_after", "told"), [(24, ["e3"]), (25, [])])
def test_event_that_would_not_outlive_a_probe_is_tried(
    around: Surroundings, give_up_after: float, told: list[str]
) -> None:
    """The probe has taken 10 s by now, after as many it is looked at again, up to two seconds later."""
    outage = Outage(around, give_up_after=give_up_after)
    outage.recorder.answer = SystemExit()  # type: ignore[assignment]
    with pytest.raises(SystemExit):
        outage.come("e2", at=3)
    outage.recorder.answer = DOWN
    assert outage.come("e3", at=13) == told


def test_event_that_was_never_tried_is_given_up_after_no_attempt(around: Surroundings) -> None:
    """Its time is over while another one probes."""
    outage = Outage(around, give_up_after=20, batch=True)

    def hang() -> None:
        around.now += 15

    outage.before_answer = hang
    outage.come("e2", "e3", at=10)
    assert "given up after 0 attempts: the destination is down" in around.reasons


def test_turn_is_given_up_to_a_second_before_the_probe(outage: Outage) -> None:
    assert outage.come("e2", at=1.5) == []
    assert outage.hidden("e2") == 1
    assert outage.come("e2", at=2.5) == ["e2"]


def test_probe_that_has_just_begun_is_looked_at_in_a_second(outage: Outage) -> None:
    outage.recorder.answer = SystemExit()  # type: ignore[assignment]
    with pytest.raises(SystemExit):
        outage.come("e2", at=3)
    assert outage.come("e3", at=3) == []
    assert outage.hidden("e3") == 1


class Contended(Table):
    """Between any look and the write that follows, another function has written the item."""

    def update(self, key: str, **change: Any) -> Item:
        item = {"version": 7, "failing_since": 1, "next_probe_at": 2, "failed": "e0"}
        raise ConditionFailedError(item)  # type: ignore[arg-type]


def admitted_by(breaker: CircuitBreaker) -> Sequence[str]:
    now = SENT_AT + 3
    return breaker.admit(["e2", "e3"], owner="1", now=now, expires_at=now + 30, returning=True)


def test_probe_that_cannot_be_written_down_is_not_made(outage: Outage) -> None:
    reports: list[str] = []
    breaker = CircuitBreaker(
        outage.around.table, lambda: 0.0, lambda outcome, *_, **__: reports.append(outcome)
    )
    outage.around.network.failing = {"DynamoDB UpdateItem"}
    assert (admitted_by(breaker), reports) == ([], ["circuit_breaker_failed"])
    contended = Contended(outage.around.table._client, "ledger")
    outage.around.network.failing.clear()
    assert admitted_by(CircuitBreaker(contended, lambda: 0.0, lambda *_, **__: None)) == []
