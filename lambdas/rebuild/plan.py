"""When to order a build: a pure function of what is known, what has happened and the time.

A burst of publishes becomes one build: it is ordered when nothing more was published for a while (a trailing debounce),
and at the latest so long after the first of the burst. One build is in flight at most, and one waits: what is published
during a build is in the next one, which is ordered when the first has ended or was not heard of for too long.

An order is written down before it is made, and its answer after it. Where the function dies between the two, or no
answer comes, nobody knows whether the build host has heard it. Its own webhook tells, if it has: only when that too is
silent for a while the same order is made once more. So no publish is left without a build, and only a build host that
says nothing builds the same twice.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from lambdas.contracts.builds import Build, accepted_at, outcome_of
from lambdas.contracts.correlation import correlation_of
from lambdas.contracts.event import Event

DOUBT_SECONDS: Final = 60.0
"""How long an order without an answer may turn out to have been heard, by the build host's webhook."""

LONGEST_BUILD_SECONDS: Final = 30 * 60.0
"""After which a build that was not heard of is taken for lost; no build host lets one run much longer."""

LOOK_SOONEST: Final = 2.0
LOOK_LATEST: Final = 30.0
"""How often what waits for a build in flight looks again, after a quarter of the time that it has taken. Its end is
heard at once; this only lets go what has waited."""

SKEW_SECONDS: Final = 1.0
"""By how much the clocks of two functions may differ."""

FIRST_PAUSE_SECONDS: Final = 15.0
LONGEST_PAUSE_SECONDS: Final = 15 * 60.0
"""Between orders that a failing build host does not take; doubled each time."""

TITLES: Final = 5
"""How many of the publishes are named to people."""

