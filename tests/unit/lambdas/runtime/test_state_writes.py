"""What is begun is written down first; a crash or another function's write repeats nothing and loses nothing."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lambdas.clients.state_store import VersionConflictError
from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry
from lambdas.contracts.state_table import STATE_ID, Record, State
from lambdas.runtime.stateful import MAX_MERGES
from tests.fakes.events import NOON
from tests.fakes.state_store import MemoryStore
from tests.unit.lambdas.runtime.office import CrashError, Jobs, Office, job


def test_state_is_written_before_the_adapter_acts(office: Office) -> None:
    begun: list[tuple[str, ...]] = []
    office.on_act = lambda: begun.append(office.record.state.begun)
    office.handle(job("a"))
    assert begun == [("a",)]


def test_crash_between_act_and_write_repeats_the_same_action(office: Office) -> None:
    def die() -> None:
        raise CrashError

    office.on_act = die
    with pytest.raises(CrashError):
        office.handle(job("a"))
    office.on_act = lambda: None
    office.handle(job("a"))
    assert office.acted == ["a", "a"]
    assert office.record.state == Jobs(done=("a",))


def test_crash_after_publishing_publishes_the_same_event(office: Office) -> None:
    def die(event: Event) -> None:
        office.published.append(event)
        raise CrashError

    with pytest.raises(CrashError):
        replace(office.subscriber, publish=die).handle([job("a")])
    office.handle(job("a"))
    assert len(office.published) == 2
    assert len({event.id for event in office.published}) == 1
    assert office.acted == ["a"]


def test_conflict_before_the_action_begins_anew(office: Office) -> None:
    class Slow(MemoryStore):
        def write(self, id: str, record: Record[State], now: float) -> Record[State]:
            raise VersionConflictError

    office.store = Slow()
    outcome = office.handle(job("a"), job("b"))
    assert isinstance(outcome, Retry)
    assert list(outcome.of) == [job("a"), job("b")]
    assert office.acted == []


def test_conflict_after_the_action_keeps_what_came_of_it(office: Office) -> None:
    def another_function() -> None:
        office.on_act = lambda: None
        record = office.store.read(STATE_ID, Jobs)
        office.store.write(STATE_ID, replace(record, state=replace(record.state, waiting=("x",))), NOON)

    office.on_act = another_function
    office.handle(job("a"))
    assert office.acted == ["a"]
    assert office.record.state == Jobs(waiting=("x",), done=("a",))


def test_endless_conflict_leaves_the_batch_in_the_queue(office: Office) -> None:
    class Contended(MemoryStore):
        def write(self, id: str, record: Record[State], now: float) -> Record[State]:
            if self.writes > 0:
                self.writes += 1
                raise VersionConflictError
            return super().write(id, record, now)

    office.store = Contended()
    outcome = office.handle(job("a"))
    assert isinstance(outcome, Retry)
    assert list(outcome.of) == [job("a")]
    assert (office.acted, office.store.writes) == (["a"], 1 + MAX_MERGES)


def test_conflict_while_partitioning_begins_anew(office: Office) -> None:
    def partition(events: Sequence[Event]) -> dict[str, Sequence[Event]]:
        raise VersionConflictError

    with pytest.raises(Retry) as raised:
        replace(office.subscriber, partition=partition).handle([job("a")])
    assert list(raised.value.of) == [job("a")]


def test_conflict_of_what_completes_leaves_the_batch_in_the_queue(office: Office) -> None:
    def complete(events: Sequence[Event]) -> Sequence[Event]:
        raise VersionConflictError

    running = replace(office.subscriber, complete=complete)
    with pytest.raises(Retry) as conflict:
        running.handle([job("a"), job("b")])
    assert list(conflict.value.of) == [job("a"), job("b")]
