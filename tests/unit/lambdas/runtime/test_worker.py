"""What a batch is delivered as: in what groups, within what time and rate, and together with what else waits."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.gathering import MAX_DRAINED
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.rate_limiter import RateLimiter
from lambdas.runtime.turn import LATELY
from tests.fakes.events import an_event
from tests.fakes.subscriber import Recorder, Surroundings, a_record

ONE_A_SECOND = RateLimit(per_second=1, burst=3)


def records(*numbers: int, receives: int = 1) -> list[dict[str, object]]:
    return [a_record(an_event(f"e{n}"), id=f"m{n}", receives=receives) for n in numbers]


def a_limiter(around: Surroundings) -> RateLimiter:
    """Another function's."""
    return RateLimiter(around.table, ONE_A_SECOND, Ledger(around.table), "another")


def wait(around: Surroundings, *numbers: int) -> None:
    for n in numbers:
        around.wait(an_event(f"e{n}"), id=f"m{n}")


def test_batch_is_told_together(around: Surroundings) -> None:
    recorder = Recorder()
    around.run(around.worker(recorder, batch=True), *records(1, 2, 3))
    assert recorder.batches == [["e1", "e2", "e3"]]


def test_messages_without_time_left_are_returned(around: Surroundings) -> None:
    def slow(events: Sequence[Event]) -> None:
        around.remaining_ms = 5_000

    assert around.run(around.worker(slow), *records(1, 2, 3)) == ["m2", "m3"]
    assert around.sqs.hidden == {"m2": 0, "m3": 0}
    assert around.reported[-1] == ("returned", {"count": 2, "next_try_in": 0})


def test_messages_that_the_queue_does_not_hide_are_counted(around: Surroundings) -> None:
    def slow(events: Sequence[Event]) -> None:
        around.remaining_ms = 5_000
        around.queue.messages["m3"].receipt = "m3#2"  # it has been received once more meanwhile

    assert around.run(around.worker(slow), *records(1, 2, 3)) == ["m2", "m3"]
    assert ("change_visibility_failed", {"count": 1, "reason": ""}) in around.reported


def test_holder_of_the_permit_tells_all_that_waits(around: Surroundings) -> None:
    recorder = Recorder()
    wait(around, *range(2, 25))
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(0, 1)) == []
    assert recorder.batches == [[f"e{n}" for n in range(25)]]
    assert around.queue.messages == {}


def test_full_batch_is_told_with_what_waits(around: Surroundings) -> None:
    recorder = Recorder()
    wait(around, *range(10, 25))
    worker = replace(around.worker(recorder, batch=True), gather=True)
    assert around.run(worker, *records(*range(10))) == []
    assert recorder.batches == [[f"e{n}" for n in range(25)]]
    assert (around.queue.messages, set(around.sqs.polls)) == ({}, {0})


def test_batch_with_room_is_told_at_once(around: Surroundings) -> None:
    wait(around, 10)
    worker = replace(around.worker(Recorder(), batch=True), gather=True)
    around.run(worker, *records(*range(9)))
    assert around.sqs.polls == []


def test_single_event_is_told_at_once(around: Surroundings) -> None:
    around.run(around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND), *records(1))
    assert (around.sqs.polls, around.slept) == ([], [])


def test_queue_is_polled_longer_where_events_come_together(around: Surroundings) -> None:
    around.run(around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND), *records(1, 2))
    assert around.sqs.polls == [1]


def test_event_that_comes_back_by_itself_is_told_at_once(around: Surroundings) -> None:
    """It had failed, or is a wake-up: nothing says that another waits."""
    worker = around.worker(Recorder(), batch=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1))
    around.now += 1 + LATELY
    around.dynamodb.calls.clear()
    around.run(worker, *records(2, receives=2))
    assert (around.sqs.polls, around.slept) == ([], [])
    assert around.dynamodb.calls["rate-limit"] == 1  # with the event noted on it


