"""A notice that fits into a message, however long what the sender wrote.

Rooms are in bytes of JSON, where one character takes up to six. All of them together leave 20 KiB of a message for the
rest of the event.
"""

import bisect
import itertools
from dataclasses import replace
from typing import Final

from lambdas.contracts.event import Event, Notice, to_json

TITLE_ROOM: Final = 2 * 1024
TEXT_ROOM: Final = 64 * 1024
URL_ROOM: Final = 4 * 1024
NAME_ROOM: Final = 256
VALUE_ROOM: Final = 2 * 1024
MOST_FIELDS: Final = 50
PATHS_ROOM: Final = 32 * 1024
TAGS_ROOM: Final = 16 * 1024
WORD_ROOM: Final = 1024
"""For a subject and a site's name."""

EVERYTHING: Final = "/*"
_ELLIPSIS: Final = "…"


def clipped(event: Event) -> Event:
    """The event with a subject and a notice that have room in any message; its type and its source stay as they are.

    A text is cut and ends in an ellipsis. What would be wrong by half is not cut: a long URL is left out, and where
    paths or tags are too many to name, everything has changed.
    """
    return replace(event, subject=_cut(event.subject, WORD_ROOM), notice=_clipped(event.notice))


def _clipped(notice: Notice) -> Notice:
    nameable = _size(list(notice.paths)) <= PATHS_ROOM and _size(list(notice.tags)) <= TAGS_ROOM
    return replace(
        notice,
        title=_cut(notice.title, TITLE_ROOM),
        text=_cut(notice.text, TEXT_ROOM),
        url=notice.url if _size(notice.url) <= URL_ROOM else "",
        fields=_fields(notice),
        paths=notice.paths if nameable else (EVERYTHING,),
        tags=notice.tags if nameable else (),
        site=_cut(notice.site, WORD_ROOM),
    )


def _fields(notice: Notice) -> dict[str, str]:
    shown = itertools.islice(notice.fields.items(), MOST_FIELDS)
    fields = {_cut(name, NAME_ROOM): _cut(value, VALUE_ROOM) for name, value in shown}
    more = len(notice.fields) - MOST_FIELDS
    return fields | {_ELLIPSIS: f"{more} more"} if more > 0 else fields


def _cut(text: str, room: int) -> str:
    if len(text) <= room and _size(text) <= room:
        return text
    left = room - len(_ELLIPSIS.encode())
    # No character takes less than a byte, so none beyond `left` can have room.
    end = bisect.bisect_right(range(left), left, key=lambda length: _size(text[:length])) - 1
    return text[:end] + _ELLIPSIS


def _size(value: object) -> int:
    return len(to_json(value).encode())
