"""Which events are told in one text message."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Final

from lambdas.contracts.event import Event

FEW: Final = 3
"""So many that come together are told one by one."""

LATE_SECONDS: Final = 5 * 60
"""What is older than this is late: it waited for the end of the quiet hours, for a new budget, or for SNS."""


def in_order(events: Iterable[Event]) -> list[Event]:
    """What is critical first, then in the order of time."""
    return sorted(events, key=lambda event: (not is_critical(event), event.time))


def next_unit(events: Sequence[Event], now: float) -> Sequence[Event]:
    """The events in order for the next text message: one, or several that are late or too many for one each.

    What is critical is not told together with what is not.
    """
    critical = is_critical(events[0])
    alike = list(takewhile(lambda event: is_critical(event) == critical, events))
    late = sum(is_late(event, now) for event in alike)
    return alike if len(alike) > FEW or late > 1 else alike[:1]


def is_critical(event: Event) -> bool:
    """Whether it is told at any hour."""
    return event.notice.severity == "critical"


def is_late(event: Event, now: float) -> bool:
    """Whether its time has to be told with it."""
    return now - dt.datetime.fromisoformat(event.time).timestamp() > LATE_SECONDS