def test_event_that_has_waited_for_its_turn_takes_others_along(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1))
    around.now += 1 + LATELY - 0.1
    wait(around, 3)
    assert around.run(worker, *records(2, receives=2)) == []
    assert (recorder.batches, around.slept) == ([["e1"], ["e2", "e3"]], [])
    assert set(around.sqs.polls) == {0}  # whoever had to wait looks, and does not wait once more


def test_queue_is_polled_longer_for_a_second_only(around: Surroundings) -> None:
    def take_time(*_: object) -> None:
        around.clock.now += 0.2

    around.sqs.received = take_time
    wait(around, *range(15))
    around.run(around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND), *records(1000, 1001))
    assert around.sqs.polls == [1, 0, 0]


def test_event_that_is_limited_costs_a_look(around: Surroundings) -> None:
    worker = around.worker(Recorder(), batch=True, rate_limit=RateLimit(per_second=0.1))
    around.run(worker, *records(1))
    calls = around.dynamodb.calls.total()
    assert around.run(worker, *records(2)) == ["m2"]
    assert around.dynamodb.calls.total() == calls + 1


def test_duplicates_are_not_noted_as_in_flight(around: Surroundings) -> None:
    worker = around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1, 2))
    around.now += 5
    around.dynamodb.calls.clear()
    around.run(worker, *records(1, 2))
    assert around.dynamodb.calls == {"rate-limit": 2, "a read": 1}  # acquired and released


def test_message_that_is_no_event_holds_up_no_other(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, a_record("{", id="m0"), *records(1, 2)) == []
    assert (recorder.batches, len(around.reasons)) == ([["e1", "e2"]], 1)


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


def test_delivery_that_was_not_recorded_is_uncertain_to_the_next(around: Surroundings) -> None:
    recorder = Recorder()
    around.network.failing = {"DynamoDB BatchWriteItem"}
    around.run(around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), *records(1))
    around.network.failing.clear()
    around.run(
        around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), a_record(an_event("e1"), id="m2")
    )
    assert around.outcomes == ["record_failed", "uncertain", "delivered"]


def test_what_was_drained_in_vain_is_given_back(around: Surroundings) -> None:
    wait(around, 2)
    worker = around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(0))
    around.now += 5
    around.network.failing = {"DynamoDB BatchGetItem"}
    assert around.run(worker, *records(1, 3)) == ["m1", "m3"]
    assert around.sqs.hidden == {"m1": 3, "m2": 3, "m3": 3}


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


@pytest.mark.parametrize("batch", [True, False])
def test_isolated_event_costs_two_writes_and_a_read(around: Surroundings, batch: bool) -> None:
    worker = around.worker(Recorder(), batch=batch, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    around.dynamodb.calls.clear()
    around.now += 5
    around.run(worker, *records(2))
    assert around.dynamodb.calls == {"rate-limit": 1, "a read": 1, "a batch": 1}


def test_read_beside_a_permit_of_anothers_is_repeated(around: Surroundings) -> None:
    """Another environment delivers the event between what this one reads and the permit that it gets."""
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    another = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    around.now += 5
    around.beside_runs = lambda: around.run(another, *records(2))
    around.run(worker, a_record(an_event("e2"), id="m3"))
    assert recorder.told == ["e1", "e2"]
    assert around.outcomes[-1] == "duplicate"


def test_read_that_fails_beside_is_repeated(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    around.now += 5
    around.network.failing = {"DynamoDB BatchGetItem"}
    around.beside_runs = around.network.failing.clear
    assert around.run(worker, *records(2)) == []
    assert recorder.told == ["e1", "e2"]


def test_ledger_that_cannot_be_read_delays_and_loses_nothing(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(1))
    around.now += 5
    around.network.failing = {"DynamoDB BatchGetItem"}
    assert around.run(worker, *records(2)) == ["m2"]
    assert around.sqs.hidden == {"m2": 3}
    around.network.failing.clear()
    assert around.run(worker, *records(2)) == []
    assert recorder.told == ["e1", "e2"]


def test_two_messages_of_an_event_are_told_once(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    copies = [a_record(an_event("e1"), id="m1"), a_record(an_event("e1"), id="m2")]
    assert around.run(worker, *copies) == ["m2"]
    assert recorder.batches == [["e1"]]


def test_duplicate_uses_up_nothing_of_the_pace(around: Surroundings) -> None:
    worker = around.worker(Recorder(), batch=True, rate_limit=RateLimit(per_second=1))
    around.run(worker, *records(1))
    around.now += 5
    for _ in range(3):
        around.run(worker, *records(1))
    around.run(worker, *records(2))
    assert around.slept == []


def test_delivery_whose_function_died_is_uncertain(around: Surroundings) -> None:
    def dies(events: Sequence[Event]) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        around.run(around.worker(dies, batch=True, rate_limit=ONE_A_SECOND), *records(1))
    around.now += 29.9
    recorder = Recorder()
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1)) == [
        "m1"
    ]  # waits a second, and the invocation may last for one more
    around.now += 1
    assert around.run(worker, *records(1)) == []
    assert (recorder.told, around.outcomes) == (["e1"], ["paced", "uncertain", "delivered"])


def test_all_that_a_dead_function_was_telling_is_uncertain(around: Surroundings) -> None:
    def dies(events: Sequence[Event]) -> None:
        raise SystemExit

    wait(around, 3)
    with pytest.raises(SystemExit):
        around.run(around.worker(dies, batch=True, rate_limit=ONE_A_SECOND), *records(1, 2))
    around.now += 31
    worker = around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1, 2, 3)) == []
    assert around.outcomes == ["uncertain"] * 3 + ["delivered"] * 3


