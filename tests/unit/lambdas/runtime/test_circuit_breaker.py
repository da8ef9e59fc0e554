"""A destination that is down is tried by one event at a time; nothing is asked where all is well."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from lambdas.clients.dynamodb import Item
from lambdas.contracts.circuit_item import CIRCUIT_ID
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.rate_limit import RATE_LIMIT_ID, RateLimit
from lambdas.runtime.circuit_breaker import CircuitBreaker
from lambdas.runtime.table import ConditionFailedError, Table
from lambdas.runtime.worker import Worker
from tests.fakes.dynamodb import expiry
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record

HOUR = 3600
DOWN = RuntimeError("down")


class Outage:
    """A subscriber whose destination is down: e0 and e1 have failed.

    Attributes:
        worker: Of a function that knows of it.
        told: Event ids of all attempts, whether they failed or not.
    """

    def __init__(self, around: Surroundings, **props: Any) -> None:
        self.around = around
        self.told: list[str] = []
        self.recorder = Recorder(answer=DOWN)
        self.before_answer: Callable[[], None] = lambda: None
        self.worker = self.another_function(**props)
        self.receives = dict.fromkeys((f"e{n}" for n in range(10)), 0)
        assert self.come("e0") == ["e0"]
        assert self.come("e1") == ["e1"]

    def another_function(self, **props: Any) -> Worker:
        """A worker that has heard of nothing yet."""

        def notify(events: Any) -> None:
            self.told += [event.id for event in events]
            self.before_answer()
            self.recorder(events)

        return self.around.worker(notify, **props)

    def come(self, *ids: str, at: float = 0.0, worker: Worker | None = None) -> list[str]:
        """Messages come at a time, or come back; gives the ids of those that were attempted."""
        self.around.now = max(self.around.now, SENT_AT + at)
        self.told.clear()
        for id in ids:
            self.receives[id] += 1
        records = [a_record(an_event(id), id=id, receives=self.receives[id]) for id in ids]
        self.around.run(worker or self.worker, *records)
        return list(self.told)

    def hidden(self, id: str) -> int:
        return self.around.sqs.hidden[id]


@pytest.fixture
def outage(around: Surroundings) -> Outage:
    return Outage(around)


def test_healthy_destination_costs_no_look(around: Surroundings) -> None:
    worker = around.worker(Recorder())
    for n in range(20):
        around.run(worker, a_record(an_event(f"e{n}"), id=f"m{n}"))
    assert around.dynamodb.calls[CIRCUIT_ID] == 0


def test_one_event_that_fails_leaves_the_circuit_closed(around: Surroundings) -> None:
    recorder = Recorder(e0=DOWN)
    worker = around.worker(recorder)
    for at in (0, 3, 6, 12):
        around.now = SENT_AT + at
        around.run(worker, a_record(an_event("e0"), receives=2))
        around.run(worker, a_record(an_event(f"after-{at}"), id=f"m{at}"))
    assert recorder.told == ["after-0", "after-3", "after-6", "after-12"]
    assert "circuit_opened" not in around.outcomes


def test_success_between_two_failures_keeps_the_circuit_closed(around: Surroundings) -> None:
    worker = around.worker(Recorder(e0=DOWN, e2=DOWN))
    for id in ("e0", "e1", "e2"):
        around.run(worker, a_record(an_event(id), id=id))
    assert "circuit_opened" not in around.outcomes


def test_second_event_that_fails_opens_the_circuit(outage: Outage) -> None:
    assert outage.around.outcomes == ["postponed", "circuit_opened", "postponed"]


def test_event_that_comes_while_it_is_open_is_not_attempted(outage: Outage) -> None:
    assert outage.come("e2", "e3") == []
    assert (outage.hidden("e2"), outage.hidden("e3")) == (3, 4)  # the next to probe, and who waits for it
    [e2, e3] = [outage.around.items[f"/endpoints/site/{id}"] for id in ("e2", "e3")]
    assert (e2["state"], e2["attempts"], e2["reason"]) == ("waiting", 0, "the destination is down")
    assert (e3["state"], e3["attempts"]) == ("waiting", 0)


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


def test_function_that_has_heard_of_nothing_attempts_one(outage: Outage) -> None:
    stranger = outage.another_function()
    assert outage.come("e2", "e3", "e4", worker=stranger) == ["e2"]


def test_message_that_comes_back_makes_a_function_look(outage: Outage) -> None:
    outage.come("e2", "e3")
    assert outage.come("e3", at=1, worker=outage.another_function()) == []


def test_failure_beside_the_probe_changes_nothing(outage: Outage) -> None:
    before = outage.around.items[CIRCUIT_ID]
    outage.around.now += 2
    assert outage.come("e2", worker=outage.another_function()) == ["e2"]
    assert outage.around.items[CIRCUIT_ID] == before


def test_event_that_fails_in_an_outage_tells_its_length(outage: Outage) -> None:
    outage.come("e2", at=3)
    assert outage.around.reported[-1][1]["failing_for"] == 3


def test_answer_for_one_of_several_destinations_opens_nothing(around: Surroundings) -> None:
    def notify(events: Any) -> None:
        raise Retry(reason="one number", of=events)

    worker = around.worker(notify)
    for id in ("e0", "e1", "e2"):
        around.run(worker, a_record(an_event(id), id=id))
    assert around.outcomes == ["postponed"] * 3


@pytest.mark.parametrize("answer", [Undeliverable("no such channel"), Retry(5, "busy")])
def test_answer_that_is_no_failure_opens_nothing(around: Surroundings, answer: Exception) -> None:
    worker = around.worker(Recorder(answer=answer))
    for id in ("e0", "e1", "e2"):
        around.run(worker, a_record(an_event(id), id=id))
    assert "circuit_opened" not in around.outcomes


def test_time_that_a_probe_is_told_holds_for_all(outage: Outage) -> None:
    outage.recorder.answer = Retry(500, "busy")
    assert outage.come("e2", at=3) == ["e2"]
    assert outage.come("e3", "e4", at=10) == []
    assert (outage.hidden("e3"), outage.hidden("e4")) == (493, 494)


def test_batch_that_fails_opens_it_and_one_of_it_probes(around: Surroundings) -> None:
    recorder = Recorder(answer=DOWN)
    worker = around.worker(recorder, batch=True)
    records = [a_record(an_event(f"e{n}"), id=f"m{n}", receives=2) for n in range(4)]
    around.run(worker, *records)
    around.now += 3
    recorder.answer = None
    around.run(worker, *records)
    assert recorder.batches == [["e0"]]
    assert [around.sqs.hidden[f"m{n}"] for n in (1, 2, 3)] == [0, 0, 0]
    around.run(worker, *records[1:])
    assert recorder.batches == [["e0"], ["e1", "e2", "e3"]]


LIMITED: dict[str, Any] = {"batch": True, "rate_limit": RateLimit(per_second=100, burst=100)}


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


def test_table_that_is_away_holds_up_no_delivery(outage: Outage) -> None:
    outage.recorder.answer = None
    outage.around.network.failing = {"DynamoDB BatchGetItem"}
    assert outage.come("e2", "e3", at=1) == ["e2", "e3"]
    assert "circuit_breaker_failed" in outage.around.outcomes


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


def test_second_message_of_what_has_failed_makes_a_function_look(outage: Outage) -> None:
    outage.come("e2", at=3)
    outage.around.now += 1
    outage.told.clear()
    outage.around.run(outage.another_function(), a_record(an_event("e0"), id="again"))
    assert outage.told == []


def test_outage_is_remembered_as_long_as_an_event_may_wait(outage: Outage) -> None:
    item = outage.around.dynamodb.tables["ledger"][CIRCUIT_ID]
    assert expiry(item) > outage.around.now + 13 * 24 * HOUR


def test_failure_that_cannot_be_written_down_opens_nothing(around: Surroundings) -> None:
    def notify(events: Any) -> None:
        around.network.failing = {"DynamoDB UpdateItem"} if events[0].id == "e1" else set()
        raise DOWN

    worker = around.worker(notify)
    around.run(worker, a_record(an_event("e0"), id="e0"))
    around.run(worker, a_record(an_event("e1"), id="e1"))
    assert around.outcomes == ["postponed", "circuit_breaker_failed", "release_failed", "postponed"]


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


@pytest.fixture
def limited(around: Surroundings) -> Outage:
    return Outage(around, **LIMITED)


def test_event_that_waits_for_a_probe_takes_no_permit(limited: Outage) -> None:
    before = limited.around.items[RATE_LIMIT_ID]
    assert limited.come("e2", "e3") == []
    assert (limited.hidden("e2"), limited.hidden("e3")) == (3, 4)
    assert limited.around.items[RATE_LIMIT_ID] == before


def test_probe_of_a_rate_limited_destination_is_one_event(limited: Outage) -> None:
    limited.around.wait(an_event("e9"), id="e9")
    assert limited.come("e2", "e3", at=3) == ["e2"]
    limited.recorder.answer = None
    assert limited.come("e3", at=6) == ["e3"]
    assert {"e4", "e5", "e9"} <= set(limited.come("e4", "e5", at=7))


def a_postponed_event(around: Surroundings) -> tuple[Worker, Recorder]:
    """A rate-limited subscriber, well in itself, whose event e2 is to come again in five seconds."""
    recorder = Recorder(answer=Retry(5, "look again", of=[an_event("e2")]))
    worker = around.worker(recorder, **LIMITED)
    around.run(worker, a_record(an_event("e2"), id="e2"))
    around.now += 10
    around.dynamodb.calls.clear()
    recorder.answer = None
    return worker, recorder


def test_event_that_comes_back_makes_one_look(around: Surroundings) -> None:
    worker, _ = a_postponed_event(around)
    around.run(worker, a_record(an_event("e2"), id="e2", receives=2))
    assert around.dynamodb.calls == {RATE_LIMIT_ID: 1, "a read": 2, "a batch": 1}


def test_look_before_a_permit_of_anothers_is_repeated(around: Surroundings) -> None:
    worker, recorder = a_postponed_event(around)

    def fail_elsewhere() -> None:
        around.beside_runs = lambda: None
        another = around.worker(Recorder(answer=DOWN), **LIMITED)
        for id in ("e0", "e1"):
            around.run(another, a_record(an_event(id), id=id))

    around.beside_runs = fail_elsewhere
    told = list(recorder.told)
    around.run(worker, a_record(an_event("e2"), id="e2", receives=2))
    assert "circuit_opened" in around.outcomes
    assert recorder.told == told


def test_ledger_that_is_away_in_an_outage_delays_and_loses_nothing(limited: Outage) -> None:
    around = limited.around
    around.beside_runs = lambda: None
    reads = iter([False, True])
    answered = around.dynamodb.batch_get_item

    def read(**call: Any) -> Any:
        if next(reads):
            raise ConnectionError
        return answered(**call)

    around.dynamodb.batch_get_item = read  # type: ignore[method-assign]
    assert limited.come("e2") == []
    assert limited.hidden("e2") == 3
    assert around.outcomes[-2:] == ["rate_limiter_failed", "paced"]
