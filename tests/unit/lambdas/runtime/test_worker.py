"""Every message ends delivered, postponed or in the dead letters; none touches its neighbours."""

import datetime as dt
from collections.abc import Sequence
from http.client import IncompleteRead

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.runtime.ledger import REMEMBERED, Claim
from lambdas.runtime.table import RefusedError
from lambdas.runtime.worker import Worker
from tests.fakes.events import an_event
from tests.unit.lambdas.runtime.conftest import SENT_AT, Surroundings, a_record


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
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == []
    assert notifier.told == ["e1"]
    assert around.outcomes == ["delivered", "duplicate"]


@pytest.mark.parametrize(("sent", "outcome"), [(REMEMBERED - 1, "duplicate"), (REMEMBERED, "delivered")])
def test_a_repetition_is_judged_by_when_it_was_sent(around: Surroundings, sent: float, outcome: str) -> None:
    worker = around.worker(Notifier(), give_up_after=13 * 86_400)
    around.run(worker, a_record(an_event("e1")))
    around.now += 13 * 86_400  # however late it is read
    around.run(worker, a_record(an_event("e1"), id="m2", sent_after=sent))
    assert around.outcomes == ["delivered", outcome]


def test_the_same_id_at_another_endpoint_is_another_event(around: Surroundings) -> None:
    notifier = Notifier()
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")), a_record(an_event("e1", source="/endpoints/code"), id="m2"))
    assert notifier.told == ["e1", "e1"]


def test_a_delivery_costs_two_calls_of_the_store(around: Surroundings) -> None:
    around.run(around.worker(Notifier()), a_record(an_event("e1")))
    assert around.table.calls == 2


def claim_elsewhere(around: Surroundings, worker: Worker, *, until: float) -> Claim:
    return worker.ledger.claim(
        "/endpoints/site/e1", message="m0", sent_at=SENT_AT, by="m0/1", now=around.now, until=until
    )


@pytest.mark.parametrize(("left", "seconds"), [(30, 5), (3, 3)])
def test_a_claim_held_elsewhere_is_looked_at_again_soon(
    around: Surroundings, left: float, seconds: int
) -> None:
    worker = around.worker(Notifier())
    claim_elsewhere(around, worker, until=around.now + left)
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.sqs.hidden == {"receipt-m1": seconds}
    assert around.told == [("postponed", {"reason": "being delivered elsewhere", "next_try_in": seconds})]


def test_a_claim_whose_holder_died_is_taken_over_and_counted(around: Surroundings) -> None:
    notifier = Notifier()
    worker = around.worker(notifier)
    claim_elsewhere(around, worker, until=around.now + 30)
    around.now += 31
    assert around.run(worker, a_record(an_event("e1"), receives=2)) == []
    assert notifier.told == ["e1"]
    assert around.outcomes == ["uncertain", "delivered"]


def test_a_claim_that_was_taken_over_cannot_be_given_back_by_its_first_holder(around: Surroundings) -> None:
    notifier = Notifier()
    worker = around.worker(notifier)
    late = claim_elsewhere(around, worker, until=around.now)
    around.run(worker, a_record(an_event("e1"), receives=2))
    with pytest.raises(RefusedError):
        worker.ledger.postpone(late, until=around.now, now=around.now, reason="late", failures=1, alone=False)
    around.run(worker, a_record(an_event("e1"), receives=3))
    assert notifier.told == ["e1"]


def test_the_same_claim_made_twice_is_one(around: Surroundings) -> None:
    """The first answer of the table may be lost on its way, and the client then asks again."""
    worker = around.worker(Notifier())
    worker.ledger.claim(
        "/endpoints/site/e1", message="m1", sent_at=SENT_AT, by="1/m1", now=around.now, until=around.now + 30
    )
    assert around.run(worker, a_record(an_event("e1"))) == []
    assert around.outcomes == ["delivered"]


def test_an_unknown_failure_is_tried_again_on_the_schedule(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=RuntimeError("boom")), give_up_after=1e6)
    waits = []
    for _ in range(8):
        # however often it was received: a throttled function does not use up the schedule
        assert around.run(worker, a_record(an_event("e1"), receives=50)) == ["m1"]
        waits.append(around.sqs.hidden["receipt-m1"])
        around.now += 12 * 3600
    longest = 12 * 3600 - 900
    assert waits == [5, 300, 1800, 7200, 18000, 36000, longest, longest]
    assert [facts["attempt"] for _, facts in around.told] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_time_that_is_named_uses_up_nothing_of_the_schedule(around: Surroundings) -> None:
    notifier = Notifier(e1=Retry(after=2))
    worker = around.worker(notifier)
    for _ in range(5):
        around.run(worker, a_record(an_event("e1")))
        around.now += 2
    notifier.failures["e1"] = RuntimeError("boom")
    around.run(worker, a_record(an_event("e1")))
    assert around.sqs.hidden == {"receipt-m1": 5}


