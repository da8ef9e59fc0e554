"""What a batch is delivered as: together, within what time, once each, and what becomes of it where a function dies."""

from collections.abc import Sequence

import pytest

from lambdas.contracts.event import Event
from tests.fakes.events import an_event
from tests.fakes.subscriber import Recorder, Surroundings, a_record
from tests.unit.lambdas.runtime.batches import ONE_A_SECOND, records, wait


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


def test_delivery_that_was_not_recorded_is_uncertain_to_the_next(around: Surroundings) -> None:
    recorder = Recorder()
    around.network.failing = {"DynamoDB BatchWriteItem"}
    around.run(around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), *records(1))
    around.network.failing.clear()
    around.run(
        around.worker(recorder, batch=True, rate_limit=ONE_A_SECOND), a_record(an_event("e1"), id="m2")
    )
    assert around.outcomes == ["record_failed", "uncertain", "delivered"]


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
