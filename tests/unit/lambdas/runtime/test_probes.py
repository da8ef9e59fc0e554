"""A probe is reported and ends: it is never claimed, delivered, recorded or given up."""

from typing import Any

import pytest

from lambdas.contracts.probe import PROBE, probe_event
from lambdas.contracts.rate_limit import RateLimit
from tests.fakes.events import an_event
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record

RATE_LIMIT = RateLimit(per_second=1, burst=3)
KINDS: list[dict[str, Any]] = [
    {},
    {"batch": True},
    {"batch": True, "idempotent": True},
    {"batch": True, "rate_limit": RATE_LIMIT},
    {"rate_limit": RATE_LIMIT},
]


def a_probe(id: str = "m1", **facts: Any) -> dict[str, Any]:
    return a_record(probe_event("p1", SENT_AT), id=id, probe="p1", **facts)


@pytest.mark.parametrize("kind", KINDS)
def test_probe_is_reported_and_deleted(around: Surroundings, kind: dict[str, Any]) -> None:
    recorder = Recorder()
    around.now += 0.25
    assert around.run(around.worker(recorder, **kind), a_probe()) == []
    assert (around.reported, around.ages) == ([("probed", {"probe": "p1"})], [250])
    assert (recorder.batches, around.items, around.dynamodb.calls) == ([], {}, {})


@pytest.mark.parametrize("kind", KINDS)
def test_event_beside_a_probe_is_delivered(around: Surroundings, kind: dict[str, Any]) -> None:
    recorder = Recorder()
    worker = around.worker(recorder, **kind)
    assert around.run(worker, a_probe("m1"), a_record(an_event("e2"), id="m2")) == []
    assert (recorder.told, around.outcomes[0]) == (["e2"], "probed")
    assert not [key for key in around.items if "p1" in key]


def test_probe_that_is_drained_is_deleted(around: Surroundings) -> None:
    recorder = Recorder()
    around.wait(probe_event("p1", SENT_AT), id="m1", **{PROBE: "p1"})
    around.wait(an_event("e2"), id="m2")
    worker = around.worker(recorder, batch=True, rate_limit=RATE_LIMIT)
    around.run(worker, *(a_record(an_event(f"e{n}"), id=f"m{n}") for n in (3, 4)))
    assert sorted(recorder.told) == ["e2", "e3", "e4"]
    assert ("probed", {"probe": "p1"}) in around.reported
    assert around.queue.messages == {}


def test_old_probe_is_not_given_up(around: Surroundings) -> None:
    around.now += 100 * 3600
    assert around.run(around.worker(Recorder()), a_probe(receives=500)) == []
    assert (around.outcomes, around.dead_letters.messages) == (["probed"], {})
