"""An event changes a state once, though what is kept of the events that were seen is bounded."""

from collections.abc import Sequence

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Undeliverable
from lambdas.contracts.state_table import STATE_ID
from lambdas.runtime.stateful import LEDGER_ASKED_AFTER, MAX_SEEN
from tests.fakes.events import happening
from tests.fakes.subscriber import Surroundings, a_record
from tests.unit.lambdas.runtime.office import CrashError, Office, job


def test_seen_event_is_not_applied_again(office: Office) -> None:
    office.handle(job("a"))
    assert office.handle(job("a"), job("a")) is None
    assert office.acted == ["a"]


def test_event_twice_in_a_batch_is_applied_once(office: Office) -> None:
    office.handle(job("a"), job("a"))
    assert office.acted == ["a"]


def test_seen_ring_is_bounded(office: Office) -> None:
    office.handle(*(happening("other.event", id=f"o{number}") for number in range(MAX_SEEN + 50)))
    assert len(office.record.seen) == MAX_SEEN
    assert office.record.seen[-1] == happening("other.event", id=f"o{MAX_SEEN + 49}").key


def test_state_forgets_what_the_ledger_knows(office: Office, around: Surroundings) -> None:
    worker = around.worker(office.subscriber.handle, batch=True)
    for number in range(5 * LEDGER_ASKED_AFTER):
        around.run(worker, a_record(job(f"j{number}"), id=f"m{number}"))
        assert 1 <= len(office.record.seen) <= LEDGER_ASKED_AFTER
    assert len(office.record.state.done) == 5 * LEDGER_ASKED_AFTER
    assert len(office.store.items[STATE_ID]["document"]) < 1000


def test_ledger_is_asked_by_the_event_that_makes_eight(office: Office, around: Surroundings) -> None:
    worker = around.worker(office.subscriber.handle, batch=True)
    for number in range(LEDGER_ASKED_AFTER):
        assert len(office.record.seen) == number
        around.run(worker, a_record(job(f"j{number}"), id=f"m{number}"))
    assert office.record.seen == (job(f"j{LEDGER_ASKED_AFTER - 1}").key,)


def test_crashed_batch_is_known_however_many_events_came_since(office: Office, around: Surroundings) -> None:
    def crash_afterwards(events: Sequence[Event]) -> None:
        office.handle(*events)
        raise CrashError

    with pytest.raises(CrashError):
        around.run(around.worker(crash_afterwards, batch=True), a_record(job("a")))
    worker = around.worker(office.subscriber.handle, batch=True)
    for number in range(3 * LEDGER_ASKED_AFTER):
        around.run(worker, a_record(job(f"j{number}"), id=f"m{number}"))
    around.now += 60
    assert around.run(worker, a_record(job("a"), receives=2)) == []
    assert office.acted.count("a") == 1


def test_dead_event_is_known_until_it_is_delivered(office: Office, around: Surroundings) -> None:
    office.result = Undeliverable("gone")
    worker = around.worker(office.subscriber.handle, batch=True)
    around.run(worker, a_record(job("a")))
    office.result = ""
    for number in range(3 * LEDGER_ASKED_AFTER):
        around.run(worker, a_record(happening("other.event", id=f"o{number}"), id=f"m{number}"))
    assert office.record.seen[0] == job("a").key
