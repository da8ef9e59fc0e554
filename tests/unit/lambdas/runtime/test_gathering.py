"""A call takes along what else waits in the queue: how much, how long, and what becomes of it."""

from dataclasses import replace

from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.gathering import MAX_DRAINED
from lambdas.runtime.turn import LATELY
from tests.fakes.events import an_event
from tests.fakes.subscriber import Recorder, Surroundings
from tests.unit.lambdas.runtime.batches import ONE_A_SECOND, records, wait


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


def test_gathered_message_that_failed_stays_in_the_queue(around: Surroundings) -> None:
    wait(around, 10)
    worker = replace(around.worker(Recorder(RuntimeError("boom")), batch=True), gather=True)
    around.run(worker, *records(*range(10)))
    assert "m10" in around.queue.messages


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


def test_what_was_drained_in_vain_is_given_back(around: Surroundings) -> None:
    wait(around, 2)
    worker = around.worker(Recorder(), batch=True, rate_limit=ONE_A_SECOND)
    around.run(worker, *records(0))
    around.now += 5
    around.network.failing = {"DynamoDB BatchGetItem"}
    assert around.run(worker, *records(1, 3)) == ["m1", "m3"]
    assert around.sqs.hidden == {"m1": 3, "m2": 3, "m3": 3}


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
