"""The summary of many events as one attachment: how many of each type, and the titles of the latest ones."""

from collections.abc import Sequence
from typing import Any, Final

from lambdas.contracts.event import SEVERITIES, Event, Severity
from lambdas.contracts.event_types import counted
from lambdas.slack.blocks import Block, attachment, context, section
from lambdas.slack.message import COLOURS
from lambdas.slack.text import escape, line, link, size, when

MAX_TITLES: Final = 5
MAX_TYPES: Final = 8
MAX_TYPE_LENGTH: Final = 100
MAX_TITLE_LENGTH: Final = 120
MAX_URL_LENGTH: Final = 400

MIN_SIZE: Final = 3500
"""Characters that a type with its latest titles, the number of the others and the time fit into."""

ENDING_SIZE: Final = 700
"""Characters kept for the number of the others and the time."""


def summarise(events: Sequence[Event], room: int) -> dict[str, Any] | None:
    """The attachment that summarises events in the order of time; None where the room is too small for a summary.

    Args:
        events: The events.
        room: Characters that the attachment may have, as `size` counts them.
    """
    if room < MIN_SIZE:
        return None
    by_type = _by_type(events)
    room -= ENDING_SIZE
    blocks: list[Block] = []
    for type, its_events in by_type[:MAX_TYPES]:
        block = section(_latest(type, its_events))
        room -= size(block)
        if room < 0:
            break
        blocks.append(block)
    others = by_type[len(blocks) :]
    if others:
        blocks.append(section(_others(others)))
    return attachment(COLOURS[_worst(events)], f"{len(events)} events", [*blocks, _context(events)])


def _by_type(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    """Events by type, the most frequent type first."""
    by_type: dict[str, list[Event]] = {}
    for event in events:
        by_type.setdefault(event.type, []).append(event)
    return sorted(by_type.items(), key=lambda item: (-len(item[1]), item[0]))


def _latest(type: str, events: Sequence[Event]) -> str:
    lead = f"*{escape(counted(type, len(events)), MAX_TYPE_LENGTH)}*"
    lead += ", latest five:" if len(events) > MAX_TITLES else ":"
    return "\n".join([lead, *(f"• {_title(event)}" for event in events[-MAX_TITLES:])])


def _title(event: Event) -> str:
    return link(line(event.notice.title, MAX_TITLE_LENGTH), event.notice.url, MAX_URL_LENGTH)


def _others(by_type: Sequence[tuple[str, Sequence[Event]]]) -> str:
    count, types = sum(len(events) for _, events in by_type), len(by_type)
    return f"and {count:,} event{'s' if count > 1 else ''} of {types} other type{'s' if types > 1 else ''}"


def _context(events: Sequence[Event]) -> Block:
    parts = [f"{when(events[0].time)} to {when(events[-1].time)}"]
    if replayed := sum(bool(event.replay) for event in events):
        parts.append(f"{replayed:,} replayed")
    return context(" · ".join(parts))


def _worst(events: Sequence[Event]) -> Severity:
    return max((event.notice.severity for event in events), key=SEVERITIES.index)
