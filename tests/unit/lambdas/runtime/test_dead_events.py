"""An event that cannot be delivered is dead: why, after how long, and what becomes of it when it comes again."""

import datetime as dt

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Undeliverable
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record


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
