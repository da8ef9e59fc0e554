"""Which events go into one text message."""

import datetime as dt
from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import Final

from lambdas.contracts.event import Event

MAX_SEPARATE: Final = 3
"""Events that come together and get a text message each; more of them share one."""

LATE_SECONDS: Final = 5 * 60
"""An older event is late: it waited for the end of the quiet hours, for a new budget, or for SNS."""


def in_order(events: Iterable[Event]) -> list[Event]:
    """Critical events first, then in the order of time."""
    return sorted(events, key=lambda event: (not is_critical(event), event.time))


def next_batch(events: Sequence[Event], now: float) -> Sequence[Event]:
    """The events for the next text message: one, or several that are late or too many for one each.

    Critical events share no text message with others.

    Args:
        events: The events that are left, in order (`in_order`).
        now: Unix seconds.
    """
    critical = is_critical(events[0])
    alike = list(takewhile(lambda event: is_critical(event) == critical, events))
    late = sum(is_late(event, now) for event in alike)
    return alike if len(alike) > MAX_SEPARATE or late > 1 else alike[:1]


def is_critical(event: Event) -> bool:
    """Whether the event is sent at any hour."""
    return event.notice.severity == "critical"


def is_late(event: Event, now: float) -> bool:
    """Whether the text message has to say when the event was."""
    return now - dt.datetime.fromisoformat(event.time).timestamp() > LATE_SECONDS
