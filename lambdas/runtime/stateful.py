"""The stateful subscriber: it applies events to a state, does what the state asks for, and looks again when it must.

A stateful subscriber is a pure core and an adapter with side effects. The core says what events mean for the state and
what is to be done; the adapter does it. The rest is here, once for all of them (`docs/stateful-subscriber.md`):

1. The state is read, and the events that are new are applied to it. An event is applied once, whatever brings it back.
2. The core names an action. The state is written before the adapter acts, so that no crash forgets what was begun.
3. The result is applied to the state, to the newest one if another function has written it in the meantime.
4. What the others are to be told is written, then published; its id is the same if a crash publishes it again.
5. Where the state must be looked at later, the last event of the batch is kept in the queue: it is the wake-up. All
   other events are done, since all that must be known of them is in the state.

An event is known again by its key, beside the state, until the ledger knows it as delivered: then nothing brings it
back. So a state remembers few events, however many there were.

A state is written only over the version that was read: of two functions at once, the later one begins anew. So a
running function need not read a state again that it has written itself, where it writes before it does or tells
anything: if another function has written it since, the write is refused, and the state is read.
"""

import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Final, Generic, Protocol, TypeVar

from lambdas.clients.aws import client
from lambdas.clients.publisher import Publish, Publisher
from lambdas.clients.state_store import StateStore, VersionConflictError
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.settings import SubscriberSettings
from lambdas.contracts.state_table import STATE_ID, Record, State
from lambdas.runtime.context import delivered, is_retried

Action = TypeVar("Action")
Result = TypeVar("Result")
Outcome = Retry | Undeliverable

LEDGER_ASKED_AFTER: Final = 8
"""Events that a state knows again, after which the ledger is asked which of them it knows itself by now."""

MAX_SEEN: Final = 500
"""How many of the newest events a state knows again that the ledger does not know; a crash brings back one batch."""

CONFLICT_SECONDS: Final = 1.0
"""How soon to begin anew where another function has written the state."""

MIN_WAKEUP_SECONDS: Final = 1.0

MAX_KEPT: Final = 100
"""How many states a running function keeps; the oldest is forgotten first."""

MAX_MERGES: Final = 5
"""How often a result is applied to a newer state before the batch begins anew."""


@dataclass(frozen=True, slots=True)
class Wakeup:
    """When the state must be looked at again.

    Attributes:
        after: Seconds from now.
        reason: What is waited for; for the log.
        failing_for: Seconds since the destination began to fail, where that is waited for; an alarm is raised by it.
    """

    after: float
    reason: str
    failing_for: float | None = None


class Core(ABC, Generic[State, Action, Result]):
    """The pure part of a stateful subscriber: its decisions, as functions of state, events and time.

    A state is a frozen dataclass of texts, numbers, tuples, mappings and other such dataclasses, and all of its fields
    have defaults. Times are unix seconds.

    Attributes:
        kind: The state's class.
        reapplies_redriven: Whether an event that was given up is applied anew when an operator sends it once more.
            Where the state still holds what the event was for, it is a wake-up only.
    """

    kind: type[State]
    reapplies_redriven: ClassVar[bool] = False

    def can_wake(self, event: Event) -> bool:
        """Whether the event may be kept in the queue as a wake-up, and given up where the work fails for good."""
        return True

    @abstractmethod
    def apply_events(self, state: State, events: Sequence[Event], now: float) -> State:
        """The state after these events, none of which has been applied before."""

    def without_pause(self, state: State) -> State:
        """The state in which nothing is put off because the destination has failed: an operator has mended it."""
        return state

    def next_action(self, state: State, now: float, *, woken: bool) -> tuple[State, Action | None]:
        """What the adapter is to do now, and the state that is written before it does.

        Args:
            state: The state.
            now: Unix seconds.
            woken: Whether an event is at hand that may be a wake-up.
        """
        return state, None

    def apply_result(self, state: State, result: Result, now: float) -> tuple[State, Outcome | None]:
        """The state after the adapter has acted, and the outcome for the wake-up where the action has failed."""
        return state, None

    def announce(self, state: State, now: float) -> tuple[State, Sequence[Announcement]]:
        """What the others are to be told, and the state after they have been told."""
        return state, ()

    def wakeup(self, state: State, now: float) -> Wakeup | None:
        """When to look again; None where only another event can change anything."""
        return None


