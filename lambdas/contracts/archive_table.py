"""The layout of the event store's table, which the archive writes and the command reads.

One partition holds all that is known by an event's id: the event as each endpoint accepted it, and beside it one
small item for each replay of it. So an event is written once and its item, which may be large, is never touched again.
Sorted by time, three indexes find it by day, by type and by endpoint. They hold a summary and never the event itself.
"""

import datetime as dt
from typing import Final

from lambdas.contracts.event import Event, timestamp

ID: Final = "id"
SOURCE: Final = "source"
TIME: Final = "time"

INDEXES: Final = {"day": "ByDay", "type": "ByType", "endpoint": "ByEndpoint"}
"""The attribute by which an index finds events, and the index's name."""

SUMMARY: Final = ("type", "endpoint", "title")
"""What an index tells of an event, beside its keys."""

TITLE_LENGTH: Final = 200


def item_of(event: Event, *, kept_seconds: int) -> dict[str, str | int]:
    """The attributes of an event's item.

    Args:
        event: The event.
        kept_seconds: For how long from its time on it is kept.

    Raises:
        ValueError: The event's time is not RFC 3339.
    """
    moment = dt.datetime.fromisoformat(event.time).timestamp()
    time = timestamp(moment)  # all of one length, so that their order is that of time
    return {
        ID: event.id,
        SOURCE: event.source,
        TIME: time,
        "day": time[:10],
        "type": event.type,
        "endpoint": event.endpoint,
        "title": event.notice.title[:TITLE_LENGTH],
        "event": event.to_json(),
        "ttl": int(moment) + kept_seconds,
    }


def replay_source(source: str, replay: str = "") -> str:
    """The sort key of the record that a replay has sent an event; without a name, the prefix of all of these."""
    return f"{source}#{replay}"
