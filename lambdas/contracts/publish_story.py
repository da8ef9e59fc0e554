"""The story of one publish: what happened when, how it ended, and what people are told of it. Pure functions."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from lambdas.contracts.builds import CANCELLED, PURGED, REQUESTED, SEEN, WithoutResult, accepted_at, end_of
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.event_types import (
    BUILD_CANCELLED,
    DEPLOY_CANCELLED,
    DEPLOY_STARTED,
    SITE_PUBLISH_CANCELLED,
    SITE_PUBLISH_FAILED,
    SITE_PUBLISHED,
    severity_of,
)

MAX_STEPS: Final = 50
"""A story has five; what somebody sends in a loop must not fill the memory."""

SEEN_WITHIN: Final = 60.0
"""Seconds after the purge in which open pages are told, or not at all."""

HEARD_WITHIN: Final = 60.0
"""Seconds after the end in which what came before it is waited for."""

_DONE: Final = {"deploy.succeeded", "build.succeeded"}
_NAMES: Final = {
    REQUESTED: "Build ordered",
    "deploy.started": "Build started",
    "deploy.succeeded": "Deployed",
    "build.succeeded": "Built",
    "deploy.failed": "Deploy failed",
    "build.failed": "Build failed",
    DEPLOY_CANCELLED: "Deploy cancelled",
    BUILD_CANCELLED: "Build cancelled",
    PURGED: "Purged",
    SEEN: "Seen on open pages",
}
_NOT: Final = {SITE_PUBLISH_FAILED: "Not live", SITE_PUBLISH_CANCELLED: "No deploy"}
_REASONS: Final[Mapping[WithoutResult, str]] = {
    "unchanged": "nothing had changed",
    "skipped": "the build was skipped",
    "superseded": "a newer build took its place",
    "held": "the build waits for a person",
    "cancelled": "the build was cancelled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Something that happened to a publish.

    Attributes:
        type: The event's type.
        at: When it was accepted, unix seconds.
        id: The event's id.
        end: How the build ended with it; empty where it did not.
        text: What its notice says of a failure.
        url: Where a person can look.
        site: The site's name.
    """

    type: str
    at: float
    id: str
    end: str = ""
    text: str = ""
    url: str = ""
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is known of one publish, or of several that were built together.

    Attributes:
        correlation: The word that ties its events together; empty as long as `publishes` is 0.
        publishes: How many there were; 0 where that is not known yet.
        first: When the first was accepted, unix seconds.
        last: When the last was.
        ordered: When their build was.
        name: What people call it.
        titles: What the first of them are called.
        steps: What happened.
        announced_type: The type of the event by which its end was announced; empty until then.
    """

    correlation: str = ""
    publishes: int = 0
    first: float = 0.0
    last: float = 0.0
    ordered: float = 0.0
    name: str = ""
    titles: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    announced_type: str = ""

    def apply_events(self, events: Sequence[Event]) -> "Story":
        """The story with what these events add to it."""
        story = self
        for event in events:
            if event.type not in _NAMES or event.id in {step.id for step in story.steps}:
                continue
            if event.is_internal and event.type in (REQUESTED, "build.failed"):
                story = story._with_publishes(event)
            step = Step(
                type=event.type,
                at=accepted_at(event),
                id=event.id,
                end=end_of(event) or "",
                text=event.notice.text,
                url=event.notice.url,
                site=event.notice.site,
            )
            story = replace(story, steps=(*story.steps, step)[:MAX_STEPS])
        return story

    def end(self, until: str, *, patience: float, now: float) -> "End | None":
        """How it has ended; None while it goes on.

        Args:
            until: The type of the event with which a publish is live.
            patience: Seconds after the order of the build in which it must have come.
            now: Unix seconds.
        """
        if not self.publishes:
            return None  # what it was for is still to come
        steps = sorted(self.steps, key=lambda step: step.at)
        failed = next((step for step in steps if step.type.endswith(".failed")), None)
        if failed:
            return End(type=SITE_PUBLISH_FAILED, at=failed.at, reason=_NAMES[failed.type].lower())
        done = next((step for step in steps if step.type == until), None)
        if done and (self._has_all_before(until) or now >= done.at + HEARD_WITHIN):
            return End(type=SITE_PUBLISHED, at=done.at)
        purged = next((step for step in steps if step.type == PURGED), None)
        if until == SEEN and purged and now >= purged.at + SEEN_WITHIN:
            return End(
                type=SITE_PUBLISHED, at=purged.at
            )  # it is live, whether or not a visitor has a page open
        cancelled = next((step for step in steps if step.type in CANCELLED), None)
        if cancelled and not any(step.type in _DONE for step in steps):
            reason = next(reason for end, reason in _REASONS.items() if end == cancelled.end)
            return End(type=SITE_PUBLISH_CANCELLED, at=cancelled.at, reason=reason)
        if now >= self.ordered + patience:
            last = _NAMES[steps[-1].type].lower()
            return End(type=SITE_PUBLISH_FAILED, at=now, reason=f"nothing was heard after “{last}”")
        return None

    def notice(self, end: "End") -> Notice:
        """What people are told of it, in one message."""
        steps = sorted(self.steps, key=lambda step: step.at)
        start, name = self.first, self.name
        fields = {"Published": _clock(start)}
        if self.last - self.first >= 1:
            fields["Last of them"] = f"+{elapsed(self.last - start)}"
        for step in steps:
            fields.setdefault(_NAMES[step.type], f"+{elapsed(step.at - start)}")
        texts = [step.text for step in steps if step.type.endswith(".failed") and step.text]
        return Notice(
            title=f"Live after {elapsed(end.at - start)}: {name}"
            if end.live
            else f"{_NOT[end.type]}, {end.reason} after {elapsed(end.at - start)}: {name}",
            text="\n".join(texts or (self.titles if self.publishes > 1 else ())),
            url=next((step.url for step in reversed(steps) if step.url), ""),
            severity=severity_of(end.type),
            fields=fields,
            site=next((step.site for step in reversed(steps) if step.site), ""),
        )

    def timeline(self) -> list[dict[str, Any]]:
        """The steps for machines, with the seconds since the first publish."""
        return [
            {"type": step.type, "at": step.at, "after": round(step.at - self.first, 3), "event": step.id}
            for step in sorted(self.steps, key=lambda step: step.at)
        ]

    def steps_for_display(self) -> list[tuple[str, str, str]]:
        """The steps for people: what, when (RFC 3339 in UTC), and how long after the first publish."""
        steps = sorted(self.steps, key=lambda step: step.at)
        rows = [
            (_NAMES[step.type], timestamp(step.at), f"+{elapsed(step.at - self.first)}") for step in steps
        ]
        return [("Published", timestamp(self.first), ""), *rows] if self.publishes else rows

    def _has_all_before(self, until: str) -> bool:
        """Whether each step is known that this one implies: they come by way of several functions, in any order."""
        known = {step.type for step in self.steps}
        return (until not in (PURGED, SEEN) or bool(known & _DONE)) and (until != SEEN or PURGED in known)

    def _with_publishes(self, event: Event) -> "Story":
        facts = event.payload()
        return replace(
            self,
            correlation=event.correlationid,
            publishes=facts["publishes"],
            first=dt.datetime.fromisoformat(facts["first"]).timestamp(),
            last=dt.datetime.fromisoformat(facts["last"]).timestamp(),
            ordered=float(facts["started"]),
            titles=tuple(facts["titles"]),
            name=facts["name"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a story has ended: the type of the event that tells it, when, and why it is not live."""

    type: str
    at: float
    reason: str = ""

    @property
    def live(self) -> bool:
        """Whether what was published is live."""
        return self.type == SITE_PUBLISHED


def is_of_a_build(event: Event) -> bool:
    """Whether the event can be a step, though nothing in it says of which story."""
    return event.type == DEPLOY_STARTED or end_of(event) is not None


def elapsed(seconds: float) -> str:
    """A time that people read: “45 s”, “1 min 5 s”, “2 h 3 min”."""
    whole = max(round(seconds), 0)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _clock(at: float) -> str:
    return dt.datetime.fromtimestamp(at, dt.UTC).strftime("%H:%M:%S UTC")
