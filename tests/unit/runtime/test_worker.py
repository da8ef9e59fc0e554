"""Every message ends delivered, postponed or in the dead letters; none touches its neighbours."""

import datetime as dt
from collections.abc import Sequence

import pytest

from lambdas.event import Event
from lambdas.runtime.outcome import Retry, Undeliverable
from tests.unit.events import an_event
from tests.unit.runtime.conftest import SENT_AT, Surroundings, a_record


class Notifier:
    """Takes note of what it is told; raises what it is given, by event id."""

    def __init__(self, **failures: Exception) -> None:
        self.failures = failures
        self.told: list[str] = []

    def __call__(self, events: Sequence[Event]) -> None:
        for event in events:
            if failure := self.failures.get(event.id):
                raise failure
        self.told += [event.id for event in events]


def test_a_delivered_message_leaves_the_queue(around: Surroundings) -> None:
    notifier = Notifier()
    assert around.run(around.worker(notifier), a_record(an_event("e1"))) == []
    assert notifier.told == ["e1"]
    assert around.outcomes == ["delivered"]


def test_a_redelivery_is_not_told_again(around: Surroundings) -> None:
    notifier = Notifier()
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    assert around.run(worker, a_record(an_event("e1"), id="m2", attempt=2)) == []
    assert notifier.told == ["e1"]
    assert around.outcomes == ["delivered", "duplicate"]


def test_the_same_id_at_another_endpoint_is_another_event(around: Surroundings) -> None:
    notifier = Notifier()
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")), a_record(an_event("e1", source="/endpoints/code"), id="m2"))
    assert notifier.told == ["e1", "e1"]


def test_a_delivery_costs_two_calls_of_the_store(around: Surroundings) -> None:
    around.run(around.worker(Notifier()), a_record(an_event("e1")))
    assert around.store.calls == 2


def test_a_claim_held_elsewhere_comes_back_when_it_has_lapsed(around: Surroundings) -> None:
    worker = around.worker(Notifier())
    worker.ledger.claim("/endpoints/site/e1", 30_000)
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.sqs.hidden == {"receipt-m1": 30}


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [
        (1, 5),
        (2, 300),
        (3, 1800),
        (4, 7200),
        (5, 18000),
        (6, 36000),
        (7, 12 * 3600 - 900),
        (12, 12 * 3600 - 900),
    ],
)
def test_an_unknown_failure_is_tried_again_on_the_schedule(
    around: Surroundings, attempt: int, seconds: int
) -> None:
    worker = around.worker(Notifier(e1=RuntimeError("boom")))
    assert around.run(worker, a_record(an_event("e1"), attempt=attempt)) == ["m1"]
    assert around.sqs.hidden == {"receipt-m1": seconds}


def test_a_destination_that_names_a_time_is_given_that_time(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=Retry(after=77.2, reason="busy")))
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.sqs.hidden == {"receipt-m1": 78}
    assert around.told == [("postponed", {"reason": "busy", "next_try_in": 78})]


def test_a_failed_delivery_can_be_made_later(around: Surroundings) -> None:
    notifier = Notifier(e1=RuntimeError("boom"))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), attempt=2)) == []
    assert notifier.told == ["e1"]


def test_a_failure_neither_delays_nor_fails_its_neighbours(around: Surroundings) -> None:
    notifier = Notifier(e2=RuntimeError("boom"))
    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2, 3)]
    assert around.run(around.worker(notifier), *records) == ["m2"]
    assert notifier.told == ["e1", "e3"]


def test_what_is_undeliverable_goes_to_the_dead_letters_with_the_reason(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=Undeliverable("no such channel")))
    around.now = SENT_AT + 1
    assert around.run(worker, a_record(an_event("e1"), attempt=3)) == []
    [letter] = around.sqs.dead
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    first = dt.datetime.fromtimestamp(SENT_AT, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert attributes == {
        "Reason": "no such channel",
        "Subscriber": "Pager",
        "Attempts": "3",
        "FirstAttempt": first,
        "LastAttempt": first.replace(":00.000Z", ":01.000Z"),
    }
    assert Event.from_json(letter["MessageBody"]).id == "e1"


def test_an_undeliverable_event_can_be_tried_again_by_a_person(around: Surroundings) -> None:
    notifier = Notifier(e1=Undeliverable("no such channel"))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures.clear()
    around.run(worker, a_record(an_event("e1"), id="m2"))
    assert notifier.told == ["e1"]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"specversion":"1.0"}', '{"specversion":"0.3","id":"1"}']
)
def test_a_message_that_is_no_event_goes_to_the_dead_letters(around: Surroundings, body: str) -> None:
    notifier = Notifier()
    assert around.run(around.worker(notifier), a_record(body), a_record(an_event("e1"), id="m2")) == []
    assert around.sqs.reasons == ["not an event"]
    assert notifier.told == ["e1"]


def test_an_event_is_given_up_when_the_next_try_would_be_too_late(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=RuntimeError("boom")), give_up_after=900)
    around.now = SENT_AT + 700
    assert around.run(worker, a_record(an_event("e1"), attempt=2)) == []
    assert around.sqs.reasons == ["given up after 2 attempts: RuntimeError"]


def test_an_event_that_comes_too_late_is_not_told(around: Surroundings) -> None:
    notifier = Notifier()
    around.now = SENT_AT + 901
    assert around.run(around.worker(notifier, give_up_after=900), a_record(an_event("e1"))) == []
    assert notifier.told == []
    assert around.sqs.reasons == ["given up: too late to be of use"]


def test_what_there_is_no_time_for_is_handed_back_at_once(around: Surroundings) -> None:
    def slow(events: Sequence[Event]) -> None:
        around.remaining_ms = 5_000

    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2)]
    assert around.run(around.worker(slow), *records) == ["m2"]
    assert around.sqs.hidden == {"receipt-m2": 0}


def test_a_batch_is_told_together(around: Surroundings) -> None:
    batches: list[list[str]] = []
    worker = around.worker(lambda events: batches.append([event.id for event in events]), together=True)
    around.run(worker, *(a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2, 3)))
    assert batches == [["e1", "e2", "e3"]]


def test_a_batch_fails_together_but_for_what_was_told_before(around: Surroundings) -> None:
    notifier = Notifier()
    worker = around.worker(notifier, together=True)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures["e2"] = RuntimeError("boom")
    assert around.run(worker, a_record(an_event("e1"), id="m1"), a_record(an_event("e2"), id="m2")) == ["m2"]


def test_a_store_that_is_away_delays_and_loses_nothing(around: Surroundings) -> None:
    notifier = Notifier()
    around.store.failing = {"put"}
    assert around.run(around.worker(notifier), a_record(an_event("e1"))) == ["m1"]
    assert notifier.told == []


def test_a_delivery_that_cannot_be_recorded_is_counted_and_not_repeated(around: Surroundings) -> None:
    around.store.failing = {"update"}
    assert around.run(around.worker(Notifier()), a_record(an_event("e1"))) == []
    assert around.outcomes == ["unrecorded"]


def test_a_queue_that_is_away_keeps_the_message(around: Surroundings) -> None:
    around.sqs.failing = True
    worker = around.worker(Notifier(e1=Undeliverable("never"), e2=RuntimeError("boom")))
    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2)]
    assert around.run(worker, *records) == ["m1", "m2"]


def test_nothing_of_an_unknown_exception_is_told_but_its_name(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=RuntimeError("the visitor's address is secret@example.com")))
    around.run(worker, a_record(an_event("e1")))
    assert "secret" not in repr(around.told)
