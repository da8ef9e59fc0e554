"""One story for each publish: published, built, deployed, purged, told in one message when it is over."""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

import boto3

from lambdas.clients.publisher import Announce, announcement, publish_on
from lambdas.clients.state_store import Document, StateStore, VersionConflictError
from lambdas.contracts.builds import REQUESTED, Build, accepted_at
from lambdas.runtime import Event, Retry, subscriber
from lambdas.story.timeline import End, Story, is_of_a_build

LOOK_SOONEST: Final = 2.0
LOOK_LATEST: Final = 30.0
"""How often the order of a build, which waits for its end, looks whether it has come or never will: after a quarter of
the time that has passed."""

AGAIN_SECONDS: Final = 1.0
OPEN: Final = "open"
"""The document of the builds whose hosts give no word back."""

_MOST_OPEN: Final = 20


class Memory(Protocol):
    """Where the stories are kept (`lambdas.clients.state_store.StateStore`), each by its correlation."""

    def read(self, id: str) -> tuple[Document, int]:
        """The document and its version."""
        ...

    def write(self, id: str, document: Document, version: int, now: float) -> int:
        """Write over a version; raises `VersionConflictError` where there is another."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """The work on a batch of events, with all it depends on.

    Attributes:
        name: Of the subscriber, in what it announces.
        until: The type of the event with which a publish is live.
        patience: Seconds after the order of a build in which it must have come.
        memory: Where the stories are kept.
        announce: Tells the other subscribers.
        clock: Unix seconds.
    """

    name: str
    until: str
    patience: float
    memory: Memory
    announce: Announce
    clock: Callable[[], float]

    def handle(self, events: Sequence[Event]) -> None:
        """Add the events to their stories, and tell those that are over.

        Raises:
            Retry: For the orders of builds that go on, and for what another function was faster with.
        """
        waiting: list[Event] = []
        soon: list[Event] = []
        for correlation, some in self._by_story(events).items():
            try:
                over = self._add(correlation, some)
            except VersionConflictError:
                soon += some
            else:
                waiting += [event for event in some if event.type == REQUESTED and not over]
        if soon:
            raise Retry(AGAIN_SECONDS, "another function was faster", of=[*soon, *waiting])
        if waiting:
            passed = self.clock() - max(accepted_at(event) for event in waiting)
            look = min(max(passed / 4, LOOK_SOONEST), LOOK_LATEST)
            raise Retry(look, "waiting for its end", of=waiting)

    def _by_story(self, events: Sequence[Event]) -> dict[str, list[Event]]:
        stories: defaultdict[str, list[Event]] = defaultdict(list)
        builds = self._open_builds(events)
        for event in events:
            build = next((build for build in reversed(builds) if build.is_told_by(event)), None)
            if correlation := event.correlationid or (build.correlation if build else ""):
                stories[correlation].append(event)
        return stories

    def _open_builds(self, events: Sequence[Event]) -> list[Build]:
        """Builds whose hosts give no word back, read only where one of the events may be about them."""
        ordered = [build for event in events if (build := Build.requested_by(event)) and not build.tells]
        if not ordered and not any(is_of_a_build(event) and not event.correlationid for event in events):
            return []
        known, version = self.memory.read(OPEN)
        builds = [Build.from_document(build) for build in known.get("builds", [])]
        if fresh := [build for build in ordered if build not in builds]:
            builds = [*builds, *fresh][-_MOST_OPEN:]
            document = {"builds": [build.to_document() for build in builds]}
            try:
                self.memory.write(OPEN, document, version, self.clock())
            except VersionConflictError:
                raise Retry(AGAIN_SECONDS, "another function was faster", of=events) from None
        return builds

    def _add(self, correlation: str, events: Sequence[Event]) -> bool:
        """Add events to a story; tells whether it is over and told."""
        known, version = self.memory.read(correlation)
        before = Story.from_document(known)
        story = before.hear(events)
        if story != before:
            version = self.memory.write(correlation, story.to_document(), version, self.clock())
        if story.told:
            return True
        end = story.end(self.until, patience=self.patience, now=self.clock())
        if end is None:
            return False
        told = self._tell(correlation, story, end)  # before it is noted: told again, it is the same event
        self.memory.write(correlation, {**story.to_document(), "told": told.type}, version, self.clock())
        return True

    def _tell(self, correlation: str, story: Story, end: End) -> Event:
        event = announcement(
            self.name,
            "site.published" if end.live else "site.publish_failed",
            correlation,
            story.notice(end),
            now=self.clock(),
            correlation=correlation,
            body={"publishes": story.publishes, "live": end.live, "timeline": story.timeline()},
        )
        self.announce(event)
        return event


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Add the events to their stories."""
    _teller().handle(events)


@cache
def _teller() -> Teller:
    """As `stacks/story.py` configures it."""
    return Teller(
        **json.loads(os.environ["RULES"]),
        name=os.environ["DESTINATION"],
        memory=StateStore(boto3.client("dynamodb"), os.environ["DOCUMENTS_TABLE"]),
        announce=publish_on(boto3.client("sns"), os.environ["TOPIC_ARN"]),
        clock=time.time,
    )
