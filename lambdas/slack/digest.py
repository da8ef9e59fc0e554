"""Several events as one Slack message.

A message has sections: one for each event that is shown in full, and summaries, which show many events by their number
and latest titles. A few events are shown in full, more are summarised. Critical events come first, in full, and are
never summarised together with others. Every event of a message can be found from it: an event in full by a `block_id`,
a summarised one by the prefix of its id in the message's metadata.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final

from lambdas.contracts.event import Event
from lambdas.contracts.event_types import counted
from lambdas.slack.message import attachment, compose, heading
from lambdas.slack.summary import summarise
from lambdas.slack.text import escape, size

MAX_IN_FULL: Final = 5
"""Events that are shown in full; where there are more, all but the critical ones are summarised."""

MAX_SUMMARISED: Final = 270
"""Events in the summaries of one message: as many as the runtime gathers, and their id prefixes stay below 3,000
characters. Slack documents no limit for a message's metadata; this is the smallest that it has for any (Views:
`private_metadata`)."""

ID_PREFIX_LENGTH: Final = 9
"""Characters of an id in the metadata. Another event's id begins with the same ones once in 69 billion times."""

MAX_MESSAGE_SIZE: Final = 11_500
"""Characters of a message as `size` counts them: below 12,000 together with a line about a dead webhook."""

MAX_HEADLINE_TYPES: Final = 3
MAX_HEADLINE_TYPE_LENGTH: Final = 60
MAX_HEADLINE_SIZE: Final = 300

Section = Sequence[Event]
"""The events of one section: one event, shown in full, or several, summarised."""


def compose_first(events: Iterable[Event]) -> tuple[dict[str, Any], list[Event]]:
    """The first message for these events, and the events that do not fit into it, for the next message."""
    sections = _sections(sorted(events, key=lambda event: event.time))
    draft = _Draft()
    added = list(takewhile(draft.add, sections))
    return draft.message(), [event for section in sections[len(added) :] for event in section]


def _sections(events: Sequence[Event]) -> list[Section]:
    """The sections for events, in their order."""
    critical = [event for event in events if event.notice.severity == "critical"]
    others = [event for event in events if event.notice.severity != "critical"]
    if len(events) <= MAX_IN_FULL:
        return [[event] for event in (*critical, *others)]
    in_full: list[Section] = [[event] for event in critical[:MAX_IN_FULL]]
    return [*in_full, *_summaries(critical[MAX_IN_FULL:]), *_summaries(others)]


def _summaries(events: Sequence[Event]) -> list[Section]:
    return [events[start : start + MAX_SUMMARISED] for start in range(0, len(events), MAX_SUMMARISED)]


@dataclass(slots=True)
class _Draft:
    """A message to which sections are added as long as they fit; any single one fits."""

    events: list[Event] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    summarised: list[Event] = field(default_factory=list)

    def add(self, section: Section) -> bool:
        """Add a section; False where it does not fit."""
        summarised = [*self.summarised, *section] if len(section) > 1 else self.summarised
        room = MAX_MESSAGE_SIZE - MAX_HEADLINE_SIZE - size(self.attachments) - size(_metadata(summarised))
        added = _in_full(section[0]) if len(section) == 1 else summarise(section, room)
        if added is None or len(summarised) > MAX_SUMMARISED or (self.attachments and size(added) > room):
            return False
        self.events += section
        self.attachments.append(added)
        self.summarised = summarised
        return True

    def message(self) -> dict[str, Any]:
        """The body for an incoming webhook."""
        if len(self.events) == 1:
            return compose(self.events[0])
        message = {"text": f"*{_headline(self.events)}*", "attachments": self.attachments}
        return message | {"metadata": _metadata(self.summarised)} if self.summarised else message


def _in_full(event: Event) -> dict[str, Any]:
    return attachment(event, heading(event.notice))


def _headline(events: Sequence[Event]) -> str:
    """How many of which type: ``1 critical event, 127 form submissions, 2 failed deploys and 3 more``."""
    critical = sum(event.notice.severity == "critical" for event in events)
    types = Counter(event.type for event in events if event.notice.severity != "critical").most_common()
    parts = [f"{critical:,} critical event{'s' if critical > 1 else ''}"] if critical else []
    parts += [
        escape(counted(type, count), MAX_HEADLINE_TYPE_LENGTH) for type, count in types[:MAX_HEADLINE_TYPES]
    ]
    if more := sum(count for _, count in types[MAX_HEADLINE_TYPES:]):
        parts.append(f"{more:,} more")
    return f"{', '.join(parts[:-1])} and {parts[-1]}" if parts[1:] else parts[0]


def _metadata(events: Sequence[Event]) -> dict[str, Any]:
    """Slack API, "Using message metadata"; incoming webhooks take it, too (slackapi/python-slack-sdk#1362)."""
    prefixes = " ".join(event.id[:ID_PREFIX_LENGTH] for event in events)
    return {"event_type": "jamwire_digest", "event_payload": {"events": len(events), "ids": prefixes}}