def test_a_time_beyond_what_the_queue_can_hide_is_kept_all_the_same(around: Surroundings) -> None:
    notifier = Notifier(e1=Retry(after=20 * 3600))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    around.now += around.sqs.hidden["receipt-m1"]
    notifier.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), receives=2)) == ["m1"]
    assert around.now + around.sqs.hidden["receipt-m1"] == SENT_AT + 20 * 3600
    around.now = SENT_AT + 20 * 3600
    assert around.run(worker, a_record(an_event("e1"), receives=3)) == []
    assert notifier.told == ["e1"]


def test_a_second_message_of_an_event_that_waits_is_no_way_around(around: Surroundings) -> None:
    notifier = Notifier(e1=Retry(after=60, reason="busy"))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == ["m2"]
    assert around.sqs.hidden["receipt-m2"] == 60
    assert notifier.told == []


def test_a_destination_that_names_a_time_is_given_that_time(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=Retry(after=77.2, reason="busy")))
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.sqs.hidden == {"receipt-m1": 78}
    assert around.told == [("postponed", {"reason": "busy", "next_try_in": 78, "attempt": 1})]


def test_a_failed_delivery_can_be_made_later(around: Surroundings) -> None:
    notifier = Notifier(e1=RuntimeError("boom"))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures.clear()
    around.now += 5
    assert around.run(worker, a_record(an_event("e1"))) == []
    assert notifier.told == ["e1"]


def test_a_failure_neither_delays_nor_fails_its_neighbours(around: Surroundings) -> None:
    notifier = Notifier(e2=RuntimeError("boom"))
    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2, 3)]
    assert around.run(around.worker(notifier), *records) == ["m2"]
    assert notifier.told == ["e1", "e3"]


def test_what_is_undeliverable_goes_to_the_dead_letters_with_the_reason(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=Undeliverable("no such channel")))
    around.now = SENT_AT + 1
    assert around.run(worker, a_record(an_event("e1"), receives=3)) == []
    [letter] = around.sqs.dead
    attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
    first = dt.datetime.fromtimestamp(SENT_AT, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert attributes == {
        "Reason": "no such channel",
        "Subscriber": "Pager",
        "Attempts": "1",
        "FirstAttempt": first,
        "LastAttempt": first.replace(":00.000Z", ":01.000Z"),
    }
    assert Event.from_json(letter["MessageBody"]).id == "e1"


def test_an_undeliverable_event_can_be_tried_again_by_a_person(around: Surroundings) -> None:
    notifier = Notifier(e1=Undeliverable("no such channel"))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures.clear()
    around.run(worker, a_record(an_event("e1"), id="m2", reason="no such channel"))
    assert notifier.told == ["e1"]


def test_a_second_message_of_what_is_dead_does_not_bring_it_back(around: Surroundings) -> None:
    notifier = Notifier(e1=Undeliverable("no such channel"))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == []
    assert notifier.told == []
    assert around.outcomes == ["dead", "duplicate"]


def test_a_claim_that_was_taken_over_by_a_call_made_twice_is_counted_too(around: Surroundings) -> None:
    worker = around.worker(Notifier())
    claim_elsewhere(around, worker, until=around.now)
    worker.ledger.claim(
        "/endpoints/site/e1", message="m1", sent_at=SENT_AT, by="1/m1", now=around.now, until=around.now + 30
    )
    around.run(worker, a_record(an_event("e1")))
    assert around.outcomes == ["uncertain", "delivered"]


@pytest.mark.parametrize("lost", [TimeoutError(), ConnectionResetError(), IncompleteRead(b"")])
def test_an_answer_that_was_lost_is_counted_since_it_may_have_been_yes(
    around: Surroundings, lost: Exception
) -> None:
    worker = around.worker(Notifier(e1=lost))
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.outcomes == ["uncertain", "postponed"]


def test_a_message_that_died_just_before_it_left_the_queue_is_not_tried_again(around: Surroundings) -> None:
    notifier = Notifier(e1=Undeliverable("no such channel"))
    worker = around.worker(notifier)
    around.run(worker, a_record(an_event("e1")))
    notifier.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), receives=2)) == []
    assert notifier.told == []
    assert around.sqs.reasons == ["no such channel"] * 2


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"specversion":"1.0"}', '{"specversion":"0.3","id":"1"}']
)
def test_a_message_that_is_no_event_goes_to_the_dead_letters(around: Surroundings, body: str) -> None:
    notifier = Notifier()
    assert around.run(around.worker(notifier), a_record(body), a_record(an_event("e1"), id="m2")) == []
    [reason] = around.sqs.reasons
    assert reason.startswith("not an event: ")
    assert notifier.told == ["e1"]


