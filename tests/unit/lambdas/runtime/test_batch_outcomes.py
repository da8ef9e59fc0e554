"""The events of a batch end each in its own way; none touches its neighbours."""

from collections.abc import Sequence

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from tests.fakes.subscriber import Recorder, Surroundings
from tests.unit.lambdas.runtime.batches import records


def test_failure_neither_delays_nor_fails_its_neighbours(around: Surroundings) -> None:
    recorder = Recorder(e2=RuntimeError("boom"))
    assert around.run(around.worker(recorder), *records(1, 2, 3)) == ["m2"]
    assert recorder.told == ["e1", "e3"]


def test_batch_fails_together_but_for_what_was_delivered(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True)
    around.run(worker, *records(1))
    recorder.failures["e2"] = RuntimeError("boom")
    assert around.run(worker, *records(1, 2)) == ["m2"]


def test_retry_of_named_events_leaves_the_others_delivered(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        raise Retry(after=7, reason="no room", of=[event for event in events if event.id == "e2"])

    assert around.run(around.worker(notify, batch=True), *records(1, 2, 3)) == ["m2"]
    assert around.sqs.hidden == {"m2": 7}
    assert sorted(around.outcomes) == ["delivered", "delivered", "postponed"]


def test_refused_batch_is_isolated_before_any_is_given_up(around: Surroundings) -> None:
    recorder = Recorder(e2=Undeliverable("what is this"))
    worker = around.worker(recorder, batch=True)
    assert around.run(worker, *records(1, 2, 3)) == ["m1", "m2", "m3"]
    assert around.reasons == []
    assert around.run(worker, *records(1, 2, 3, receives=2)) == []
    assert recorder.batches == [["e1"], ["e3"]]
    assert around.reasons == ["what is this"]


def test_two_that_were_refused_together_are_tried_alone_at_once(around: Surroundings) -> None:
    worker = around.worker(Recorder(Undeliverable("what is this")), batch=True)
    assert around.run(worker, *records(1, 2)) == ["m1", "m2"]
    assert around.sqs.hidden == {"m1": 0, "m2": 0}
    assert around.run(worker, *records(1, 2, receives=2)) == []


def test_events_that_are_all_known_to_be_wrong_are_given_up(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        raise Undeliverable("no number", of=events)

    assert around.run(around.worker(notify, batch=True), *records(1, 2)) == []
    assert around.reasons == ["no number"] * 2


def test_event_known_to_be_wrong_is_given_up_at_once(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        raise Undeliverable("no number", of=[event for event in events if event.id == "e2"])

    assert around.run(around.worker(notify, batch=True), *records(1, 2)) == []
    assert around.reasons == ["no number"]
    assert sorted(around.outcomes) == ["dead", "delivered"]


def test_batch_may_end_in_several_ways(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        first, second, _ = events
        answers = [Retry(after=7, reason="not now", of=[first]), Undeliverable("never", of=[second])]
        raise ExceptionGroup("two of three", answers)

    assert around.run(around.worker(notify, batch=True), *records(0, 1, 2)) == ["m0"]
    assert around.sqs.hidden == {"m0": 7}
    assert around.reasons == ["never"]
    assert sorted(around.outcomes) == ["dead", "delivered", "postponed"]


def test_group_of_other_exceptions_means_later(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        raise ExceptionGroup("all", [KeyError("a"), ValueError("b")])

    assert around.run(around.worker(notify, batch=True), *records(0, 1)) == ["m0", "m1"]
    assert around.outcomes == ["circuit_opened", "postponed", "postponed"]
