"""An event is applied once, what is begun is written down first, and nothing that must be looked at again is forgotten."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import pytest

from lambdas.clients.state_store import VersionConflictError
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.event import Event, Notice
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.state_table import STATE_ID, Record, State
from lambdas.runtime.stateful import (
    LEDGER_ASKED_AFTER,
    MAX_KEPT,
    MAX_MERGES,
    MAX_SEEN,
    Core,
    StatefulSubscriber,
    Wakeup,
)
from tests.fakes.events import NOON, happening
from tests.fakes.state_store import MemoryStore
from tests.fakes.subscriber import Surroundings, a_record


class CrashError(BaseException):
    """The function died."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """Jobs by their state; each is an event's id."""

    waiting: tuple[str, ...] = ()
    begun: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    unannounced: tuple[str, ...] = ()


class JobCore(Core[Jobs, str, str | Retry | Undeliverable]):
    """Does one job at a time; an event of the type ``job.*`` is a job, any other only looks."""

    kind = Jobs

    def can_wake(self, event: Event) -> bool:
        return event.type != "other.event"

    def apply_events(self, state: Jobs, events: Sequence[Event], now: float) -> Jobs:
        return replace(state, waiting=(*state.waiting, *(e.id for e in events if e.type == "job.new")))

    def next_action(self, state: Jobs, now: float, *, woken: bool) -> tuple[Jobs, str | None]:
        if state.begun or not state.waiting:
            return state, next(iter(state.begun), None)
        return replace(state, waiting=state.waiting[1:], begun=state.waiting[:1]), state.waiting[0]

    def apply_result(
        self, state: Jobs, result: str | Retry | Undeliverable, now: float
    ) -> tuple[Jobs, Retry | Undeliverable | None]:
        if not isinstance(result, str):
            return state, result
        done = tuple(job for job in state.begun if job == result)
        return replace(state, begun=(), done=(*state.done, *done), unannounced=done), None

    def announce(self, state: Jobs, now: float) -> tuple[Jobs, Sequence[Announcement]]:
        told = [
            Announcement(type="job.done", cause=job, notice=Notice(title=job)) for job in state.unannounced
        ]
        return replace(state, unannounced=()), told

    def wakeup(self, state: Jobs, now: float) -> Wakeup | None:
        return Wakeup(7.0, "more to do") if state.waiting or state.begun else None


@dataclass
class Office:
    """The services that a stateful subscriber stands on."""

    core: JobCore = field(default_factory=JobCore)
    store: MemoryStore = field(default_factory=MemoryStore)
    acted: list[str] = field(default_factory=list)
    published: list[Event] = field(default_factory=list)
    result: str | Retry | Undeliverable = ""
    on_act: Callable[[], None] = lambda: None

    def act(self, job: str) -> str | Retry | Undeliverable:
        self.acted.append(job)
        self.on_act()
        return self.result or job

    @property
    def subscriber(self) -> StatefulSubscriber[Jobs, str, str | Retry | Undeliverable]:
        return StatefulSubscriber(
            stack_id="Office",
            core=self.core,
            store=self.store,
            publish=self.published.append,
            clock=lambda: NOON,
            act=self.act,
        )

    def handle(self, *events: Event) -> Retry | Undeliverable | None:
        try:
            self.subscriber.handle(events)
        except (Retry, Undeliverable) as outcome:
            return outcome
        return None

    @property
    def record(self) -> Record[Jobs]:
        return self.store.read(STATE_ID, Jobs)


@pytest.fixture
def office() -> Office:
    return Office()


def job(id: str) -> Event:
    return happening("job.new", id=id)


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


def test_conflict_while_partitioning_begins_anew(office: Office) -> None:
    def partition(events: Sequence[Event]) -> dict[str, Sequence[Event]]:
        raise VersionConflictError

    with pytest.raises(Retry) as raised:
        replace(office.subscriber, partition=partition).handle([job("a")])
    assert list(raised.value.of) == [job("a")]


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


def test_conflict_of_what_completes_leaves_the_batch_in_the_queue(office: Office) -> None:
    def complete(events: Sequence[Event]) -> Sequence[Event]:
        raise VersionConflictError

    running = replace(office.subscriber, complete=complete)
    with pytest.raises(Retry) as conflict:
        running.handle([job("a"), job("b")])
    assert list(conflict.value.of) == [job("a"), job("b")]
