"""A stateful subscriber with the services that it stands on: an office that does one job at a time."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from lambdas.contracts.announcements import Announcement
from lambdas.contracts.event import Event, Notice
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.state_table import STATE_ID, Record
from lambdas.runtime.stateful import Core, StatefulSubscriber, Wakeup
from tests.fakes.events import NOON, happening
from tests.fakes.state_store import MemoryStore


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


def job(id: str) -> Event:
    return happening("job.new", id=id)
