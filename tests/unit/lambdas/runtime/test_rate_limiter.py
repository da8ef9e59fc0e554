"""One destination, many functions at once: its pace is kept, and what waits is told together."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.rate_limiter import RateLimitedError, RateLimiter
from tests.fakes.events import an_event
from tests.unit.lambdas.runtime.conftest import SENT_AT, MemoryTable, Surroundings, a_record, a_waiting

ONE_A_SECOND = RateLimit(per_second=1, burst=3)


def clock(rate_limit: RateLimit = ONE_A_SECOND) -> RateLimiter:
    return RateLimiter(MemoryTable(), rate_limit)  # type: ignore[arg-type]


def refused_for(clock: RateLimiter, by: str, now: float) -> float:
    with pytest.raises(RateLimitedError) as not_now:
        clock.acquire(by, now=now, until=now + 30)
    return not_now.value.seconds


def test_so_many_at_once_and_then_one_a_second() -> None:
    clock_ = clock()
    for n in range(3):
        clock_.release(clock_.acquire(f"w{n}", now=100, until=130), now=100)
    assert refused_for(clock_, "w3", 100) == 1
    assert refused_for(clock_, "w3", 100.4) == pytest.approx(0.6)
    clock_.release(clock_.acquire("w3", now=101, until=130), now=101)
    assert refused_for(clock_, "w4", 101.9) == pytest.approx(0.1)


def test_one_at_a_time_however_long_it_takes() -> None:
    clock_ = clock()
    turn = clock_.acquire("w1", now=100, until=130)
    assert refused_for(clock_, "w2", 120) == 1
    clock_.release(turn, now=125)
    clock_.acquire("w2", now=125, until=155)


def test_whoever_died_holds_up_nobody_for_longer_than_its_own_time() -> None:
    clock_ = clock()
    clock_.acquire("w1", now=100, until=130)
    clock_.acquire("w2", now=130, until=160)


def test_the_same_request_for_a_turn_made_twice_is_one() -> None:
    clock_ = clock(RateLimit(per_second=1))
    clock_.acquire("w1", now=100, until=130)
    assert refused_for(clock_, "w2", 100) == 1
    clock_.release(clock_.acquire("w1", now=101, until=131), now=101)


def test_who_lost_the_turn_does_not_end_that_of_another() -> None:
    clock_ = clock()
    late = clock_.acquire("w1", now=100, until=130)
    clock_.acquire("w2", now=130, until=160)
    clock_.release(late, now=131)
    assert refused_for(clock_, "w3", 131) == 1


def test_a_destination_that_asks_to_be_left_alone_is_left_alone_by_all() -> None:
    clock_ = clock()
    clock_.release(clock_.acquire("w1", now=100, until=130), now=100, not_before=160)
    assert refused_for(clock_, "w2", 101) == 59
    clock_.release(clock_.acquire("w2", now=160, until=190), now=160)
    assert refused_for(clock_, "w3", 160.5) == 0.5


@given(
    st.lists(st.tuples(st.floats(0, 3), st.floats(0, 2)), min_size=5, max_size=40),
    st.integers(1, 4),
    st.sampled_from([0.5, 1.0, 4.0]),
)
def test_the_pace_is_never_exceeded(calls: list[tuple[float, float]], burst: int, per_second: float) -> None:
    """Workers ask at any time and take any time; the call itself may fall anywhere within a turn."""
    clock_, now, made = clock(RateLimit(per_second, burst)), 1000.0, list[float]()
    for pause, takes in calls:
        now += pause
        try:
            turn = clock_.acquire(f"w{now}", now=now, until=now + 30)
        except RateLimitedError:
            continue
        made.append(now)
        now += takes
        clock_.release(turn, now=now)
    for first, start in enumerate(made):
        for last in range(first, len(made)):
            count = last - first + 1
            assert count <= burst + (made[last] - start) * per_second + 0.01


class Told:
    """A notifier that takes note of its batches."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.answer: Exception | None = None

    def __call__(self, events: Sequence[Event]) -> None:
        self.batches.append([event.id for event in events])
        if self.answer:
            raise self.answer


def records(*numbers: int) -> list[dict[str, object]]:
    return [a_record(an_event(f"e{n}"), id=f"m{n}") for n in numbers]


def test_who_has_the_turn_tells_all_that_waits(around: Surroundings) -> None:
    told = Told()
    around.sqs.waiting = [a_waiting(an_event(f"e{n}"), id=f"m{n}") for n in range(2, 25)]
    worker = around.worker(told, together=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(0, 1)) == []
    assert told.batches == [[f"e{n}" for n in range(25)]]
    assert around.sqs.deleted == [f"receipt-m{n}" for n in range(2, 25)]


