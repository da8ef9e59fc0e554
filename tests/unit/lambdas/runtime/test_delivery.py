"""An event is delivered once: by one function at a time, and known as delivered afterwards."""

from collections.abc import Sequence
from http.client import IncompleteRead

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.runtime.claims import Claim, ClaimRequest
from lambdas.runtime.worker import Worker
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record
from tests.unit.lambdas.runtime.batches import records


def claim_elsewhere(around: Surroundings, worker: Worker, *, expires_at: float) -> Claim:
    return worker.context.ledger.claim(
        ClaimRequest(
            key="/endpoints/site/e1",
            message="m0",
            sent_at=SENT_AT,
            owner="0/m0",
            now=around.now,
            expires_at=expires_at,
            redriven=False,
            first=False,
        )
    )


def test_delivered_message_leaves_the_queue(around: Surroundings) -> None:
    recorder = Recorder()
    assert around.run(around.worker(recorder), a_record(an_event("e1"))) == []
    assert (recorder.told, around.outcomes) == (["e1"], ["delivered"])


def test_age_is_counted_from_the_sending(around: Surroundings) -> None:
    around.now += 1.5
    around.run(around.worker(Recorder()), a_record(an_event("e1")))
    assert around.ages == [1500]


def test_redelivery_is_a_duplicate(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder)
    around.run(worker, a_record(an_event("e1")))
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == []
    assert (recorder.told, around.outcomes) == (["e1"], ["delivered", "duplicate"])


def test_same_id_of_another_endpoint_is_another_event(around: Surroundings) -> None:
    recorder = Recorder()
    elsewhere = an_event("e1", source="/endpoints/code")
    around.run(around.worker(recorder), a_record(an_event("e1")), a_record(elsewhere, id="m2"))
    assert recorder.told == ["e1", "e1"]


@pytest.mark.parametrize(("left", "seconds"), [(30, 5), (3, 3)])
def test_claimed_event_is_looked_at_again_soon(around: Surroundings, left: float, seconds: int) -> None:
    worker = around.worker(Recorder())
    claim_elsewhere(around, worker, expires_at=around.now + left)
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.sqs.hidden == {"m1": seconds}
    assert around.reported == [("postponed", {"reason": "being delivered elsewhere", "next_try_in": seconds})]


def test_expired_claim_is_taken_over_and_uncertain(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder)
    claim_elsewhere(around, worker, expires_at=around.now + 30)
    around.now += 31
    assert around.run(worker, a_record(an_event("e1"), receives=2)) == []
    assert (recorder.told, around.outcomes) == (["e1"], ["uncertain", "delivered"])


def test_claim_lapses_when_its_function_is_over_for_certain(around: Surroundings) -> None:
    def dies(events: Sequence[Event]) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        around.run(around.worker(dies), a_record(an_event("e1")))
    recorder = Recorder()
    around.now = SENT_AT + 30.9  # a second more than the invocation, since two clocks differ
    assert around.run(around.worker(recorder), a_record(an_event("e1"), receives=2)) == ["m1"]
    around.now = SENT_AT + 31
    assert around.run(around.worker(recorder), a_record(an_event("e1"), receives=3)) == []
    assert recorder.told == ["e1"]


@pytest.mark.parametrize(
    "lost", [TimeoutError(), ConnectionResetError(), IncompleteRead(b""), Retry(reason="?", uncertain=True)]
)
def test_lost_answer_is_uncertain(around: Surroundings, lost: Exception) -> None:
    worker = around.worker(Recorder(e1=lost))
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.outcomes == ["uncertain", "postponed"]


def test_late_redelivery_is_a_duplicate_and_no_dead_letter(around: Surroundings) -> None:
    worker = around.worker(Recorder(), give_up_after=900)
    around.run(worker, a_record(an_event("e1")))
    around.now = SENT_AT + 901
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == []
    assert around.outcomes == ["delivered", "duplicate"]


def test_ledger_that_is_away_delays_and_loses_nothing(around: Surroundings) -> None:
    recorder = Recorder()
    around.network.failing = {"DynamoDB UpdateItem"}
    assert around.run(around.worker(recorder), a_record(an_event("e1"))) == ["m1"]
    assert around.sqs.hidden == {"m1": 3}
    around.now += 60
    assert around.run(around.worker(recorder), a_record(an_event("e1"), receives=2)) == ["m1"]
    assert around.sqs.hidden == {"m1": 60}
    assert recorder.told == []


def test_unrecorded_delivery_is_counted_and_not_repeated(around: Surroundings) -> None:
    around.network.failing = {"DynamoDB BatchWriteItem"}
    assert around.run(around.worker(Recorder()), a_record(an_event("e1"))) == []
    assert around.outcomes == ["record_failed"]


def test_queue_that_is_away_keeps_its_messages(around: Surroundings) -> None:
    around.network.failing = {"SQS"}
    worker = around.worker(Recorder(e1=Undeliverable("never"), e2=RuntimeError("boom")))
    assert around.run(worker, *records(1, 2)) == ["m1", "m2"]
    assert sorted(around.outcomes) == ["change_visibility_failed", "dead_letter_failed", "postponed"]


def test_message_that_the_queue_does_not_hide_is_reported(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        around.queue.messages["m1"].receipt = "m1#2"  # it has been received once more meanwhile
        raise RuntimeError("boom")

    assert around.run(around.worker(notify), a_record(an_event("e1"))) == ["m1"]
    assert around.outcomes == ["postponed", "change_visibility_failed"]


def test_claim_that_cannot_be_given_back_is_reported(around: Surroundings) -> None:
    def notify(events: Sequence[Event]) -> None:
        around.network.failing = {"DynamoDB"}
        raise RuntimeError("boom")

    assert around.run(around.worker(notify), a_record(an_event("e1"))) == ["m1"]
    assert around.outcomes == ["circuit_breaker_failed", "release_failed", "postponed"]


def test_unknown_exception_is_reported_by_its_name_only(around: Surroundings) -> None:
    worker = around.worker(Recorder(e1=RuntimeError("the visitor's address is secret@example.com")))
    around.run(worker, a_record(an_event("e1")))
    assert "secret" not in repr(around.reported)
