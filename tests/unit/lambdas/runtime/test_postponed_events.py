"""An event that failed is tried again: on the schedule, or when the destination or an operator says."""

import pytest

from lambdas.contracts.outcomes import Retry
from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.context import is_retried
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record

HOUR = 3600


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


def test_retry_at_once_is_one(around: Surroundings) -> None:
    around.run(around.worker(Recorder(e1=Retry(after=0))), a_record(an_event("e1")))
    assert around.sqs.hidden == {"m1": 0}
    assert around.reported[-1][1]["next_try_in"] == 0
