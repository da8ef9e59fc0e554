"""Several events as one Slack message.

As long as they are few, each is told in full; when they pile up, a pile is told by counts and its latest titles. What
is critical comes first, in full, and is never counted among the rest. Every event that a message tells of can be found
from it: one told in full by a `block_id`, those of a pile by the message's metadata.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final

from lambdas.contracts.event import Event
from lambdas.contracts.event_types import counted
from lambdas.slack.message import attachment, compose, heading
from lambdas.slack.summary import pile_up
from lambdas.slack.text import escape, size

FEW: Final = 5
"""So many events are told in full."""

LARGEST: Final = 270
"""Events in the piles of one message: all that the runtime gathers, and their marks stay below 3,000 characters. Slack
documents no limit for a message's metadata; this is the smallest that it has for any (Views: `private_metadata`)."""

MARK_LENGTH: Final = 9
"""A mark is the beginning of an event's id: one in 69 billion."""

WHOLE: Final = 11_500
"""Characters of a message as `size` counts them: below 12,000 together with a line about a dead webhook."""

KINDS_IN_SUMMARY: Final = 3
KIND_LENGTH: Final = 60
SUMMARY_ROOM: Final = 300

Unit = Sequence[Event]
"""One event, which is told in full, or several, which are a pile."""


def compose_first(events: Iterable[Event]) -> tuple[dict[str, Any], list[Event]]:
    """The first message for these events, and the events that it has no room for: they are for the next one."""
    units = _units(sorted(events, key=lambda event: event.time))
    draft = _Draft()
    taken = list(takewhile(draft.take, units))
    return draft.message(), [event for unit in units[len(taken) :] for event in unit]


def _units(events: Sequence[Event]) -> list[Unit]:
    """What a message is made of, in its order."""
    critical = [event for event in events if event.notice.severity == "critical"]
    others = [event for event in events if event.notice.severity != "critical"]
    full = [*critical, *others] if len(events) <= FEW else critical[:FEW]
    piles = [] if len(events) <= FEW else [*_piles(critical[FEW:]), *_piles(others)]
    return [*([event] for event in full), *piles]


def _piles(events: Sequence[Event]) -> list[Unit]:
    return [events[start : start + LARGEST] for start in range(0, len(events), LARGEST)]


@dataclass(slots=True)
class _Draft:
    """A message that takes units as long as it has room; it has room for any one."""

    events: list[Event] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    piled: list[Event] = field(default_factory=list)

    def take(self, unit: Unit) -> bool:
        """Take a unit; False where it has no room."""
        piled = [*self.piled, *unit] if len(unit) > 1 else self.piled
        room = WHOLE - SUMMARY_ROOM - size(self.parts) - size(_metadata(piled))
        part = _in_full(unit[0]) if len(unit) == 1 else pile_up(unit, room)
        if part is None or len(piled) > LARGEST or (self.parts and size(part) > room):
            return False
        self.events += unit
        self.parts.append(part)
        self.piled = piled
        return True

    def message(self) -> dict[str, Any]:
        """The body for an incoming webhook."""
        if len(self.events) == 1:
            return compose(self.events[0])
        message = {"text": f"*{_summary(self.events)}*", "attachments": self.parts}
        return message | {"metadata": _metadata(self.piled)} if self.piled else message


def _in_full(event: Event) -> dict[str, Any]:
    return attachment(event, heading(event.notice)).to_dict()


def _summary(events: Sequence[Event]) -> str:
    """How many of what: ``1 critical event, 127 form submissions, 2 failed deploys and 3 more``."""
    critical = sum(event.notice.severity == "critical" for event in events)
    kinds = Counter(event.type for event in events if event.notice.severity != "critical").most_common()
    said = [f"{critical:,} critical event{'s' if critical > 1 else ''}"] if critical else []
    said += [escape(counted(kind, count), KIND_LENGTH) for kind, count in kinds[:KINDS_IN_SUMMARY]]
    if more := sum(count for _, count in kinds[KINDS_IN_SUMMARY:]):
        said.append(f"{more:,} more")
    return f"{', '.join(said[:-1])} and {said[-1]}" if said[1:] else said[0]


def _metadata(events: Sequence[Event]) -> dict[str, Any]:
    """Slack API, "Using message metadata"; incoming webhooks take it, too (slackapi/python-slack-sdk#1362)."""
    marks = " ".join(event.id[:MARK_LENGTH] for event in events)
    return {"event_type": "jamwire_digest", "event_payload": {"events": len(events), "ids": marks}}
