"""A running function keeps the states that it has written, and decides nothing by one that is old."""

from dataclasses import replace

import pytest

from lambdas.contracts.outcomes import Retry
from lambdas.runtime.stateful import MAX_KEPT
from tests.unit.lambdas.runtime.office import Office, job


def test_running_function_reads_its_own_state_once(office: Office) -> None:
    running = office.subscriber
    for id in "abc":
        running.handle([job(id)])
    assert office.store.reads == 1
    assert office.record.state.done == ("a", "b", "c")


def test_state_that_another_function_has_written_is_read_anew(office: Office) -> None:
    running, another = office.subscriber, office.subscriber
    running.handle([job("a")])
    another.handle([job("b")])
    running.handle([job("c")])
    assert office.acted == ["a", "b", "c"]
    assert office.record.state.done == ("a", "b", "c")
    assert office.record.version == office.store.writes


def test_wakeup_looks_at_the_newest_state(office: Office) -> None:
    running, another = office.subscriber, office.subscriber
    running.handle([job("a")])
    office.result = Retry(1, "busy")
    with pytest.raises(Retry):
        another.handle([job("b"), job("a")])
    office.result = ""
    running.handle([job("a")])  # by what it knew there would be nothing to do
    assert office.record.state.done == ("a", "b")


def test_wakeup_that_begins_something_reads_nothing(office: Office) -> None:
    running = office.subscriber
    with pytest.raises(Retry):
        running.handle([job("a"), job("b")])
    running.handle([job("b")])
    assert office.store.reads == 1
    assert office.record.state.done == ("a", "b")


def test_wakeup_begins_nothing_by_an_old_state(office: Office) -> None:
    running, another = office.subscriber, office.subscriber
    with pytest.raises(Retry):
        running.handle([job("a"), job("b")])
    another.handle([job("b")])
    running.handle([job("b")])  # by what it knew this was to be done
    assert office.acted == ["a", "b"]


def test_states_that_are_kept_are_no_more_than_a_few(office: Office) -> None:
    running = replace(office.subscriber, partition=lambda events: {event.id: [event] for event in events})
    for number in range(MAX_KEPT + 1):
        running.handle([job(str(number))])
    assert len(running._kept) == MAX_KEPT
