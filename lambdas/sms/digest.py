"""Several events as one part of a text message: how many since when, of what kind, and the last of them."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from lambdas.contracts.event import Event
from lambdas.contracts.event_types import counted
from lambdas.sms.message import compose, cut, fits, plain

KINDS: Final = 3
SHORTEST_LAST: Final = 16
"""Kinds that leave less room than this for the last event are counted together."""


def text_for(events: Sequence[Event], *, zone: ZoneInfo, now: float, late: bool, note: str = "") -> str:
    """The text for events in the order in which they are to be told.

    Args:
        events: One or more of them.
        zone: In which times are told.
        now: Unix seconds.
        late: Whether a single one tells when it was.
        note: What is said besides; of GSM-7, and short.
    """
    if len(events) == 1:
        lead = time_of_day(events[0], zone, now) if late else ""
        return compose(events[0].notice, lead=lead, note=note)
    first = min(events, key=lambda event: event.time)
    lead = f"{len(events)} events since {time_of_day(first, zone, now)}"
    ending = f" {note}" if note else ""
    last = plain(f"Last: {_last(events).notice.title}")
    leads = (f"{lead}: {_kinds(events, shown)}." for shown in range(KINDS, 0, -1))
    fitting = (said for said in leads if fits(f"{said} {last[:SHORTEST_LAST]}...{ending}"))
    return cut(f"{next(fitting, f'{lead}.')} {last}", ending)


def time_of_day(event: Event, zone: ZoneInfo, now: float) -> str:
    """When the event was accepted; with the day where that is another one."""
    then = dt.datetime.fromisoformat(event.time).astimezone(zone)
    today = dt.datetime.fromtimestamp(now, zone).date()
    return f"{then:%H:%M}" if then.date() == today else f"{then:%b} {then.day}, {then:%H:%M}"


def _last(events: Sequence[Event]) -> Event:
    """The latest, and before all others the latest that is critical."""
    return max(events, key=lambda event: (event.notice.severity == "critical", event.time))


def _kinds(events: Sequence[Event], shown: int) -> str:
    critical = sum(event.notice.severity == "critical" for event in events)
    kinds = Counter(event.type for event in events if event.notice.severity != "critical").most_common()
    said = [f"{critical} critical"] if critical else []
    said += [counted(kind, count) for kind, count in kinds[:shown]]
    if more := sum(count for _, count in kinds[shown:]):
        said.append(f"{more} more")
    return plain(", ".join(said))