class Store(Protocol):
    """Where states are kept (`lambdas.clients.state_store.StateStore`)."""

    def read(self, id: str, kind: type[State]) -> Record[State]:
        """A state of this kind; a fresh one where there is none."""
        ...

    def write(self, id: str, record: Record[State], now: float) -> Record[State]:
        """Write over the version that was read; raises `VersionConflictError` where there is another."""
        ...


def _as_they_are(events: Sequence[Event]) -> Sequence[Event]:
    return events


def _one_state(events: Sequence[Event]) -> Mapping[str, Sequence[Event]]:
    return {STATE_ID: events}


@dataclass(frozen=True, slots=True, kw_only=True)
class StatefulSubscriber(Generic[State, Action, Result]):
    """A stateful subscriber at work, with all it depends on.

    Attributes:
        stack_id: Id of its stack, the source of what it publishes.
        core: Its decisions.
        store: Where its states are kept.
        publish: Publishes an event.
        clock: Unix seconds.
        act: Does what the core asks for, and gives what came of it. Should it raise, the batch is tried again on the
            retry schedule.
        partition: Which state each event belongs to, by the states' ids; without it there is one state.
        complete: Puts into events, before they are applied, what is remembered of them elsewhere. Raises
            `VersionConflictError` where another function is writing it.
    """

    stack_id: str
    core: Core[State, Action, Result]
    store: Store
    publish: Publish
    clock: Callable[[], float]
    act: Callable[[Action], Result] | None = None
    partition: Callable[[Sequence[Event]], Mapping[str, Sequence[Event]]] = _one_state
    complete: Callable[[Sequence[Event]], Sequence[Event]] = _as_they_are
    _kept: dict[str, Record[State]] = field(default_factory=dict, init=False)

    @classmethod
    def from_environment(
        cls,
        core: Core[State, Action, Result],
        act: Callable[[Action], Result] | None = None,
        complete: Callable[[Sequence[Event]], Sequence[Event]] = _as_they_are,
    ) -> "StatefulSubscriber[State, Action, Result]":
        """The subscriber of a function that `Subscriber(…, stateful=True)` has deployed."""
        settings = SubscriberSettings.from_environment(os.environ)
        if settings.state_table is None:
            raise LookupError("The function has no state table, expected Subscriber(…, stateful=True).")
        return cls(
            stack_id=settings.stack_id,
            core=core,
            store=StateStore(client("dynamodb"), settings.state_table),
            publish=Publisher(client("sns"), settings.topic_arn).publish,
            clock=time.time,
            act=act,
            complete=complete,
        )

    def handle(self, events: Sequence[Event]) -> None:
        """Apply the events to their states and do what these ask for.

        Raises:
            Retry: For a wake-up; or for all events of a state that another function has written in the meantime.
            Undeliverable: For a wake-up: the work has failed for good.
            ExceptionGroup: Of several of them, each of another state.
        """
        try:
            groups = self.partition(events)
        except VersionConflictError:
            raise _conflict(events) from None
        outcomes = [
            outcome
            for id, group in groups.items()
            if (outcome := self._advance_or_retry(id, group)) is not None
        ]
        if len(outcomes) == 1:
            raise outcomes[0]
        if outcomes:
            raise ExceptionGroup("several states", outcomes)

    def _advance_or_retry(self, id: str, events: Sequence[Event]) -> Outcome | None:
        try:
            return self.advance(id, events)[1]
        except VersionConflictError:
            return _conflict(events)

    def advance(self, id: str, events: Sequence[Event]) -> tuple[State, Outcome | None]:
        """Apply events to one state and do what it asks for; gives the state and the outcome for its wake-up.

        Raises:
            VersionConflictError: Another function has written the state since it was read.
        """
        kept = self._kept.pop(id, None)
        with suppress(VersionConflictError):  # what is kept may not be the newest
            if kept and (wanted := self._wanted(kept, events))[0] != kept:  # so that it is written first
                return self._advance(id, kept, *wanted, events)
        stored = self.store.read(id, self.core.kind)
        return self._advance(id, stored, *self._wanted(stored, events), events)

    def _wanted(self, stored: Record[State], events: Sequence[Event]) -> tuple[Record[State], Action | None]:
        """The record with these events, as it is to be written before anything is done, and what is to be done."""
        record = self._with_events(stored, events)
        if is_retried():
            record = replace(record, state=self.core.without_pause(record.state))
        woken = any(map(self.core.can_wake, events))
        state, action = self.core.next_action(record.state, self.clock(), woken=woken)
        return replace(record, state=state), action

    def _advance(
        self,
        id: str,
        stored: Record[State],
        record: Record[State],
        action: Action | None,
        events: Sequence[Event],
    ) -> tuple[State, Outcome | None]:
        if action is None or self.act is None:
            return self._settle(id, stored, record, events, None)
        record = self._save(id, stored, record)
        return self._settle_result(id, record, events, self.act(action))

    def _settle_result(
        self, id: str, record: Record[State], events: Sequence[Event], result: Result
    ) -> tuple[State, Outcome | None]:
        """Apply what came of an action; to the newest state, since it cannot be undone."""
        for _ in range(MAX_MERGES):
            state, failure = self.core.apply_result(record.state, result, self.clock())
            try:
                return self._settle(id, record, replace(record, state=state), events, failure)
            except VersionConflictError:
                record = self.store.read(id, self.core.kind)
        raise VersionConflictError

    def _settle(
        self,
        id: str,
        stored: Record[State],
        record: Record[State],
        events: Sequence[Event],
        failure: Outcome | None,
    ) -> tuple[State, Outcome | None]:
        """Tell the others what there is to tell, and keep the last event where the state must be looked at again."""
        state, announcements = self.core.announce(record.state, self.clock())
        if announcements:
            stored = record = self._save(id, stored, record)
            for announcement in announcements:
                self.publish(announcement.event(self.stack_id, self.clock()))
        outcome = self._outcome(state, events, failure)
        record = self._with_wakeup(replace(record, state=state), events, outcome)
        self._keep(id, self._save(id, stored, record))
        return state, outcome

    def _keep(self, id: str, record: Record[State]) -> None:
        self._kept[id] = record
        if len(self._kept) > MAX_KEPT:
            del self._kept[next(iter(self._kept))]

    def _outcome(self, state: State, events: Sequence[Event], failure: Outcome | None) -> Outcome | None:
        last = [event for event in events if self.core.can_wake(event)][-1:]
        if not last:
            return None  # whoever waits for it is in the queue already
        if isinstance(failure, Undeliverable):
            return Undeliverable(failure.reason, of=last)
        if failure:
            return Retry(failure.after, failure.reason, of=last)
        wakeup = self.core.wakeup(state, self.clock())
        if wakeup is None:
            return None
        after = max(wakeup.after, MIN_WAKEUP_SECONDS)
        return Retry(after, wakeup.reason, of=last, failing_for=wakeup.failing_for)

    def _with_events(self, record: Record[State], events: Sequence[Event]) -> Record[State]:
        """The record with the new ones of these events."""
        fresh = _new(record, events)
        if not fresh:
            return record
        completed = self.complete(list(fresh.values()))
        state = self.core.apply_events(record.state, completed, self.clock())
        seen = (*_undelivered(record.seen, len(fresh)), *fresh)
        return replace(record, state=state, seen=seen[-MAX_SEEN:])

    def _with_wakeup(
        self, record: Record[State], events: Sequence[Event], outcome: Outcome | None
    ) -> Record[State]:
        """The record in which these events are done, but for the one that the outcome keeps in the queue."""
        done = {event.key for event in events}
        last = tuple(event.key for event in outcome.of) if outcome else ()
        if isinstance(outcome, Undeliverable):
            forgotten = last if self.core.reapplies_redriven else ()
            record = replace(record, seen=tuple(key for key in record.seen if key not in forgotten))
            last = ()
        wakeups = [key for key in record.wakeups if key not in done or key in last]
        fresh = [key for key in last if key not in wakeups]
        return replace(record, wakeups=(*wakeups, *fresh)[-MAX_SEEN:])

    def _save(self, id: str, stored: Record[State], record: Record[State]) -> Record[State]:
        return record if record == stored else self.store.write(id, record, self.clock())


def _new(record: Record[Any], events: Sequence[Event]) -> dict[str, Event]:
    """Those of the events that the record does not know, by their keys."""
    known = {*record.seen, *record.wakeups}
    return {event.key: event for event in events if event.key not in known}


def _undelivered(seen: Sequence[str], more: int) -> Sequence[str]:
    """What is to be known again; with so many more it may be time to ask which of it the ledger knows."""
    if len(seen) // LEDGER_ASKED_AFTER == (len(seen) + more) // LEDGER_ASKED_AFTER:
        return seen
    known = delivered(seen)
    return [key for key in seen if key not in known]


def _conflict(events: Sequence[Event]) -> Retry:
    return Retry(CONFLICT_SECONDS, "another function has written the state", of=events)
