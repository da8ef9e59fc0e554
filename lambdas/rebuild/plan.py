"""When to request a build: a pure function of what is known, what has happened and the time.

A burst of publishes becomes one build: it is requested when nothing more was published for a while (a trailing
debounce), and at the latest so long after the first of the burst. One build is in flight at most, and one waits: what
is published during a build is in the next one, which is requested when the first has ended or was not heard of for too
long.

A request is written down before it is made, and its response after it. Where the function dies between the two, or no
response comes, nobody knows whether the build host has received it. Its own webhook tells, if it has: only when that
too is silent for a while the same request is made once more. So no publish is left without a build, and only a build
host that says nothing builds the same twice.

A build may end without a result (`lambdas.contracts.builds.Outcome`). Where nothing had changed there is nothing more
to do; where a newer build took its place, that one is awaited; what was cancelled is requested once more, and then ever
later, until it is left to the next publish.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from lambdas.contracts.announcements import Announcement
from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.builds import CANCELLED, REQUESTED, Build, accepted_at, end_of
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.event_types import BUILD_FAMILY, DEPLOY_FAMILY, PREVIEW_FAMILY
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.settings import RebuildSettings
from lambdas.rebuild.state import (
    BuildRequest,
    PublishWindow,
    RebuildState,
    await_newer,
    back_off,
    mark_accepted,
    mark_announced,
    mark_cancelled,
    mark_failing,
    mark_newer_succeeded,
    mark_rejected,
)
from lambdas.runtime.stateful import Core, Wakeup

DOUBT_SECONDS: Final = 60.0
"""How long a request without a response may turn out to have been received, by the build host's webhook."""

MIN_LOOK_SECONDS: Final = 2.0
MAX_LOOK_SECONDS: Final = 30.0
"""How often what waits for a build in flight looks again, after a quarter of the time that it has taken. Its end is
heard at once; this only lets go what has waited."""

SKEW_SECONDS: Final = 1.0
"""By how much the clocks of two functions may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What came of a request for a build.

    Attributes:
        request: The request.
        received: Whether the build host has responded. Where it has not, it may have received the request or not.
        failure: Why it has not accepted the request, and whether for good; None where it has.
    """

    request: BuildRequest
    received: bool = True
    failure: Retry | Undeliverable | None = None


