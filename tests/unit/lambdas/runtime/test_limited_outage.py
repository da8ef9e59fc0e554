"""A rate-limited destination that is down: a probe is one call, and whoever waits for it takes no permit."""

from typing import Any

from lambdas.contracts.outcomes import Retry
from lambdas.contracts.rate_limit import RATE_LIMIT_ID
from lambdas.runtime.worker import Worker
from tests.fakes.events import an_event
from tests.fakes.subscriber import Recorder, Surroundings, a_record
from tests.unit.lambdas.runtime.outage import DOWN, LIMITED, Outage


def test_event_that_waits_for_a_probe_takes_no_permit(limited: Outage) -> None:
    before = limited.around.items[RATE_LIMIT_ID]
    assert limited.come("e2", "e3") == []
    assert (limited.hidden("e2"), limited.hidden("e3")) == (3, 4)
    assert limited.around.items[RATE_LIMIT_ID] == before


def test_probe_of_a_rate_limited_destination_is_one_event(limited: Outage) -> None:
    limited.around.wait(an_event("e9"), id="e9")
    assert limited.come("e2", "e3", at=3) == ["e2"]
    limited.recorder.answer = None
    assert limited.come("e3", at=6) == ["e3"]
    assert {"e4", "e5", "e9"} <= set(limited.come("e4", "e5", at=7))


def a_postponed_event(around: Surroundings) -> tuple[Worker, Recorder]:
    """A rate-limited subscriber, well in itself, whose event e2 is to come again in five seconds."""
    recorder = Recorder(answer=Retry(5, "look again", of=[an_event("e2")]))
    worker = around.worker(recorder, **LIMITED)
    around.run(worker, a_record(an_event("e2"), id="e2"))
    around.now += 10
    around.dynamodb.calls.clear()
    recorder.answer = None
    return worker, recorder


def test_event_that_comes_back_makes_one_look(around: Surroundings) -> None:
    worker, _ = a_postponed_event(around)
    around.run(worker, a_record(an_event("e2"), id="e2", receives=2))
    assert around.dynamodb.calls == {RATE_LIMIT_ID: 1, "a read": 2, "a batch": 1}


def test_look_before_a_permit_of_anothers_is_repeated(around: Surroundings) -> None:
    worker, recorder = a_postponed_event(around)

    def fail_elsewhere() -> None:
        around.beside_runs = lambda: None
        another = around.worker(Recorder(answer=DOWN), **LIMITED)
        for id in ("e0", "e1"):
            around.run(another, a_record(an_event(id), id=id))

    around.beside_runs = fail_elsewhere
    told = list(recorder.told)
    around.run(worker, a_record(an_event("e2"), id="e2", receives=2))
    assert "circuit_opened" in around.outcomes
    assert recorder.told == told


def test_ledger_that_is_away_in_an_outage_delays_and_loses_nothing(limited: Outage) -> None:
    around = limited.around
    around.beside_runs = lambda: None
    reads = iter([False, True])
    answered = around.dynamodb.batch_get_item

    def read(**call: Any) -> Any:
        if next(reads):
            raise ConnectionError
        return answered(**call)

    around.dynamodb.batch_get_item = read  # type: ignore[method-assign]
    assert limited.come("e2") == []
    assert limited.hidden("e2") == 3
    assert around.outcomes[-2:] == ["rate_limiter_failed", "paced"]