def test_an_event_is_given_up_when_the_next_try_would_be_too_late(around: Surroundings) -> None:
    worker = around.worker(Notifier(e1=RuntimeError("boom")), give_up_after=900)
    around.run(worker, a_record(an_event("e1")))
    around.now = SENT_AT + 700
    assert around.run(worker, a_record(an_event("e1"))) == []
    assert around.sqs.reasons == ["given up after 2 attempts: RuntimeError"]


def test_an_event_that_comes_too_late_is_not_told(around: Surroundings) -> None:
    notifier = Notifier()
    around.now = SENT_AT + 901
    assert around.run(around.worker(notifier, give_up_after=900), a_record(an_event("e1"))) == []
    assert notifier.told == []
    assert around.sqs.reasons == ["given up: too late to be of use"]


def test_a_redelivery_of_what_was_told_is_no_dead_letter_however_late(around: Surroundings) -> None:
    worker = around.worker(Notifier(), give_up_after=900)
    around.run(worker, a_record(an_event("e1")))
    around.now = SENT_AT + 901
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == []
    assert around.outcomes == ["delivered", "duplicate"]


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
    around.table.failing = {"update"}
    assert around.run(around.worker(notifier), a_record(an_event("e1"))) == ["m1"]
    assert notifier.told == []


def test_a_delivery_that_cannot_be_recorded_is_counted_and_not_repeated(around: Surroundings) -> None:
    around.table.failing = {"put"}
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


def test_only_the_events_that_are_named_are_tried_again(around: Surroundings) -> None:
    def notifier(events: Sequence[Event]) -> None:
        raise Retry(after=7, reason="no room", of=[event for event in events if event.id == "e2"])

    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2, 3)]
    assert around.run(around.worker(notifier, together=True), *records) == ["m2"]
    assert around.sqs.hidden == {"receipt-m2": 7}
    assert sorted(around.outcomes) == ["delivered", "delivered", "postponed"]


def test_a_batch_that_is_refused_is_tried_one_by_one_before_any_is_given_up(around: Surroundings) -> None:
    told: list[list[str]] = []

    def notifier(events: Sequence[Event]) -> None:
        if any(event.id == "e2" for event in events):
            raise Undeliverable("what is this")
        told.append([event.id for event in events])

    worker = around.worker(notifier, together=True)
    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2, 3)]
    assert around.run(worker, *records) == ["m1", "m2", "m3"]
    assert around.sqs.dead == []
    records = [a_record(an_event(f"e{n}"), id=f"m{n}", receives=2) for n in (1, 2, 3)]
    assert around.run(worker, *records) == []
    assert told == [["e1"], ["e3"]]
    assert around.sqs.reasons == ["what is this"]


def test_one_that_is_known_to_be_wrong_is_given_up_at_once(around: Surroundings) -> None:
    def notifier(events: Sequence[Event]) -> None:
        raise Undeliverable("no number", of=[event for event in events if event.id == "e2"])

    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in (1, 2)]
    assert around.run(around.worker(notifier, together=True), *records) == []
    assert around.sqs.reasons == ["no number"]
    assert sorted(around.outcomes) == ["dead", "delivered"]


def test_a_batch_may_end_in_several_ways(around: Surroundings) -> None:
    def mixed(events: Sequence[Event]) -> None:
        first, second, _ = events
        answers = [Retry(after=7, reason="not now", of=[first]), Undeliverable("never", of=[second])]
        raise ExceptionGroup("two of three", answers)

    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in range(3)]
    assert around.run(around.worker(mixed, together=True), *records) == ["m0"]
    assert around.sqs.hidden == {"receipt-m0": 7}
    assert around.sqs.reasons == ["never"]
    assert sorted(around.outcomes) == ["dead", "delivered", "postponed"]


def test_whatever_else_several_failures_are_they_mean_again(around: Surroundings) -> None:
    def torn(events: Sequence[Event]) -> None:
        raise ExceptionGroup("all", [KeyError("a"), ValueError("b")])

    records = [a_record(an_event(f"e{n}"), id=f"m{n}") for n in range(2)]
    assert around.run(around.worker(torn, together=True), *records) == ["m0", "m1"]
    assert around.outcomes == ["postponed", "postponed"]
