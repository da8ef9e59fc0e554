"""Several events as one part of a text message: how many since when, of which types, and the last of them."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from lambdas.contracts.event import Event
from lambdas.contracts.event_types import counted
from lambdas.contracts.sms_parts import fits
from lambdas.contracts.sms_text import cut, plain
from lambdas.sms.message import compose

MAX_TYPES: Final = 3
MIN_LAST_LENGTH: Final = 16
"""Types that leave less room than this for the last event are counted together."""


def text_for(events: Sequence[Event], *, zone: ZoneInfo, now: float, late: bool, note: str = "") -> str:
    """The text for events.

    Args:
        events: One or more, in the order in which they are sent.
        zone: The time zone of the times in the text.
        now: Unix seconds.
        late: Whether the text for a single event says when it was.
        note: One more sentence; of GSM-7, and short.
    """
    if len(events) == 1:
        lead = time_of_day(events[0], zone, now) if late else ""
        return compose(events[0].notice, lead=lead, note=note)
    first = min(events, key=lambda event: event.time)
    lead = f"{len(events)} events since {time_of_day(first, zone, now)}"
    ending = f" {note}" if note else ""
    last = plain(f"Last: {_last(events).notice.title}")
    leads = (f"{lead}: {_types(events, shown)}." for shown in range(MAX_TYPES, 0, -1))
    fitting = (counts for counts in leads if fits(f"{counts} {last[:MIN_LAST_LENGTH]}...{ending}"))
    return cut(f"{next(fitting, f'{lead}.')} {last}", ending)


def time_of_day(event: Event, zone: ZoneInfo, now: float) -> str:
    """When the event was accepted; with the day, where that is not today."""
    then = dt.datetime.fromisoformat(event.time).astimezone(zone)
    today = dt.datetime.fromtimestamp(now, zone).date()
    return f"{then:%H:%M}" if then.date() == today else f"{then:%b} {then.day}, {then:%H:%M}"


def _last(events: Sequence[Event]) -> Event:
    """The latest critical event, or the latest of all where none is critical."""
    return max(events, key=lambda event: (event.notice.severity == "critical", event.time))


def _types(events: Sequence[Event], shown: int) -> str:
    critical = sum(event.notice.severity == "critical" for event in events)
    types = Counter(event.type for event in events if event.notice.severity != "critical").most_common()
    parts = [f"{critical} critical"] if critical else []
    parts += [counted(type, count) for type, count in types[:shown]]
    if more := sum(count for _, count in types[shown:]):
        parts.append(f"{more} more")
    return plain(", ".join(parts))
