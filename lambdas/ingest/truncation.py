"""A notice that fits into a message, however long what the sender wrote.

Limits are in bytes of JSON, where one character takes up to six. All of them together leave 20 KiB of a message for the
rest of the event.
"""

import bisect
import itertools
from dataclasses import replace
from typing import Final

from lambdas.contracts.event import Event, Notice, to_json

MAX_TITLE_BYTES: Final = 2 * 1024
MAX_TEXT_BYTES: Final = 64 * 1024
MAX_URL_BYTES: Final = 4 * 1024
MAX_NAME_BYTES: Final = 256
MAX_VALUE_BYTES: Final = 2 * 1024
MAX_FIELDS: Final = 50
MAX_PATHS_BYTES: Final = 32 * 1024
MAX_TAGS_BYTES: Final = 16 * 1024
MAX_SUBJECT_BYTES: Final = 1024
"""For a subject and a site's name."""

EVERYTHING: Final = "/*"
_ELLIPSIS: Final = "…"


def truncated(event: Event) -> Event:
    """The event with a subject and a notice that fit into any message; its type and its source stay as they are.

    A text is cut and ends in an ellipsis. A URL, a path or a tag would be wrong if it were cut: a long URL is left out,
    and where paths or tags are too many to name, everything has changed.
    """
    return replace(event, subject=_cut(event.subject, MAX_SUBJECT_BYTES), notice=_truncated(event.notice))


def _truncated(notice: Notice) -> Notice:
    nameable = _size(list(notice.paths)) <= MAX_PATHS_BYTES and _size(list(notice.tags)) <= MAX_TAGS_BYTES
    return replace(
        notice,
        title=_cut(notice.title, MAX_TITLE_BYTES),
        text=_cut(notice.text, MAX_TEXT_BYTES),
        url=notice.url if _size(notice.url) <= MAX_URL_BYTES else "",
        fields=_fields(notice),
        paths=notice.paths if nameable else (EVERYTHING,),
        tags=notice.tags if nameable else (),
        site=_cut(notice.site, MAX_SUBJECT_BYTES),
    )


def _fields(notice: Notice) -> dict[str, str]:
    shown = itertools.islice(notice.fields.items(), MAX_FIELDS)
    fields = {_cut(name, MAX_NAME_BYTES): _cut(value, MAX_VALUE_BYTES) for name, value in shown}
    more = len(notice.fields) - MAX_FIELDS
    return fields | {_ELLIPSIS: f"{more} more"} if more > 0 else fields


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit and _size(text) <= limit:
        return text
    left = limit - len(_ELLIPSIS.encode())
    # No character takes less than a byte, so none beyond `left` can fit.
    end = bisect.bisect_right(range(left), left, key=lambda length: _size(text[:length])) - 1
    return text[:end] + _ELLIPSIS


def _size(value: object) -> int:
    return len(to_json(value).encode())