def test_an_event_by_itself_is_told_at_once(around: Surroundings) -> None:
    around.run(around.worker(Told(), together=True, rate_limit=ONE_A_SECOND), *records(1))
    assert around.sqs.looks == [0]


def test_where_events_pile_up_more_are_looked_out_for(around: Surroundings) -> None:
    for waited in (records(1, 2), [a_record(an_event("e3"), id="m3", receives=2)]):
        around.sqs.looks.clear()
        around.run(around.worker(Told(), together=True, rate_limit=ONE_A_SECOND), *waited)
        assert around.sqs.looks == [1]


def test_nothing_is_hidden_from_whoever_gathers(around: Surroundings) -> None:
    around.table.items["rate-limit"] = {
        "id": "rate-limit",
        "due": 0.0,
        "busy": SENT_AT + 30,
        "gathering": SENT_AT + 1,
        "by": "another",
    }
    worker = around.worker(Told(), together=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1)) == ["m1"]
    assert around.sqs.hidden == {"receipt-m1": 0}
    around.now += 1
    around.run(worker, *records(1))
    assert around.sqs.hidden == {"receipt-m1": 1}


def test_what_was_gathered_and_failed_stays_in_the_queue(around: Surroundings) -> None:
    told = Told()
    told.answer = RuntimeError("boom")
    around.sqs.waiting = [a_waiting(an_event("e2"), id="m2")]
    assert around.run(around.worker(told, together=True, rate_limit=ONE_A_SECOND), *records(1)) == ["m1"]
    assert around.sqs.deleted == []
    assert around.sqs.hidden == {"receipt-m1": 5, "receipt-m2": 5}


def test_a_message_that_the_queue_gives_twice_is_told_once(around: Surroundings) -> None:
    told = Told()
    around.sqs.waiting = [a_waiting(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2, 2)]
    around.run(around.worker(told, together=True, rate_limit=ONE_A_SECOND), *records(1))
    assert told.batches == [["e1", "e2"]]


def test_no_more_is_gathered_than_a_function_can_hold(around: Surroundings) -> None:
    told = Told()
    around.sqs.waiting = [a_waiting(an_event(f"e{n}"), id=f"m{n}") for n in range(1000)]
    around.run(around.worker(told, together=True, rate_limit=ONE_A_SECOND), *records(1000))
    assert len(told.batches[0]) == 251


def test_who_has_no_turn_touches_nothing_and_comes_back(around: Surroundings) -> None:
    told = Told()
    worker = around.worker(told, together=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1))
    calls = around.table.calls
    assert around.run(worker, *records(2, 3)) == ["m2", "m3"]
    assert around.sqs.hidden == {"receipt-m2": 1, "receipt-m3": 1}
    assert around.told[-1] == ("paced", {"count": 2, "next_try_in": 1.0})
    assert around.table.calls == calls + 1
    around.now += 1
    assert around.run(worker, *records(2, 3)) == []
    assert told.batches == [["e1"], ["e2", "e3"]]


def test_a_wish_of_the_destination_holds_for_every_event(around: Surroundings) -> None:
    told = Told()
    told.answer = Retry(after=30, reason="slow down")
    worker = around.worker(told, together=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    told.answer = None
    around.now += 10
    assert around.run(worker, *records(2)) == ["m2"]
    assert around.sqs.hidden["receipt-m2"] == 20


def test_a_wish_for_some_events_holds_up_no_others(around: Surroundings) -> None:
    told = Told()
    told.answer = Retry(after=3600, of=[an_event("e1")])
    worker = around.worker(told, together=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    told.answer = None
    around.now += 1
    assert around.run(worker, *records(2)) == []


def test_one_turn_is_one_call(around: Surroundings) -> None:
    told = Told()
    worker = around.worker(lambda events: told(events), rate_limit=RateLimit(per_second=1))
    assert around.run(worker, *records(1, 2, 3)) == ["m2", "m3"]
    assert told.batches == [["e1"]]


def test_a_clock_that_is_away_delays_and_loses_nothing(around: Surroundings) -> None:
    told = Told()
    around.table.failing = {"update"}
    assert around.run(around.worker(told, together=True, rate_limit=ONE_A_SECOND), *records(1, 2)) == [
        "m1",
        "m2",
    ]
    assert around.sqs.hidden == {"receipt-m1": 5, "receipt-m2": 5}
    assert told.batches == []
