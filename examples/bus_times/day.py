"""A day on the line, invented: what a passenger would have been told, minute by minute. The same seed, the same day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final, NamedTuple

from examples.bus_times.build import clock, minutes

SEEN_AHEAD: Final = 60
"""Minutes before its departure from which a bus is known about."""

AFTERWARDS: Final = 90
"""Minutes from the last departure to the end of the day."""

ON_TIME: Final = "on time"
CANCELLED: Final = "cancelled"
ALL_WELL: Final = "All buses run on time."

CAUSES: Final = (
    "roadworks on Mill Bridge",
    "a market at Old Gate",
    "heavy traffic along the quay",
    "an ambulance in Castle Street",
    "a wedding that crosses the road",
    "cyclists of the city race",
)


class Status(NamedTuple):
    """What becomes of a departure, and until which minute of the day that is worth knowing."""

    words: str
    ends: int


@dataclass(frozen=True, slots=True)
class Moment:
    """What is true at a minute of the day: how the line runs, and what becomes of departures up to an hour ahead."""

    minute: int
    says: str
    statuses: Mapping[str, Status]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in the way: delays grow for half of its time, to a peak in minutes, and shrink again."""

    cause: str
    begin: int
    end: int
    peak: int
    cancelled: str = ""

    def delay(self, minute: int) -> float:
        """Minutes that it costs then."""
        half = (self.end - self.begin) / 2
        return max(self.peak * (1 - abs(minute - self.begin - half) / half), 0.0)


@dataclass(slots=True)
class Day:
    """A day as it goes on.

    Attributes:
        times: Departures, such as ``08:05``.
        random: Where the troubles come from.
    """

    times: Sequence[str]
    random: Random
    _trouble: Trouble | None = None
    _over: dict[str, Status] = field(default_factory=dict)

    def moments(self, begin: int) -> Iterator[Moment]:
        """Those at which there is something new, from a minute of the day on."""
        told = Moment(begin, "", {})
        for time in self.times:
            if minutes(time) < begin:
                self._over[time] = Status(f"left {time}", self._end)
        for minute in range(begin, self._end + 1):
            self._meet_trouble(minute)
            statuses = dict(self._statuses(minute))
            moment = Moment(minute, self._says(minute, statuses), statuses)
            if (moment.says, moment.statuses) != (told.says, told.statuses) and statuses:
                yield moment
                told = moment

    @property
    def _end(self) -> int:
        return max(minutes(time) for time in self.times) + AFTERWARDS

    def _meet_trouble(self, minute: int) -> None:
        if self._trouble and minute < self._trouble.end:
            return
        self._trouble = None
        if self.random.random() < 1 / 12:
            peak = self.random.randint(3, 12)
            soon = [time for time in self.times if 5 <= minutes(time) - minute <= SEEN_AHEAD]
            self._trouble = Trouble(
                self.random.choice(CAUSES),
                minute,
                minute + self.random.randint(20, 60),
                peak,
                cancelled=self.random.choice(soon) if peak > 8 and soon else "",
            )

    def _statuses(self, minute: int) -> Iterator[tuple[str, Status]]:
        for time in self.times:
            ahead = minutes(time) - minute
            if ahead <= SEEN_AHEAD:
                yield time, self._status(time, minute, ahead)

    def _status(self, time: str, minute: int, ahead: int) -> Status:
        if time in self._over:
            return self._over[time]
        if self._trouble and self._trouble.cancelled == time:
            return self._over.setdefault(time, Status(CANCELLED, self._end))
        # A bus that is still far away has time to make up for it.
        delay = round(self._trouble.delay(minute) * (1 - max(ahead, 0) / SEEN_AHEAD)) if self._trouble else 0
        if ahead + delay <= 0:
            return self._over.setdefault(time, Status(f"left {clock(minute)}", self._end))
        return Status(f"+{delay} min" if delay else ON_TIME, minutes(time) + delay)

    def _says(self, minute: int, statuses: Mapping[str, Status]) -> str:
        if self._trouble is None:
            return ALL_WELL
        for time, (status, _) in statuses.items():
            if status == CANCELLED and minutes(time) >= minute:
                return f"The {time} is cancelled: {self._trouble.cause}."
            if status.startswith("+"):
                return f"The {time} is expected {status[1:]} late: {self._trouble.cause}."
        return ALL_WELL


def is_worth_a_push(before: str, now: str) -> bool:
    """Whether people who follow the line are told: when something begins to be in the way, or a bus is cancelled."""
    is_trouble = now not in (ALL_WELL, before)
    return is_trouble and (before in ("", ALL_WELL) or CANCELLED in now)
