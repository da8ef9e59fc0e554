"""What opens the circuit of a destination and what leaves it closed; nothing is asked where all is well."""

from typing import Any

import pytest

from lambdas.contracts.circuit_item import CIRCUIT_ID
from lambdas.contracts.outcomes import Retry, Undeliverable
from tests.fakes.dynamodb import expiry
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record
from tests.unit.lambdas.runtime.outage import DOWN, Outage

HOUR = 3600


def test_healthy_destination_costs_no_look(around: Surroundings) -> None:
    worker = around.worker(Recorder())
    for n in range(20):
        around.run(worker, a_record(an_event(f"e{n}"), id=f"m{n}"))
    assert around.dynamodb.calls[CIRCUIT_ID] == 0


def test_one_event_that_fails_leaves_the_circuit_closed(around: Surroundings) -> None:
    recorder = Recorder(e0=DOWN)
    worker = around.worker(recorder)
    for at in (0, 3, 6, 12):
        around.now = SENT_AT + at
        around.run(worker, a_record(an_event("e0"), receives=2))
        around.run(worker, a_record(an_event(f"after-{at}"), id=f"m{at}"))
    assert recorder.told == ["after-0", "after-3", "after-6", "after-12"]
    assert "circuit_opened" not in around.outcomes


def test_success_between_two_failures_keeps_the_circuit_closed(around: Surroundings) -> None:
    worker = around.worker(Recorder(e0=DOWN, e2=DOWN))
    for id in ("e0", "e1", "e2"):
        around.run(worker, a_record(an_event(id), id=id))
    assert "circuit_opened" not in around.outcomes


def test_second_event_that_fails_opens_the_circuit(outage: Outage) -> None:
    assert outage.around.outcomes == ["postponed", "circuit_opened", "postponed"]


def test_event_that_comes_while_it_is_open_is_not_attempted(outage: Outage) -> None:
    assert outage.come("e2", "e3") == []
    assert (outage.hidden("e2"), outage.hidden("e3")) == (3, 4)  # the next to probe, and who waits for it
    [e2, e3] = [outage.around.items[f"/endpoints/site/{id}"] for id in ("e2", "e3")]
    assert (e2["state"], e2["attempts"], e2["reason"]) == ("waiting", 0, "the destination is down")
    assert (e3["state"], e3["attempts"]) == ("waiting", 0)


def test_function_that_has_heard_of_nothing_attempts_one(outage: Outage) -> None:
    stranger = outage.another_function()
    assert outage.come("e2", "e3", "e4", worker=stranger) == ["e2"]


def test_message_that_comes_back_makes_a_function_look(outage: Outage) -> None:
    outage.come("e2", "e3")
    assert outage.come("e3", at=1, worker=outage.another_function()) == []


def test_failure_beside_the_probe_changes_nothing(outage: Outage) -> None:
    before = outage.around.items[CIRCUIT_ID]
    outage.around.now += 2
    assert outage.come("e2", worker=outage.another_function()) == ["e2"]
    assert outage.around.items[CIRCUIT_ID] == before


def test_event_that_fails_in_an_outage_tells_its_length(outage: Outage) -> None:
    outage.come("e2", at=3)
    assert outage.around.reported[-1][1]["failing_for"] == 3


def test_answer_for_one_of_several_destinations_opens_nothing(around: Surroundings) -> None:
    def notify(events: Any) -> None:
        raise Retry(reason="one number", of=events)

    worker = around.worker(notify)
    for id in ("e0", "e1", "e2"):
        around.run(worker, a_record(an_event(id), id=id))
    assert around.outcomes == ["postponed"] * 3


@pytest.mark.parametrize("answer", [Undeliverable("no such channel"), Retry(5, "busy")])
def test_answer_that_is_no_failure_opens_nothing(around: Surroundings, answer: Exception) -> None:
    worker = around.worker(Recorder(answer=answer))
    for id in ("e0", "e1", "e2"):
        around.run(worker, a_record(an_event(id), id=id))
    assert "circuit_opened" not in around.outcomes


def test_batch_that_fails_opens_it_and_one_of_it_probes(around: Surroundings) -> None:
    recorder = Recorder(answer=DOWN)
    worker = around.worker(recorder, batch=True)
    records = [a_record(an_event(f"e{n}"), id=f"m{n}", receives=2) for n in range(4)]
    around.run(worker, *records)
    around.now += 3
    recorder.answer = None
    around.run(worker, *records)
    assert recorder.batches == [["e0"]]
    assert [around.sqs.hidden[f"m{n}"] for n in (1, 2, 3)] == [0, 0, 0]
    around.run(worker, *records[1:])
    assert recorder.batches == [["e0"], ["e1", "e2", "e3"]]


def test_table_that_is_away_holds_up_no_delivery(outage: Outage) -> None:
    outage.recorder.answer = None
    outage.around.network.failing = {"DynamoDB BatchGetItem"}
    assert outage.come("e2", "e3", at=1) == ["e2", "e3"]
    assert "circuit_breaker_failed" in outage.around.outcomes


def test_second_message_of_what_has_failed_makes_a_function_look(outage: Outage) -> None:
    outage.come("e2", at=3)
    outage.around.now += 1
    outage.told.clear()
    outage.around.run(outage.another_function(), a_record(an_event("e0"), id="again"))
    assert outage.told == []


def test_outage_is_remembered_as_long_as_an_event_may_wait(outage: Outage) -> None:
    item = outage.around.dynamodb.tables["ledger"][CIRCUIT_ID]
    assert expiry(item) > outage.around.now + 13 * 24 * HOUR


def test_failure_that_cannot_be_written_down_opens_nothing(around: Surroundings) -> None:
    def notify(events: Any) -> None:
        around.network.failing = {"DynamoDB UpdateItem"} if events[0].id == "e1" else set()
        raise DOWN

    worker = around.worker(notify)
    around.run(worker, a_record(an_event("e0"), id="e0"))
    around.run(worker, a_record(an_event("e1"), id="e1"))
    assert around.outcomes == ["postponed", "circuit_breaker_failed", "release_failed", "postponed"]