def test_drained_message_that_failed_stays_in_the_queue(around: Surroundings) -> None:
    wait(around, 2)
    worker = around.worker(Recorder(RuntimeError("boom")), batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1, 3)) == ["m1", "m3"]
    assert around.queue.messages.keys() == {"m1", "m2", "m3"}
    assert around.sqs.hidden == {"m1": 3, "m2": 3, "m3": 3}


def test_message_received_twice_is_told_once(around: Surroundings) -> None:
    recorder = Recorder()
    around.queue.visibility = 0  # what is received is not hidden
    wait(around, 2)
    around.queue.visible *= 2
    around.run(around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), *records(1, 3))
    assert recorder.batches == [["e1", "e3", "e2"]]


def test_no_more_is_drained_than_a_function_can_hold(around: Surroundings) -> None:
    recorder = Recorder()
    wait(around, *range(300))
    around.run(around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), *records(1000, 1001))
    assert len(recorder.batches[0]) == MAX_DRAINED + 2


def test_no_more_is_drained_than_fits_into_memory(around: Surroundings) -> None:
    recorder = Recorder()
    for n in range(30):
        around.wait(an_event(f"e{n}", text="x" * 200_000), id=f"m{n}")
    around.run(around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), *records(1000, 1001))
    assert len(recorder.batches[0]) == 22  # 20 of them are above 4 MB


def test_draining_ends_when_half_of_the_time_is_gone(around: Surroundings) -> None:
    def take_time(*_: object) -> None:
        around.remaining_ms -= 400

    recorder = Recorder()
    around.sqs.received = take_time
    wait(around, *range(100))
    around.run(around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), *records(1000, 1001))
    assert len(recorder.batches[0]) == 42  # four calls of 4 s each


def test_queue_that_cannot_be_drained_delays_nothing(around: Surroundings) -> None:
    recorder = Recorder()
    around.network.failing = {"SQS ReceiveMessage"}
    worker = around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND)
    assert around.run(worker, *records(1, 2)) == []
    assert (recorder.told, around.outcomes) == (["e1", "e2"], ["receive_failed", "delivered", "delivered"])


def test_drained_message_that_is_not_deleted_is_reported(around: Surroundings) -> None:
    recorder = Recorder()
    wait(around, 2)
    around.network.failing = {"SQS DeleteMessageBatch"}
    around.run(around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), *records(1, 3))
    assert around.outcomes == ["delivered", "delivered", "delivered", "delete_failed"]


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
