"""Events are applied to a state, acted upon and announced, and what must be looked at again is not forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.settings import SubscriberSettings
from lambdas.contracts.state_table import STATE_ID
from lambdas.runtime import stateful
from lambdas.runtime.stateful import MAX_SEEN, Core, StatefulSubscriber
from tests.fakes.events import NOON, happening
from tests.fakes.state_store import MemoryStore
from tests.unit.lambdas.runtime.office import JobCore, Jobs, Office, job


@dataclass(frozen=True, slots=True, kw_only=True)
class Titles:
    """The titles of all events."""

    titles: tuple[str, ...] = ()


class TitleCore(Core[Titles, str, str]):
    """A core that says no more than it must: what events mean."""

    kind = Titles

    def apply_events(self, state: Titles, events: Sequence[Event], now: float) -> Titles:
        return Titles(titles=(*state.titles, *(event.notice.title for event in events)))


class ReaderCore(TitleCore):
    """One that has each title read aloud, and wants nothing to come of it."""

    def next_action(self, state: Titles, now: float, *, woken: bool) -> tuple[Titles, str | None]:
        return state, state.titles[-1] if woken else None


def a_subscriber(
    core: TitleCore, store: MemoryStore, read: Callable[[str], str] | None = None
) -> StatefulSubscriber[Titles, str, str]:
    told: list[Event] = []
    return StatefulSubscriber(
        stack_id="Titles", core=core, store=store, publish=told.append, clock=lambda: NOON, act=read
    )


def test_subscriber_needs_the_table_of_its_states(monkeypatch: pytest.MonkeyPatch) -> None:
    told = SubscriberSettings(
        stack_id="Titles", queue_url="q", dead_letters_url="d", ledger_table="l", give_up_after=1.0
    )
    for name, value in told.to_environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LookupError, match="stateful=True"):
        StatefulSubscriber.from_environment(TitleCore())


def test_core_need_only_say_what_events_mean() -> None:
    store = MemoryStore()
    a_subscriber(TitleCore(), store).handle([job("a"), job("b")])
    record = store.read(STATE_ID, Titles)
    assert (record.state.titles, record.wakeups) == (("job.new", "job.new"), ())


def test_action_of_which_nothing_comes_leaves_the_state() -> None:
    store, aloud = MemoryStore(), list[str]()

    def read(title: str) -> str:
        aloud.append(title)
        return title

    a_subscriber(ReaderCore(), store, read).handle([job("a")])
    assert (aloud, store.read(STATE_ID, Titles).state.titles) == (["job.new"], ("job.new",))


def test_events_are_applied_acted_upon_announced_and_done(office: Office) -> None:
    assert office.handle(job("a")) is None
    assert office.record.state == Jobs(done=("a",))
    assert [(event.type, event.source) for event in office.published] == [("job.done", "/subscribers/Office")]


class PausedCore(JobCore):
    """One that does nothing before somebody wants it tried now."""

    def without_pause(self, state: Jobs) -> Jobs:
        return replace(state, waiting=(*state.waiting, "mended"))


@pytest.mark.parametrize(
    ("core", "retried", "acted"),
    [(JobCore(), True, "a"), (PausedCore(), True, "mended"), (PausedCore(), False, None)],
)
def test_operator_who_wants_it_tried_now_ends_the_pause_of_a_core_that_has_one(
    office: Office, monkeypatch: pytest.MonkeyPatch, core: JobCore, retried: bool, acted: str | None
) -> None:
    monkeypatch.setattr(stateful, "is_retried", lambda: retried)
    office.core = core
    office.handle(job("a") if acted == "a" else happening("job.look", id="look"))
    assert office.acted == ([acted] if acted else [])


def test_last_event_is_kept_as_wakeup(office: Office) -> None:
    outcome = office.handle(job("a"), job("b"), job("c"))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.reason, outcome.of) == (7.0, "more to do", [job("c")])
    assert office.record.wakeups == (job("c").key,)


def test_wakeup_looks_again_and_is_not_applied_twice(office: Office) -> None:
    office.handle(job("a"), job("b"))
    assert office.handle(job("b")) is None
    assert office.record.state.done == ("a", "b")
    assert office.record.wakeups == ()


def test_wakeup_is_known_however_many_events_came_since(office: Office) -> None:
    office.handle(job("a"), job("b"), job("w"))
    office.result = Retry(1, "busy")
    office.handle(*(happening("other.event", id=f"o{number}") for number in range(MAX_SEEN + 5)))
    office.result = ""
    office.handle(job("w"))
    office.handle(job("w"))
    assert office.record.state == Jobs(done=("a", "b", "w"))


def test_wakeup_that_changes_nothing_writes_nothing(office: Office) -> None:
    office.result = Retry(1, "busy")
    office.handle(job("a"))
    writes = office.store.writes
    assert isinstance(office.handle(job("a")), Retry)
    assert office.store.writes == writes


def test_event_that_cannot_wake_is_done_at_once(office: Office) -> None:
    office.result = Retry(1, "busy")
    office.handle(job("a"))
    assert office.handle(happening("other.event", id="o")) is None
    outcome = office.handle(job("b"), happening("other.event", id="o2"))
    assert outcome is not None
    assert outcome.of == [job("b")]


def test_failure_is_that_of_the_wakeup(office: Office) -> None:
    office.result = Retry(None, "busy")
    outcome = office.handle(job("a"), job("b"))
    assert isinstance(outcome, Retry)
    assert (outcome.after, outcome.reason, outcome.of) == (None, "busy", [job("b")])


def test_final_failure_gives_the_wakeup_up(office: Office) -> None:
    office.result = Undeliverable("gone")
    outcome = office.handle(job("a"), job("b"))
    assert isinstance(outcome, Undeliverable)
    assert (outcome.reason, outcome.of) == ("gone", [job("b")])
    assert office.record.wakeups == ()


@pytest.mark.parametrize(("reapplies", "waiting"), [(False, ()), (True, ("a",))])
def test_redriven_event_is_applied_as_the_core_says(
    office: Office, monkeypatch: pytest.MonkeyPatch, reapplies: bool, waiting: tuple[str, ...]
) -> None:
    monkeypatch.setattr(JobCore, "reapplies_redriven", reapplies)
    office.result = Undeliverable("gone")
    office.handle(job("a"))
    office.handle(job("a"))
    assert office.record.state.waiting == waiting


def test_states_are_apart_and_each_has_its_outcome(office: Office) -> None:
    def by_id(events: Sequence[Event]) -> dict[str, list[Event]]:
        return {event.id: [event] for event in events}

    office.result = Retry(1, "busy")
    with pytest.raises(ExceptionGroup) as raised:
        replace(office.subscriber, partition=by_id).handle([job("a"), job("b")])
    assert [outcome.of for outcome in raised.value.exceptions if isinstance(outcome, Retry)] == [
        [job("a")],
        [job("b")],
    ]
    assert set(office.store.items) == {"a", "b"}
    assert office.store.read("a", Jobs).state.begun == ("a",)


def test_event_is_completed_before_it_is_applied_and_only_then(office: Office) -> None:
    completed: list[str] = []

    def complete(events: Sequence[Event]) -> Sequence[Event]:
        completed.extend(event.id for event in events)
        return [replace(event, id=event.id.upper()) for event in events]

    running = replace(office.subscriber, complete=complete)
    with pytest.raises(Retry):
        running.handle([job("a"), job("b")])
    running.handle([job("b")])
    assert (completed, office.acted) == (["a", "b"], ["A", "B"])
