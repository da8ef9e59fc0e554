"""Every event ends delivered, postponed or dead; none touches its neighbours."""

import datetime as dt
from collections.abc import Sequence
from http.client import IncompleteRead

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.claims import Claim, ClaimRequest
from lambdas.runtime.context import is_retried
from lambdas.runtime.worker import Worker
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record

HOUR = 3600


def records(*numbers: int, receives: int = 1) -> list[dict[str, object]]:
    return [a_record(an_event(f"e{n}"), id=f"m{n}", receives=receives) for n in numbers]


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


def test_unknown_failure_is_tried_again_on_the_schedule(around: Surroundings) -> None:
    worker = around.worker(Recorder(e1=RuntimeError("boom")), give_up_after=1e6)
    waits = []
    for _ in range(12):
        # however often it was received: a throttled function does not use up the schedule
        assert around.run(worker, a_record(an_event("e1"), receives=50)) == ["m1"]
        waits.append(around.reported[-1][1]["next_try_in"])
        around.now += waits[-1]
    assert waits == [3, 3, 6, 12, 24, 48, 96, 192, 384, 768, 900, 900]
    assert [facts["attempt"] for _, facts in around.reported] == list(range(1, 13))
    assert [facts["failing_for"] for _, facts in around.reported][:4] == [0, 3, 6, 12]


def test_named_time_uses_up_nothing_of_the_schedule(around: Surroundings) -> None:
    recorder = Recorder(e1=Retry(after=2))
    worker = around.worker(recorder)
    for _ in range(5):
        around.run(worker, a_record(an_event("e1")))
        around.now += 2
    recorder.failures["e1"] = RuntimeError("boom")
    around.run(worker, a_record(an_event("e1")))
    assert around.sqs.hidden == {"m1": 3}


def test_time_beyond_what_a_queue_hides_is_kept(around: Surroundings) -> None:
    recorder = Recorder(e1=Retry(after=20 * HOUR))
    worker = around.worker(recorder)
    around.run(worker, a_record(an_event("e1")))
    assert around.reported[-1][1]["next_try_in"] == 20 * HOUR
    around.now += around.sqs.hidden["m1"]
    recorder.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), receives=2)) == ["m1"]
    assert around.now + around.sqs.hidden["m1"] == SENT_AT + 20 * HOUR
    around.now = SENT_AT + 20 * HOUR
    assert around.run(worker, a_record(an_event("e1"), receives=3)) == []
    assert recorder.told == ["e1"]


def test_second_message_of_a_waiting_event_waits_too(around: Surroundings) -> None:
    recorder = Recorder(e1=Retry(after=60, reason="busy"))
    worker = around.worker(recorder)
    around.run(worker, a_record(an_event("e1")))
    recorder.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == ["m2"]
    assert around.sqs.hidden["m2"] == 60
    assert recorder.told == []


def test_destination_that_names_a_time_is_given_it(around: Surroundings) -> None:
    worker = around.worker(Recorder(e1=Retry(after=77.2, reason="busy")))
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.sqs.hidden == {"m1": 78}
    assert around.reported == [("postponed", {"reason": "busy", "next_try_in": 78, "attempt": 1})]


def test_failed_event_is_delivered_later(around: Surroundings) -> None:
    recorder = Recorder(e1=RuntimeError("boom"))
    worker = around.worker(recorder)
    around.run(worker, a_record(an_event("e1")))
    recorder.failures.clear()
    around.now += 5
    assert around.run(worker, a_record(an_event("e1"))) == []
    assert recorder.told == ["e1"]


def test_failure_neither_delays_nor_fails_its_neighbours(around: Surroundings) -> None:
    recorder = Recorder(e2=RuntimeError("boom"))
    assert around.run(around.worker(recorder), *records(1, 2, 3)) == ["m2"]
    assert recorder.told == ["e1", "e3"]


