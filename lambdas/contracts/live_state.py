"""The state of topics: the newest of what was said of each, and how two sayings are merged.

A page that opens late reads it and shows what a page shows that has been open all along (`docs/live.md`). The page
merges by the same rule (`live/src/merge.js`), so it makes no difference in which order a notice is pushed, stored and
read, or how often.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import Any, Final, NamedTuple

from lambdas.contracts.event import Event
from lambdas.contracts.live_channels import EVERYTHING

SCHEMA: Final = 1
"""A page reads no document of another schema, and keeps what it has."""

MAX_SEQUENCE: Final = 2**53 - 1
"""Up to this JavaScript tells whole numbers apart; a larger sequence orders nothing."""

RETAINED: Final = 24 * 3600 * 1000
"""Milliseconds for which an entry is kept after its end; pages show it as stale."""

MAX_AHEAD: Final = 5 * 60 * 1000
"""Milliseconds by which a sender's clock may be ahead; a time that is further in the future orders nothing."""

MAX_UPDATES: Final = 50
"""The newest updates of the site that are kept."""

MAX_NAMED_BYTES: Final = 48_000
"""Bytes of the newest updates, as JSON, that tell their paths and tags one by one: each page that opens reads them all.
An item of DynamoDB has 400 KB at most, and two updates of a large site may have more (DynamoDB developer guide,
"Quotas")."""

FIELDS: Final = "fields."
"""How the names of a notice's fields begin."""

_NAMES: Final = ("title", "text", "url", "severity")


class Entry(NamedTuple):
    """What one notice said of one name.

    Attributes:
        value: The text.
        order: Its place among what is said of the topic; what is said later has a greater one.
        id: The event's, which decides between equal orders.
        ends: When it is history, unix milliseconds.
    """

    value: str
    order: int
    id: str
    ends: int


Entries = Mapping[str, Entry]
"""Entries by name: ``title``, ``text``, ``url``, ``severity``, ``time``, and ``fields.Delay`` for a field."""


def entries_of(event: Event, keep: float) -> dict[str, Entry]:
    """What a notice says.

    Args:
        event: The notice.
        keep: Seconds after which a notice ends that names no end.

    Raises:
        ValueError: Nobody knows when the event was accepted.
    """
    order, ends = order_of(event), end_of(event, keep)
    notice = event.notice
    said = {name: getattr(notice, name) for name in _NAMES} | {"time": event.time}
    said |= {f"{FIELDS}{name}": value for name, value in notice.fields.items()}
    return {name: Entry(value, order, event.id, ends) for name, value in said.items() if value}


def order_of(event: Event) -> int:
    """The sender's own sequence or time where it has signed one, else the time of acceptance.

    Raises:
        ValueError: Nobody knows when the event was accepted.
    """
    sequence = event.sender.sequence
    if sequence is not None and abs(sequence) <= MAX_SEQUENCE:
        return sequence
    accepted = milliseconds(event.time)
    said = milliseconds(event.sender.time) if event.sender.time else accepted
    return said if said <= accepted + MAX_AHEAD else accepted


def end_of(event: Event, keep: float) -> int:
    """When the notice is history, unix milliseconds.

    Raises:
        ValueError: Nobody knows when the event was accepted.
    """
    if event.notice.expires:
        return milliseconds(event.notice.expires)
    return milliseconds(event.time) + round(keep * 1000)


def read_entries(document: Any) -> dict[str, Entry]:
    """Entries as JSON has them.

    Raises:
        TypeError: They are none.
    """
    if not isinstance(document, dict) or not all(map(_is_entry, document.values())):
        raise TypeError("The entries are no object of [value, order, id, ends].")
    return {name: Entry(*values) for name, values in document.items()}


def _is_entry(values: Any) -> bool:
    return isinstance(values, list) and [type(value) for value in values] == [str, int, str, int]


def merge(known: Entries, said: Entries) -> dict[str, Entry]:
    """The newest entry of each name: commutative, associative, and the same if it is done twice."""
    merged = dict(known)
    for name, entry in said.items():
        if name not in merged or (entry.order, entry.id) > (merged[name].order, merged[name].id):
            merged[name] = entry
    return merged


def unforgotten(entries: Entries, now: int) -> dict[str, Entry]:
    """The entries that still concern somebody at a time, unix milliseconds."""
    return {name: entry for name, entry in entries.items() if entry.ends + RETAINED > now}


def forgotten_at(entries: Entries) -> int:
    """When the last of the entries is forgotten, unix milliseconds."""
    return max((entry.ends for entry in entries.values()), default=0) + RETAINED


def newest_updates(updates: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The updates of the site to keep, newest first; of those that are too much to tell, everything has changed."""
    newest = sorted(updates, key=lambda each: (each["time"], each["id"]), reverse=True)[:MAX_UPDATES]
    sizes = accumulate(len(_json(update).encode()) for update in newest)
    return [
        update if size <= MAX_NAMED_BYTES else {**update, "paths": [EVERYTHING], "tags": []}
        for update, size in zip(newest, sizes, strict=True)
    ]


def topic_document(topic: str, entries: Entries) -> str:
    """The state of a topic as pages read it."""
    return _json({"schema": SCHEMA, "topic": topic, "entries": entries})


def family_document(family: str, topics: Mapping[str, Entries], *, cut: bool = False) -> str:
    """The state of a family's topics as pages read it; `cut` says that these are not all."""
    return _json({"schema": SCHEMA, "family": family, "topics": topics, **({"cut": True} if cut else {})})


def site_document(updates: Iterable[Mapping[str, Any]]) -> str:
    """The newest updates of the site as pages read them."""
    return _json({"schema": SCHEMA, "updates": list(updates)})


def milliseconds(time: str) -> int:
    """An RFC 3339 time as unix milliseconds.

    Raises:
        ValueError: It is no such time.
    """
    return round(dt.datetime.fromisoformat(time).timestamp() * 1000)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
