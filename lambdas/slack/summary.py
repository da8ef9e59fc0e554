"""A pile of events as one attachment: how many of each type, and what the latest of them are."""

from collections.abc import Sequence
from typing import Any, Final

from slack_sdk.models.attachments import BlockAttachment
from slack_sdk.models.blocks import Block, ContextBlock, SectionBlock

from lambdas.contracts.event import SEVERITIES, Event, Severity
from lambdas.contracts.event_types import counted
from lambdas.slack.message import COLOURS
from lambdas.slack.text import escape, line, link, markdown, size, when

LATEST: Final = 5
KINDS: Final = 8
KIND_LENGTH: Final = 100
TITLE_LENGTH: Final = 120
URL_LENGTH: Final = 400

SMALLEST: Final = 3500
"""Characters in which a type with its latest titles, the number of the others and the time have room."""

ENDING: Final = 700
"""Characters kept for the number of the others and the time."""


def pile_up(events: Sequence[Event], room: int) -> dict[str, Any] | None:
    """The attachment for a pile in the order of time; none where it is worth no part of so little room.

    Args:
        events: The pile.
        room: Characters that it may have, as `size` counts them.
    """
    if room < SMALLEST:
        return None
    kinds = _kinds(events)
    room -= ENDING
    blocks: list[Block] = []
    for kind, pile in kinds[:KINDS]:
        section = SectionBlock(text=markdown(_said(kind, pile)))
        room -= size(section.to_dict())
        if room < 0:
            break
        blocks.append(section)
    others = kinds[len(blocks) :]
    if others:
        blocks.append(SectionBlock(text=markdown(_others(others))))
    return BlockAttachment(
        color=COLOURS[_worst(events)], fallback=f"{len(events)} events", blocks=[*blocks, _context(events)]
    ).to_dict()


def _kinds(events: Sequence[Event]) -> list[tuple[str, list[Event]]]:
    """The pile by type, the largest first."""
    kinds: dict[str, list[Event]] = {}
    for event in events:
        kinds.setdefault(event.type, []).append(event)
    return sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0]))


def _said(kind: str, pile: Sequence[Event]) -> str:
    lead = f"*{escape(counted(kind, len(pile)), KIND_LENGTH)}*"
    lead += ", latest five:" if len(pile) > LATEST else ":"
    return "\n".join([lead, *(f"• {_title(event)}" for event in pile[-LATEST:])])


def _title(event: Event) -> str:
    return link(line(event.notice.title, TITLE_LENGTH), event.notice.url, URL_LENGTH)


def _others(kinds: Sequence[tuple[str, Sequence[Event]]]) -> str:
    count = sum(len(pile) for _, pile in kinds)
    return f"and {count:,} event{'s' if count > 1 else ''} of {len(kinds)} other type{'s' if len(kinds) > 1 else ''}"


def _context(events: Sequence[Event]) -> Block:
    parts = [f"{when(events[0].time)} to {when(events[-1].time)}"]
    if replayed := sum(bool(event.replay) for event in events):
        parts.append(f"{replayed:,} replayed")
    return ContextBlock(elements=[markdown(" · ".join(parts))])


def _worst(events: Sequence[Event]) -> Severity:
    return max((event.notice.severity for event in events), key=SEVERITIES.index)
