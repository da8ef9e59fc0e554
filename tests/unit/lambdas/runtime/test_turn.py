"""A rate-limited destination: who may call when, what is waited for in place, and what comes back later."""

from collections.abc import Sequence

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.rate_limiter import RateLimiter
from tests.fakes.events import an_event
from tests.fakes.subscriber import Recorder, Surroundings
from tests.unit.lambdas.runtime.batches import ONE_A_SECOND, records, wait


def a_limiter(around: Surroundings) -> RateLimiter:
    """Another function's."""
    return RateLimiter(around.table, ONE_A_SECOND, Ledger(around.table), "another")


def test_event_that_is_limited_costs_a_look(around: Surroundings) -> None:
    worker = around.worker(Recorder(), batch=True, rate_limit=RateLimit(per_second=0.1))
    around.run(worker, *records(1))
    calls = around.dynamodb.calls.total()
    assert around.run(worker, *records(2)) == ["m2"]
    assert around.dynamodb.calls.total() == calls + 1


def test_long_pause_of_another_is_not_waited_for_in_place(around: Surroundings) -> None:
    another, now = a_limiter(around), around.now
    permit = another.acquire(("e0",), now=now, latest=now, expires_at=now + 30)
    another.pause(permit, now=now, not_before=now + 60)
    worker = around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1)) == ["m1"]
    assert (around.slept, around.sqs.hidden) == ([], {"m1": 60})


def test_pause_that_cannot_be_written_down_is_reported(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        around.network.failing = {"DynamoDB UpdateItem"}
        raise Retry(after=30, reason="slow down")

    assert around.run(around.worker(notify, batch=True, rate_limit=ONE_A_SECOND), *records(1)) == ["m1"]
    assert around.outcomes == ["rate_limiter_failed", "release_failed", "postponed", "rate_limiter_failed"]


def test_event_whose_end_cannot_be_written_down_is_in_flight_still(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        around.network.failing = {"DynamoDB UpdateItem"}
        raise Undeliverable("never")

    assert around.run(around.worker(notify, rate_limit=ONE_A_SECOND), *records(1)) == ["m1"]
    assert around.outcomes == ["postponed", "rate_limiter_failed"]  # the permit is not taken for ended


def test_nothing_is_hidden_from_whoever_drains(around: Surroundings) -> None:
    now = around.now
    a_limiter(around).acquire((), now=now, latest=now, expires_at=now + 30, draining_until=now + 1)
    worker = around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1)) == ["m1"]
    assert (around.sqs.hidden, around.slept) == ({"m1": 0}, [1])
    around.run(worker, *records(1))
    assert around.sqs.hidden == {"m1": 1}


def test_end_of_anothers_call_is_waited_for_in_place(around: Surroundings) -> None:
    recorder = Recorder()
    another, now = a_limiter(around), around.now
    permit = another.acquire(("e0",), now=now, latest=now, expires_at=now + 30)
    around.clock.at(now + 0.2, lambda: another.release(permit, now=now, called=True))
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1)) == []
    assert (recorder.told, sum(around.slept)) == (["e1"], pytest.approx(0.35))


def test_call_that_never_ends_is_waited_for_a_second(around: Surroundings) -> None:
    now = around.now
    a_limiter(around).acquire(("e0",), now=now, latest=now, expires_at=now + 30)
    worker = around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1)) == ["m1"]
    assert (sum(around.slept), around.sqs.hidden) == (pytest.approx(1.0), {"m1": 1})


def test_time_that_is_due_soon_is_waited_for_in_place(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1))
    around.now += 0.4
    wait(around, 3)
    assert around.run(worker, *records(2)) == []
    assert (recorder.batches, around.slept) == ([["e1"], ["e2", "e3"]], [pytest.approx(0.6)])


def test_nothing_is_waited_for_where_the_time_is_short(around: Surroundings) -> None:
    worker = around.worker(Recorder(), batch=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1))
    around.remaining_ms = 3_000
    assert around.run(worker, *records(2)) == ["m2"]
    assert (around.slept, around.sqs.hidden) == ([], {"m2": 1})


def test_duplicate_uses_up_nothing_of_the_pace(around: Surroundings) -> None:
    worker = around.worker(Recorder(), batch=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1))
    around.now += 5
    for _ in range(3):
        around.run(worker, *records(1))
    around.run(worker, *records(2))
    assert around.slept == []


def test_rate_limited_messages_are_untouched_and_come_back(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=RateLimit(per_second=0.1))
    around.run(worker, *records(1))
    calls = around.dynamodb.calls.total()
    assert around.run(worker, *records(2, 3)) == ["m2", "m3"]
    assert around.sqs.hidden == {"m2": 10, "m3": 10}
    assert around.reported[-1] == ("paced", {"count": 2, "next_try_in": 10.0})
    assert around.dynamodb.calls.total() == calls + 1
    around.now += 10
    assert around.run(worker, *records(2, 3)) == []
    assert recorder.batches == [["e1"], ["e2", "e3"]]


def test_retry_after_of_a_destination_holds_for_every_event(around: Surroundings) -> None:
    recorder = Recorder(Retry(after=30, reason="slow down"))
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    recorder.answer = None
    around.now += 10
    assert around.run(worker, *records(2)) == ["m2"]
    assert around.sqs.hidden["m2"] == 20


def test_retry_after_of_named_events_delays_no_others(around: Surroundings) -> None:
    recorder = Recorder(Retry(after=3600, of=[an_event("e1")]))
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    recorder.answer = None
    around.now += 1
    assert around.run(worker, *records(2)) == []


def test_one_permit_is_one_call(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, rate_limit=RateLimit(per_second=0.1))
    assert around.run(worker, *records(1, 2, 3)) == ["m2", "m3"]
    assert recorder.batches == [["e1"]]


def test_isolated_events_are_one_call_for_each_permit(around: Surroundings) -> None:
    recorder = Recorder(Undeliverable("what is this"))
    worker = around.worker(recorder, batch=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1, 2, 3))
    recorder.answer = None
    for left in (["m2", "m3"], ["m3"], []):
        around.now += 1
        assert around.run(worker, *records(1, 2, 3)) == left
        assert {around.sqs.hidden[id] for id in left} <= {0}
    assert recorder.batches == [["e1"], ["e2"], ["e3"]]


def test_rate_limiter_that_is_away_delays_and_loses_nothing(around: Surroundings) -> None:
    recorder = Recorder()
    around.network.failing = {"DynamoDB UpdateItem"}
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1, 2)) == ["m1", "m2"]
    assert around.sqs.hidden == {"m1": 3, "m2": 3}
    assert (recorder.told, around.outcomes) == ([], ["rate_limiter_failed", "paced"])
