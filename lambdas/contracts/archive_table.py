"""The layout of the event store's table, which the archive writes and the command reads.

One partition holds all that is known by an event's id: the event as each endpoint accepted it, and beside it one
small item for each replay of it. So an event is written once and its item is never touched again. One index finds
events by time. It holds a summary, by which events are filtered, and never the event itself.

An event is two write units as long as its item takes 1 kB at most (docs/decisions/0023-one-item-one-index.md). That
is why the event is compressed, with a dictionary that knows how every event begins.
"""

import datetime as dt
import zlib
from collections.abc import Mapping
from typing import Any, Final

from lambdas.contracts.event import Event, timestamp

ID: Final = "id"
SOURCE: Final = "source"
DAY: Final = "day"
TIME: Final = "time"

BY_TIME: Final = "ByTime"
"""The index: the events of a day, in the order of time."""

SUMMARY: Final = ("type", "severity", "title")
"""What the index tells of an event, beside the keys. Its endpoint is in its source."""

TITLE_LENGTH: Final = 200

_ENVELOPE: Final = (
    '{"name":"","title":"","url":"https://","created_at":"","updated_at":"","id":null,false,true,'
    '"sender":{"type":"","time":"","sequence":0,"environment":"production","site":"","headers":'
    '{"content-type":"application/json","user-agent":""},"identity":""},"payload":{"fields":{"Branch":"main"},'
    '"paths":["/"],"tags":[],"site":"","incomplete":false,"locale":""},'
    '"specversion":"1.0","id":"%(id)s","source":"%(source)s","type":"%(type)s","time":"%(time)s",'
    '"datacontenttype":"application/json","subject":"","outcome":"","correlationid":"","data":'
    '{"notice":{"title":"%(title)s","text":"","url":"https://","severity":"%(severity)s","fields":{}'
)
"""What an event's JSON begins with and often holds. Items can be read with this text only: it never changes. Another
one would need an attribute of another name."""

_DICTIONARY_OF: Final = (ID, SOURCE, "type", TIME, "title", "severity")


def item_of(event: Event, *, kept_seconds: int) -> dict[str, str | int | bytes]:
    """The attributes of an event's item.

    Args:
        event: The event.
        kept_seconds: For how long from its time on it is kept.

    Raises:
        ValueError: The event's time is not RFC 3339.
    """
    moment = dt.datetime.fromisoformat(event.time).timestamp()
    time = timestamp(moment)  # all of one length, so that their order is that of time
    summary = {
        ID: event.id,
        SOURCE: event.source,
        TIME: time,
        "type": event.type,
        "severity": event.notice.severity,
        "title": event.notice.title[:TITLE_LENGTH],
    }
    return {
        **summary,
        DAY: time[:10],
        "event": _compressed(event.to_json(), summary),
        "ttl": int(moment) + kept_seconds,
    }


def event_text(item: Mapping[str, Any]) -> str:
    """The JSON of an item's event."""
    decompressor = zlib.decompressobj(zdict=_dictionary(item))
    return (decompressor.decompress(bytes(item["event"])) + decompressor.flush()).decode()


def replay_source(source: str, replay: str = "") -> str:
    """The sort key of the record that a replay has sent an event; without a name, the prefix of all of these."""
    return f"{source}#{replay}"


def _compressed(text: str, summary: Mapping[str, str]) -> bytes:
    """By zlib with a preset dictionary (RFC 1950, section 2.2), which saves a quarter of 3 kB."""
    compressor = zlib.compressobj(zlib.Z_BEST_COMPRESSION, zdict=_dictionary(summary))
    return compressor.compress(text.encode()) + compressor.flush()


def _dictionary(summary: Mapping[str, str]) -> bytes:
    return (_ENVELOPE % {name: summary[name] for name in _DICTIONARY_OF}).encode(errors="replace")