def test_dead_letter_carries_the_reason_and_the_attempts(around: Surroundings) -> None:
    worker = around.worker(Recorder(e1=Undeliverable("no such channel")))
    around.now = SENT_AT + 1
    assert around.run(worker, a_record(an_event("e1"), receives=3)) == []
    [letter] = around.dead_letters.messages.values()
    first = dt.datetime.fromtimestamp(SENT_AT, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert letter.attributes == {
        "Reason": "no such channel",
        "Subscriber": "Pager",
        "Attempts": "1",
        "FirstAttempt": first,
        "LastAttempt": first.replace(":00.000Z", ":01.000Z"),
    }
    assert Event.from_json(letter.body).id == "e1"


@pytest.mark.parametrize(
    ("retried", "age", "expected"), [("now", 0, True), ("now", 59, True), ("now", 60, False), ("", 0, False)]
)
def test_notifier_knows_that_an_operator_has_just_asked(
    around: Surroundings, retried: str, age: float, expected: bool
) -> None:
    seen: list[bool] = []
    worker = around.worker(lambda events: seen.append(is_retried()))
    around.now += age
    around.run(worker, a_record(an_event("e1"), retried=retried))
    assert seen == [expected]
    assert not is_retried()


def test_what_an_operator_wants_now_is_known_when_it_is_drained(around: Surroundings) -> None:
    seen: list[bool] = []
    worker = around.worker(lambda events: seen.append(is_retried()), batch=True, rate_limit=RateLimit(1))
    around.sqs.put(around.queue, an_event("e2").to_json(), {"Retried": "now"}, id="m2")
    around.clock.run(around.now)
    around.run(worker, a_record(an_event("e1"), id="m1"), a_record(an_event("e3"), id="m3"))
    assert seen == [True]


def test_redriven_dead_letter_is_delivered(around: Surroundings) -> None:
    recorder = Recorder(e1=Undeliverable("no such channel"))
    worker = around.worker(recorder)
    around.run(worker, a_record(an_event("e1")))
    recorder.failures.clear()
    around.run(worker, a_record(an_event("e1"), id="m2", reason="no such channel"))
    assert recorder.told == ["e1"]


def test_second_message_of_a_dead_event_is_a_duplicate(around: Surroundings) -> None:
    recorder = Recorder(e1=Undeliverable("no such channel"))
    worker = around.worker(recorder)
    around.run(worker, a_record(an_event("e1")))
    recorder.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == []
    assert (recorder.told, around.outcomes) == ([], ["dead", "duplicate"])


def test_dead_message_still_in_the_queue_is_not_tried_again(around: Surroundings) -> None:
    recorder = Recorder(e1=Undeliverable("no such channel"))
    worker = around.worker(recorder)
    around.run(worker, a_record(an_event("e1")))
    recorder.failures.clear()
    assert around.run(worker, a_record(an_event("e1"), receives=2)) == []
    assert recorder.told == []
    assert around.reasons == ["no such channel"] * 2


@pytest.mark.parametrize(
    "lost", [TimeoutError(), ConnectionResetError(), IncompleteRead(b""), Retry(reason="?", uncertain=True)]
)
def test_lost_answer_is_uncertain(around: Surroundings, lost: Exception) -> None:
    worker = around.worker(Recorder(e1=lost))
    assert around.run(worker, a_record(an_event("e1"))) == ["m1"]
    assert around.outcomes == ["uncertain", "postponed"]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", '{"specversion":"1.0"}', '{"specversion":"0.3","id":"1"}']
)
def test_invalid_event_becomes_a_dead_letter(around: Surroundings, body: str) -> None:
    recorder = Recorder()
    assert around.run(around.worker(recorder), a_record(body), a_record(an_event("e1"), id="m2")) == []
    [reason] = around.reasons
    assert reason.startswith("not an event: ")
    assert [letter.attributes["Attempts"] for letter in around.dead_letters.messages.values()] == ["1"]
    assert recorder.told == ["e1"]


def test_event_is_given_up_where_the_next_try_is_too_late(around: Surroundings) -> None:
    worker = around.worker(Recorder(e1=RuntimeError("boom")), give_up_after=900)
    around.run(worker, a_record(an_event("e1")))
    around.now = SENT_AT + 700
    assert around.run(worker, a_record(an_event("e1"))) == []
    assert around.reasons == ["given up after 2 attempts: RuntimeError"]


def test_event_that_comes_too_late_is_given_up_untold(around: Surroundings) -> None:
    recorder = Recorder()
    around.now = SENT_AT + 901
    assert around.run(around.worker(recorder, give_up_after=900), a_record(an_event("e1"))) == []
    assert recorder.told == []
    assert around.reasons == ["given up: too late to be of use"]


def test_event_is_delivered_up_to_its_last_moment(around: Surroundings) -> None:
    recorder = Recorder()
    around.now = SENT_AT + 900
    assert around.run(around.worker(recorder, give_up_after=900), a_record(an_event("e1"))) == []
    assert recorder.told == ["e1"]


def test_retry_at_once_is_one(around: Surroundings) -> None:
    around.run(around.worker(Recorder(e1=Retry(after=0))), a_record(an_event("e1")))
    assert around.sqs.hidden == {"m1": 0}
    assert around.reported[-1][1]["next_try_in"] == 0


def test_late_redelivery_is_a_duplicate_and_no_dead_letter(around: Surroundings) -> None:
    worker = around.worker(Recorder(), give_up_after=900)
    around.run(worker, a_record(an_event("e1")))
    around.now = SENT_AT + 901
    assert around.run(worker, a_record(an_event("e1"), id="m2")) == []
    assert around.outcomes == ["delivered", "duplicate"]


def test_batch_fails_together_but_for_what_was_delivered(around: Surroundings) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, batch=True)
    around.run(worker, *records(1))
    recorder.failures["e2"] = RuntimeError("boom")
    assert around.run(worker, *records(1, 2)) == ["m2"]


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
