"""What is remembered of publishes and builds between the events."""

from dataclasses import dataclass, replace
from typing import Final

from lambdas.contracts.build_hosts import BuildTrigger
from lambdas.contracts.builds import Build
from lambdas.contracts.correlation import correlation_of

FIRST_PAUSE_SECONDS: Final = 15.0
MAX_PAUSE_SECONDS: Final = 15 * 60.0
"""Between requests that a failing build host does not accept; doubled each time."""

MAX_TITLES: Final = 5
"""How many of the publishes are named to people."""

MAX_TITLE_LENGTH: Final = 200

_MAX_DOUBLINGS: Final = 16


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
    """

    first: float
    last: float
    count: int
    cause: str
    event_id: str
    titles: tuple[str, ...] = ()
    attempt: int = 0

    def correlation(self) -> str:
        """The word for it; after a rejection, which is announced as the end of that story, it is another one."""
        return correlation_of(self.cause, *([str(self.attempt)] if self.attempt else []))

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
        failures: How often in a row the build host has failed to accept one.
    """

    waiting: PublishWindow | None = None
    request: BuildRequest | None = None
    unannounced: tuple[BuildRequest, ...] = ()
    covered: float = 0.0
    not_before: float = 0.0
    failures: int = 0


def mark_accepted(state: RebuildState, request: BuildRequest) -> RebuildState:
    """The state after the build host has accepted the request."""
    accepted = replace(request, accepted=True)
    return replace(
        state,
        request=accepted,
        unannounced=(*state.unannounced, accepted),
        covered=max(state.covered, request.build.started),
        not_before=0.0,
        failures=0,
    )


def mark_announced(state: RebuildState) -> RebuildState:
    """The state after the others were told of what was requested."""
    return replace(state, unannounced=())


def back_off(state: RebuildState, request: BuildRequest, now: float, after: float | None) -> RebuildState:
    """The state after the build host has said, or shown, that it accepts no request now."""
    pause = min(FIRST_PAUSE_SECONDS * 2**state.failures, MAX_PAUSE_SECONDS)
    return replace(
        state,
        waiting=request.window.together(state.waiting),
        request=None,
        not_before=now + (pause if after is None else after),
        failures=min(state.failures + 1, _MAX_DOUBLINGS),
    )


def mark_rejected(state: RebuildState, request: BuildRequest, reason: str) -> RebuildState:
    """The state after the build host has rejected the request for good: what it was for waits for a person."""
    waiting = request.window.together(state.waiting)
    return replace(
        state,
        waiting=replace(waiting, attempt=waiting.attempt + 1),
        request=None,
        unannounced=(*state.unannounced, replace(request, rejection=reason)),
    )