@dataclass(frozen=True, slots=True)
class Rebuild(Core[RebuildState, BuildRequest, Response]):
    """Decides when a build is requested."""

    settings: RebuildSettings
    kind = RebuildState

    def can_wake(self, event: Event) -> bool:
        """A publish waits for its build, and a cancellation for the build that is requested in its place."""
        return is_publish(event) or event.type in CANCELLED

    def apply_events(self, state: RebuildState, events: Sequence[Event], now: float) -> RebuildState:
        """The state after these events; an end that comes together with a publish came before its build."""
        for event in sorted(events, key=is_publish):
            state = (_with_publish if is_publish(event) else self._with_report)(state, event, now)
        return state

    def without_pause(self, state: RebuildState) -> RebuildState:
        """The state in which the build host may be asked at once."""
        return replace(state, not_before=0.0, failing_since=0.0)

    def next_action(
        self, state: RebuildState, now: float, *, woken: bool
    ) -> tuple[RebuildState, BuildRequest | None]:
        """The request to make now.

        What was rejected for good is tried again for a publish only: another one, or one that a person sends once more.
        """
        state = self._without_lost_build(state, now)
        window = self._due_window(state, now, woken=woken)
        if window is None:
            return state, None
        build = Build(
            correlation=window.correlation(),
            started=now,
            echoes_correlation=HOSTS[self.settings.build_host].echoes_correlation,
        )
        request = BuildRequest(build=build, window=window)
        waiting = None if state.waiting is window else state.waiting
        return replace(state, waiting=waiting, request=request), request

    def apply_result(
        self, state: RebuildState, result: Response, now: float
    ) -> tuple[RebuildState, Undeliverable | None]:
        """The state after the build host's response, unless its webhook was faster."""
        request, failure = result.request, result.failure
        if state.request != request:
            return state, None
        if not result.received:
            return mark_failing(state, now), None
        if failure is None:
            return mark_accepted(state, request), None
        if isinstance(failure, Retry):
            return back_off(state, request, now, failure.after), None
        return mark_rejected(state, request, failure.reason), failure

    def announce(self, state: RebuildState, now: float) -> tuple[RebuildState, Sequence[Announcement]]:
        """The requests that were accepted or rejected."""
        return mark_announced(state), [self._announcement(request) for request in state.unannounced]

    def wakeup(self, state: RebuildState, now: float) -> Wakeup | None:
        """When a build may be due."""
        at = self._next_look(state, now)
        failing_for = now - state.failing_since if state.failing_since else None
        return None if at is None else Wakeup(at - now, "waiting for its build", failing_for)

    def _next_look(self, state: RebuildState, now: float) -> float | None:
        request = state.request
        if request and not request.accepted:
            return request.build.started + DOUBT_SECONDS
        if state.waiting is None:
            return None
        if request is None:
            return self._due_at(state, state.waiting)
        look = min(max((now - request.build.started) / 4, MIN_LOOK_SECONDS), MAX_LOOK_SECONDS)
        return min(now + look, request.build.started + self.settings.longest_build)

    def _without_lost_build(self, state: RebuildState, now: float) -> RebuildState:
        request = state.request
        lost = request and request.accepted and now >= request.build.started + self.settings.longest_build
        return replace(state, request=None) if lost else state

    def _due_window(self, state: RebuildState, now: float, *, woken: bool) -> PublishWindow | None:
        """What a build is to be requested for now."""
        request, waiting = state.request, state.waiting
        if request:
            in_doubt = not request.accepted and now >= request.build.started + DOUBT_SECONDS
            return request.window if in_doubt else None
        if waiting is None or (waiting.attempt and not woken):
            return None
        return waiting if now >= self._due_at(state, waiting) else None

    def _due_at(self, state: RebuildState, window: PublishWindow) -> float:
        settled = min(window.last + self.settings.quiet, window.first + self.settings.longest_wait)
        return max(settled, state.not_before, window.not_before)

    def _with_report(self, state: RebuildState, event: Event, now: float) -> RebuildState:
        """The state after a build host has reported on a build."""
        request, end = state.request, end_of(event)
        if request is None or not request.build.is_reported_by(event):
            return mark_newer_succeeded(state) if end == "succeeded" and not event.is_internal else state
        if not request.accepted:  # it was received after all
            state = mark_accepted(state, request)
        if end is None:
            return state
        state = replace(state, request=None)
        if end in ("superseded", "held"):
            return await_newer(state, request.window, now + self.settings.longest_build)
        return mark_cancelled(state, request.window, now) if end == "cancelled" else state

    def _announcement(self, request: BuildRequest) -> Announcement:
        window = request.window
        accepted = Notice(
            title=window.title(), text="\n".join(window.titles), fields={"Publishes": str(window.count)}
        )
        rejected = Notice(title="The build was not ordered", text=request.rejection, severity="error")
        return Announcement(
            type="build.failed" if request.rejection else REQUESTED,
            cause=request.build.correlation,
            notice=rejected if request.rejection else accepted,
            correlation=request.build.correlation,
            body=self._facts(request),
        )

    def _facts(self, request: BuildRequest) -> Mapping[str, Any]:
        window = request.window
        return {
            **asdict(request.build),
            "host": self.settings.build_host,
            "publishes": window.count,
            "first": timestamp(window.first),
            "last": timestamp(window.last),
            "name": window.title(),
            "titles": list(window.titles),
            "event": window.event_id,
        }


def is_publish(event: Event) -> bool:
    """Whether it changes content; all else that is heard tells of builds."""
    return not event.type.startswith((BUILD_FAMILY, DEPLOY_FAMILY, PREVIEW_FAMILY))


def _with_publish(state: RebuildState, event: Event, now: float) -> RebuildState:
    at = now if event.replay else accepted_at(event)
    if at < state.covered - SKEW_SECONDS:
        return state
    publish = PublishWindow(
        first=at, last=at, count=1, cause=event.key, event_id=event.id, titles=(event.notice.title,)
    )
    return replace(state, waiting=state.waiting.together(publish) if state.waiting else publish)