_SEEN: Final = 1000
"""The newest so many publishes are known again, when a crash brings them back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Publishes that are to be built together.

    Attributes:
        first: When the first was accepted, unix seconds.
        last: When the last was.
        count: How many there are.
        cause: The key of the first that was heard.
        event_id: Its id.
        titles: What the first of them are called.
        attempt: How often an order for it was refused for good.
    """

    first: float
    last: float
    count: int
    cause: str
    event_id: str
    titles: tuple[str, ...] = ()
    attempt: int = 0

    def correlation(self) -> str:
        """The word for it; after a refusal, which is told as the end of that story, it is another one."""
        return correlation_of(self.cause, *([str(self.attempt)] if self.attempt else []))

    def together(self, later: "Window | None") -> "Window":
        """This and what came after it, as one."""
        if later is None:
            return self
        return replace(
            self,
            first=min(self.first, later.first),
            last=max(self.last, later.last),
            count=self.count + later.count,
            titles=(*self.titles, *later.titles)[:TITLES],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A build that was ordered.

    Attributes:
        build: What others are told of it.
        window: What is in it.
        answered: Whether the build host has taken the order.
    """

    build: Build
    window: Window
    answered: bool = False

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Order":
        """What `State.to_document` makes of it, read again."""
        return cls(
            build=Build.from_document(document["build"]),
            window=_window(document["window"]),
            answered=document["answered"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is remembered between the events.

    Attributes:
        waiting: What is published and not yet ordered.
        order: The build in flight.
        untold: Orders that were taken and of which the others were not yet told.
        covered: What was accepted before is in a build that was taken.
        not_before: When the build host wants the next order at the earliest.
        failures: How often in a row it has failed to take one.
        behind: Digests of the publishes that stay behind in the queue, to look again.
        seen: Digests of the newest publishes heard; a crash brings them back.
    """

    waiting: Window | None = None
    order: Order | None = None
    untold: tuple[Order, ...] = ()
    covered: float = 0.0
    not_before: float = 0.0
    failures: int = 0
    behind: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "State":
        """The inverse of `to_document`; a fresh one of nothing."""
        if not document:
            return cls()
        waiting, order = document["waiting"], document["order"]
        parts = {
            "waiting": _window(waiting) if waiting else None,
            "order": Order.from_document(order) if order else None,
            "untold": tuple(map(Order.from_document, document["untold"])),
            "behind": tuple(document["behind"]),
            "seen": tuple(document["seen"]),
        }
        return cls(**{**document, **parts})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the rulebook says.

    Attributes:
        quiet: Seconds without a publish after which a build is ordered.
        longest_wait: Seconds after the first publish at which it is ordered whatever comes.
        tells: Whether the build host's webhooks can give a correlation back.
        longest_build: Seconds after which a build that was not heard of is lost.
    """

    quiet: float
    longest_wait: float
    tells: bool
    longest_build: float = LONGEST_BUILD_SECONDS


@dataclass(frozen=True, slots=True)
class Place:
    """Make this order now; it is written down."""

    order: Order


@dataclass(frozen=True, slots=True)
class Wait:
    """Look again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Rest:
    """Nothing is to be done until the next publish."""


Step = Place | Wait | Rest


def is_publish(event: Event) -> bool:
    """Whether it changes content; all else that is heard tells of builds."""
    return not event.type.startswith(("build.", "deploy."))


def hear(state: State, events: Iterable[Event], now: float) -> State:
    """The state after these events."""
    for event in sorted(
        events, key=is_publish
    ):  # an end that comes together with a publish came before its build
        state = (_hear_of_a_publish if is_publish(event) else _hear_of_a_build)(state, event, now)
    return state


def advance(state: State, rules: Rules, now: float, *, publishing: bool) -> tuple[State, Step]:
    """What is to be done now, and the state to write down before it is.

    Args:
        state: What is known.
        rules: What the rulebook says.
        now: Unix seconds.
        publishing: Whether a publish is at hand. What was refused for good is tried again for a publish only: another
            one, or one that a person sends once more.
    """
    order = state.order
    if order and order.answered and now >= order.build.started + rules.longest_build:
        state = replace(state, order=None)
        order = None
    if order and not order.answered:
        settled = order.build.started + DOUBT_SECONDS
        return (state, Wait(settled - now)) if now < settled else _place(state, order.window, rules, now)
    if state.waiting is None or (state.waiting.attempt and not publishing):
        return state, Rest()
    if order:
        look = min(max((now - order.build.started) / 4, LOOK_SOONEST), LOOK_LATEST)
        return state, Wait(min(look, order.build.started + rules.longest_build - now))
    due = max(
        min(state.waiting.last + rules.quiet, state.waiting.first + rules.longest_wait), state.not_before
    )
    return (state, Wait(due - now)) if now < due else _place(state, state.waiting, rules, now)


def leave(state: State, publishes: Sequence[Event], *, behind: bool) -> State:
    """The state in which these publishes are done with, or the newest of them stays behind."""
    digests = [digest_of(event) for event in publishes]
    waiting = [digest for digest in state.behind if digest not in digests]
    return replace(state, behind=(*waiting, *(digests[-1:] if behind else []))[-_SEEN:])


def taken(state: State, order: Order) -> State:
    """The state after the build host has taken the order."""
    return _answered(replace(state, failures=0, not_before=0.0), order)


def told(state: State) -> State:
    """The state after the others were told of what was ordered."""
    return replace(state, untold=())


def put_off(state: State, order: Order, now: float, after: float | None) -> State:
    """The state after the build host has said, or shown, that it takes no order now."""
    pause = min(FIRST_PAUSE_SECONDS * 2**state.failures, LONGEST_PAUSE_SECONDS)
    return replace(
        replace(state, waiting=order.window.together(state.waiting), order=None),
        not_before=now + (pause if after is None else after),
        failures=min(state.failures + 1, 16),
    )


def refused(state: State, order: Order) -> State:
    """The state after the build host has refused the order for good: what it was for waits for a person."""
    waiting = order.window.together(state.waiting)
    return replace(state, waiting=replace(waiting, attempt=waiting.attempt + 1), order=None)


def _place(state: State, window: Window, rules: Rules, now: float) -> tuple[State, Place]:
    order = Order(
        build=Build(correlation=window.correlation(), started=now, tells=rules.tells), window=window
    )
    waiting = None if state.waiting is window else state.waiting
    return replace(state, waiting=waiting, order=order), Place(order)


def _answered(state: State, order: Order) -> State:
    order = replace(order, answered=True)
    covered = max(state.covered, order.build.started)
    return replace(state, order=order, covered=covered, untold=(*state.untold, order))


def _hear_of_a_build(state: State, event: Event, now: float) -> State:
    order = state.order
    if order is None or not order.build.is_told_by(event):
        return state
    if not order.answered:  # it was heard after all
        state = _answered(state, order)
    return state if outcome_of(event) is None else replace(state, order=None)


def _hear_of_a_publish(state: State, event: Event, now: float) -> State:
    at = now if event.replay else accepted_at(event)
    digest = digest_of(event)
    if digest in state.behind or digest in state.seen or at < state.covered - SKEW_SECONDS:
        return state
    heard = Window(
        first=at, last=at, count=1, cause=event.key, event_id=event.id, titles=(event.notice.title,)
    )
    window = state.waiting.together(heard) if state.waiting else heard
    return replace(state, waiting=window, seen=(*state.seen, digest)[-_SEEN:])


def digest_of(event: Event) -> str:
    """By which an event is known again."""
    return hashlib.sha256(event.key.encode()).hexdigest()[:12]


def _window(document: dict[str, Any]) -> Window:
    return Window(**{**document, "titles": tuple(document["titles"])})
