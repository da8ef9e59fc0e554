"""What is remembered of publishes and builds between the events."""

from dataclasses import dataclass, replace
from typing import Final

from lambdas.contracts.build_hosts import BuildTrigger
from lambdas.contracts.builds import Build
from lambdas.contracts.correlation import correlation_of
from lambdas.contracts.retry_schedule import delay

FIRST_PAUSE_SECONDS: Final = 15.0
MAX_PAUSE_SECONDS: Final = 15 * 60.0
"""Between requests for what is cancelled again and again; doubled each time."""

MAX_TITLES: Final = 5
"""How many of the publishes are named to people."""

MAX_TITLE_LENGTH: Final = 200

MAX_CANCELLED: Final = 5
"""How often in a row a build may be cancelled before it is left to the next publish: somebody does not want it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishWindow:
    """Publishes that are to be built together.

    Attributes:
        first: When the first was accepted, unix seconds.
        last: When the last was.
        count: How many there are.
        cause: The key of the first that was heard.
        event_id: Its id.
        titles: What the first of them are called.
        attempt: How often a build for it was rejected for good.
        cancelled: How often one was cancelled, or gave way to a newer one that then was not heard of.
        not_before: When it is requested at the earliest, unless more is published, unix seconds.
        awaits_newer: Whether a newer build, which somebody else has requested, has it if it succeeds.
    """

    first: float
    last: float
    count: int
    cause: str
    event_id: str
    titles: tuple[str, ...] = ()
    attempt: int = 0
    cancelled: int = 0
    not_before: float = 0.0
    awaits_newer: bool = False

    def correlation(self) -> str:
        """The word for it; after a rejection or a cancellation, which ends that story, it is another one."""
        attempt = [str(self.attempt)] if self.attempt else []
        cancelled = [f"cancelled {self.cancelled}"] if self.cancelled else []
        return correlation_of(self.cause, *attempt, *cancelled)

    def title(self) -> str:
        """“Summer news published and 2 more”."""
        name = " ".join(self.titles[0].split())[:MAX_TITLE_LENGTH] if self.titles else "Publish"
        return f"{name} and {self.count - 1} more" if self.count > 1 else name

    def together(self, later: "PublishWindow | None") -> "PublishWindow":
        """This and what came after it, as one."""
        if later is None:
            return self
        return replace(
            self,
            first=min(self.first, later.first),
            last=max(self.last, later.last),
            count=self.count + later.count,
            titles=(*self.titles, *later.titles)[:MAX_TITLES],
            not_before=0.0,
            awaits_newer=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildRequest:
    """A build that is requested from the build host.

    Attributes:
        build: What others are told of it.
        window: What is in it.
        accepted: Whether the build host has accepted the request.
        rejection: Why the build host has rejected it for good; empty where it has not.
    """

    build: Build
    window: PublishWindow
    accepted: bool = False
    rejection: str = ""

    def trigger(self) -> BuildTrigger:
        """What the build host is told."""
        return BuildTrigger(
            correlation=self.build.correlation,
            title=self.window.title(),
            event_id=self.window.event_id,
            publishes=self.window.count,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildState:
    """What is remembered between the events.

    Attributes:
        waiting: What is published and for which no build is requested yet.
        request: The request of the build in flight.
        unannounced: Requests that were accepted or rejected, of which the others are still to be told.
        covered: What was accepted before is in a build that was accepted, unix seconds.
        not_before: When the build host wants the next request at the earliest, unix seconds.
        failing_since: Since when the build host accepts none, unix seconds; 0 where it does not fail.
    """

    waiting: PublishWindow | None = None
    request: BuildRequest | None = None
    unannounced: tuple[BuildRequest, ...] = ()
    covered: float = 0.0
    not_before: float = 0.0
    failing_since: float = 0.0


def mark_accepted(state: RebuildState, request: BuildRequest) -> RebuildState:
    """The state after the build host has accepted the request."""
    accepted = replace(request, accepted=True)
    return replace(
        state,
        request=accepted,
        unannounced=(*state.unannounced, accepted),
        covered=max(state.covered, request.build.started),
        not_before=0.0,
        failing_since=0.0,
    )


def mark_announced(state: RebuildState) -> RebuildState:
    """The state after the others were told of what was requested."""
    return replace(state, unannounced=())


def mark_failing(state: RebuildState, now: float) -> RebuildState:
    """The state after the build host has failed, or has not responded."""
    return replace(state, failing_since=state.failing_since or now)


def back_off(state: RebuildState, request: BuildRequest, now: float, after: float | None) -> RebuildState:
    """The state after the build host has said, or shown, that it accepts no request now.

    Where it names no time, the retry schedule does: without jitter, since no other request comes at the same time.
    """
    failing = mark_failing(state, now) if after is None else state
    pause = delay(now - failing.failing_since, lambda: 0.0) if after is None else after
    return replace(
        failing, waiting=request.window.together(state.waiting), request=None, not_before=now + pause
    )


def mark_cancelled(state: RebuildState, window: PublishWindow, now: float) -> RebuildState:
    """The state after the build of these publishes was cancelled: requested once more at once, then ever later."""
    again = replace(window, cancelled=window.cancelled + 1)
    if again.cancelled > MAX_CANCELLED:
        return state
    pause = min(FIRST_PAUSE_SECONDS * 2.0 ** (again.cancelled - 1), MAX_PAUSE_SECONDS)
    later = replace(again, not_before=now + pause if window.cancelled else 0.0)
    return replace(state, waiting=later.together(state.waiting))


def await_newer(state: RebuildState, window: PublishWindow, until: float) -> RebuildState:
    """The state after a newer build took the place of that of these publishes, for as long as it may take."""
    later = replace(window, cancelled=window.cancelled + 1, not_before=until, awaits_newer=True)
    return replace(state, waiting=later.together(state.waiting))


def mark_newer_succeeded(state: RebuildState) -> RebuildState:
    """The state after another build has succeeded: it has what waited for it."""
    awaited = state.waiting and state.waiting.awaits_newer
    return replace(state, waiting=None, failing_since=0.0) if awaited else state


def mark_rejected(state: RebuildState, request: BuildRequest, reason: str) -> RebuildState:
    """The state after the build host has rejected the request for good: what it was for waits for a person."""
    waiting = request.window.together(state.waiting)
    return replace(
        state,
        waiting=replace(waiting, attempt=waiting.attempt + 1),
        request=None,
        failing_since=0.0,
        unannounced=(*state.unannounced, replace(request, rejection=reason)),
    )
