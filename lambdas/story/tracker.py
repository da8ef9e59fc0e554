"""The story of each publish as a state of its own, and which story an event belongs to."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lambdas.contracts.announcements import Announcement
from lambdas.contracts.builds import REQUESTED, Build
from lambdas.contracts.event import Event
from lambdas.contracts.publish_story import End, Story, is_of_a_build
from lambdas.contracts.settings import StorySettings
from lambdas.runtime.stateful import Core, StatefulSubscriber, Wakeup

MIN_LOOK_SECONDS: Final = 2.0
MAX_LOOK_SECONDS: Final = 30.0
"""How often the request of a build, which waits for its end, looks whether it has come or never will: after a quarter
of the time that has passed."""

OPEN_BUILDS_ID: Final = "open"
"""The id of the state of `OpenBuilds`; a story's is its correlation."""

MAX_OPEN_BUILDS: Final = 20


@dataclass(frozen=True, slots=True)
class StoryTracker(Core[Story, None, None]):
    """Adds events to a story, and announces its end."""

    settings: StorySettings
    kind = Story

    def can_wake(self, event: Event) -> bool:
        """The request of its build waits for the end of a story."""
        return event.type == REQUESTED

    def apply_events(self, state: Story, events: Sequence[Event], now: float) -> Story:
        """The story with what the events add to it."""
        return state.apply_events(events)

    def announce(self, state: Story, now: float) -> tuple[Story, Sequence[Announcement]]:
        """The end of the story, once it has come."""
        end = state.end(self.settings.until, patience=self.settings.patience, now=now)
        if end is None or state.announced_type:
            return state, ()
        announcement = _announcement(state, end)
        return replace(state, announced_type=announcement.type), (announcement,)

    def wakeup(self, state: Story, now: float) -> Wakeup | None:
        """Ever later, until its end has been announced."""
        if state.announced_type:
            return None
        look = min(max((now - state.ordered) / 4, MIN_LOOK_SECONDS), MAX_LOOK_SECONDS)
        return Wakeup(look, "waiting for its end")


def _announcement(story: Story, end: End) -> Announcement:
    return Announcement(
        type=end.type,
        cause=story.correlation,
        notice=story.notice(end),
        correlation=story.correlation,
        body={
            "name": story.name,
            "publishes": story.publishes,
            "live": end.live,
            "timeline": story.timeline(),
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenBuilds:
    """The newest builds whose hosts do not give the correlation back."""

    builds: tuple[Build, ...] = ()


class _OpenBuildsCore(Core[OpenBuilds, None, None]):
    kind = OpenBuilds

    def apply_events(self, state: OpenBuilds, events: Sequence[Event], now: float) -> OpenBuilds:
        ordered = [build for event in events if (build := Build.requested_by(event))]
        return OpenBuilds(builds=(*state.builds, *ordered)[-MAX_OPEN_BUILDS:])


def by_story(tracker: StatefulSubscriber[Story, None, None]) -> StatefulSubscriber[Story, None, None]:
    """The subscriber with one state for each story, by its correlation."""
    open_builds = StatefulSubscriber(
        stack_id=tracker.stack_id,
        core=_OpenBuildsCore(),
        store=tracker.store,
        publish=tracker.publish,
        clock=tracker.clock,
    )

    def partition(events: Sequence[Event]) -> Mapping[str, Sequence[Event]]:
        return _by_correlation(events, _builds(open_builds, events))

    return replace(tracker, partition=partition)


def _builds(
    open_builds: StatefulSubscriber[OpenBuilds, None, None], events: Sequence[Event]
) -> Sequence[Build]:
    """Open builds, read only where one of the events may be about them."""
    ordered = [
        event for event in events if (build := Build.requested_by(event)) and not build.echoes_correlation
    ]
    if not ordered and not any(is_of_a_build(event) and not event.correlationid for event in events):
        return ()
    state, _ = open_builds.advance(OPEN_BUILDS_ID, ordered)
    return state.builds


def _by_correlation(events: Sequence[Event], builds: Sequence[Build]) -> Mapping[str, Sequence[Event]]:
    stories: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        build = next((build for build in reversed(builds) if build.is_reported_by(event)), None)
        if correlation := event.correlationid or (build.correlation if build else ""):
            stories[correlation].append(event)
    return stories
