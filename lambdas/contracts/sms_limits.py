"""When and how much the rulebook allows to be sent: the stack checks it, the function keeps to it."""

import datetime as dt
import re
from dataclasses import asdict, dataclass
from typing import Final
from zoneinfo import ZoneInfo

_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True, slots=True)
class Budget:
    """How many parts of text messages may be sent in a day; every message of ours is one part.

    Attributes:
        per_day: To all numbers together.
        per_number: To each.

    Raises:
        ValueError: A value is not a number of parts, or `per_number` is more than `per_day`.
    """

    per_day: int
    per_number: int

    def __post_init__(self) -> None:
        """Check the values."""
        for name, value in asdict(self).items():
            if type(value) is not int or value < 1:
                raise ValueError(f"The budget's {name} is {value!r}, expected a whole number from 1.")
        if self.per_number > self.per_day:
            raise ValueError(
                f"The budget's per_number is {self.per_number}, expected at most per_day, {self.per_day}."
            )


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Hours of each day in which only critical events are sent.

    Attributes:
        start: Time of day from which it is quiet: ``22:00``.
        end: Time of day until which; where it is before `start`, that of the next day.
        zone: Time zone of both (IANA): ``Europe/Berlin``.

    Raises:
        ValueError: A time is not a valid time of day, both are the same, or there is no such time zone.
    """

    start: str
    end: str
    zone: str

    def __post_init__(self) -> None:
        """Check the values."""
        for name, value in (("start", self.start), ("end", self.end)):
            if not isinstance(value, str) or not _TIME.fullmatch(value):
                raise ValueError(
                    f"The {name} of the quiet hours is {value!r}, expected a time of day such as '22:00'."
                )
        if self.start == self.end:
            raise ValueError(
                f"The quiet hours start and end at {self.start!r}, expected two different times."
            )
        if not is_zone(self.zone):
            raise ValueError(
                f"The time zone of the quiet hours is {self.zone!r}, expected one such as 'Europe/Berlin'."
            )

    def until(self, now: float) -> float | None:
        """When the quiet hours end that are now, unix seconds; None where it is not quiet.

        Each night is one stretch of time, whatever the clock does in it. A time of day that is skipped when summer time
        begins is taken as if it had not yet begun, and of one that comes twice the first counts (RFC 5545, 3.3.5).
        """
        zone = ZoneInfo(self.zone)
        today = dt.datetime.fromtimestamp(now, zone).date()
        days = 0 if self.start < self.end else 1
        for day in (today - dt.timedelta(days=1), today):
            start, end = _at(day, self.start, zone), _at(day + dt.timedelta(days=days), self.end, zone)
            if start <= now < end:
                return end
        return None


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the budget.

    Attributes:
        name: Its date.
        ends: When it ends, unix seconds.
    """

    name: str
    ends: float

    @classmethod
    def at(cls, now: float, zone: ZoneInfo) -> "Day":
        """The day in this time zone."""
        today = dt.datetime.fromtimestamp(now, zone).date()
        return cls(today.isoformat(), _at(today + dt.timedelta(days=1), "00:00", zone))


def _at(day: dt.date, time: str, zone: ZoneInfo) -> float:
    return dt.datetime.combine(day, dt.time.fromisoformat(time), zone).timestamp()


def is_zone(name: str) -> bool:
    """Whether there is a time zone of this name (IANA)."""
    try:
        return ZoneInfo(name).key == name
    except (
        LookupError,
        ValueError,
        TypeError,
        OSError,
    ):  # zoneinfo raises all of these for a name that is not valid
        return False
