"""Listening to a deployment: each event of the archive once, in the order of acceptance, whatever the network does.

The archive is asked again and again; nothing of the deployment knows that somebody listens. Its index shows an event
some time after it was accepted: the archive is a subscriber, functions' clocks differ by moments, and the index follows
its table. So a look never begins where the last one ended. It looks back by `OVERLAP`, once a minute by `LATE`, and
leaves out what it has forwarded. What no look has seen because the network was away is in the next one that succeeds,
which begins where the last successful one looked.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Protocol

from jamwire.operations.errors import OperationError
from jamwire.operations.listen_position import Position
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.times import length
from lambdas.contracts.batched import batched
from lambdas.contracts.event import Event, timestamp

OVERLAP: Final = 60.0
"""Seconds by which every look looks back."""

LATE: Final = 3600.0
"""Seconds after which an event that the archive does not show is not waited for: its function has failed that long."""

LATE_EVERY: Final = 60.0
"""Seconds between looks that go back as far as `LATE`. At ten events a second such a look reads 7 MB."""

AHEAD: Final = 900.0
"""Seconds by which this machine's clock may be behind; AWS refuses calls whose time is further off."""

LONGEST_WAIT: Final = 30.0
"""Seconds between two tries while the account is away."""

AT_ONCE: Final = 25
"""Events that are read together; 25 of the largest are 6 MB."""


class Events(Protocol):
    """The archive, as a listener reads it (`jamwire.operations.archive.Archive`)."""

    kept_seconds: int

    def find(self, selection: Selection) -> Iterator[EventSummary]:
        """Events in the order of time."""
        ...

    def read(self, summaries: Sequence[EventSummary]) -> dict[EventSummary, Event]:
        """The events themselves; those are missing that have expired."""
        ...


class Listener:
    """Forwards each event that is wanted.

    Args:
        archive: Where events are read.
        position: What has been forwarded.
        wanted: Whether an event is to be forwarded.
        forward: Forwards an event; None stands for one that has expired. Where it raises an error, the event is
            forwarded again.
        tell: Tells a person a line.
        poll: Seconds between two looks.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        archive: Events,
        position: Position,
        *,
        wanted: Callable[[EventSummary], bool],
        forward: Callable[[EventSummary, Event | None], object],
        tell: Callable[[str], None],
        poll: float,
        clock: Callable[[], float],
    ) -> None:
        self._archive, self._position = archive, position
        self._wanted, self._forward, self._tell = wanted, forward, tell
        self._poll, self._clock = poll, clock
        self._looked = self._looked_late = float("-inf")
        self._is_reached = False
        self._away_since: float | None = None
        self._tries = self._caught_up = 0

    def begin_now(self) -> None:
        """Begin with what the archive does not show yet.

        Not with a time: this machine's clock may be wrong by minutes.

        Raises:
            OperationError: The account cannot be asked.
        """
        floor = timestamp(self._clock() - LATE)
        self._position.begin(floor, list(self._archive.find(self._window(floor))))

    def begin_at(self, moment: float) -> None:
        """Begin with what was accepted at this unix time or after it, whether it was forwarded before or not."""
        self._position.begin(timestamp(moment))

    def look(self) -> float:
        """Forward what is new; seconds to wait until the next look.

        Raises:
            OperationError: The account cannot be asked, and could not be before: it is not the network that is away.
        """
        began = self._clock()
        goes_back = not 0 <= began - self._looked_late < LATE_EVERY
        try:
            self._forward_new(self._since(began, goes_back=goes_back))
        except OperationError as error:
            if not self._is_reached:
                raise
            return self._stay_away(began, error)
        self._looked, self._is_reached = began, True
        if goes_back:
            self._looked_late = began
            self._position.advance(timestamp(began - LATE))
        self._come_back()
        return self._poll

    def _since(self, began: float, *, goes_back: bool) -> str:
        """Where a look begins. The floor is where the last one that went back by `LATE` began."""
        oldest = max(self._position.floor, timestamp(began - self._archive.kept_seconds))
        return oldest if goes_back else max(oldest, timestamp(min(self._looked, began) - OVERLAP))

    def _window(self, since: str) -> Selection:
        return Selection(since, timestamp(self._clock() + AHEAD))

    def _forward_new(self, since: str) -> None:
        found = self._archive.find(self._window(since))
        new = (summary for summary in found if summary not in self._position and self._wanted(summary))
        for batch in batched(new, AT_ONCE):
            self._is_reached = True
            events = self._archive.read(batch)
            for summary in batch:
                self._forward(summary, events.get(summary))
                self._position.add(summary)
                self._caught_up += 1

    def _stay_away(self, began: float, error: OperationError) -> float:
        if self._away_since is None:
            self._away_since, self._tries, self._caught_up = began, 0, 0
            at = dt.datetime.fromtimestamp(began, dt.UTC)
            self._tell(f"Away since {at:%H:%M:%S} UTC: {error}. Trying again, nothing is lost.")
        self._tries += 1
        return min(self._poll * 2.0 ** min(self._tries, 10), LONGEST_WAIT)

    def _come_back(self) -> None:
        if self._away_since is not None:
            away = length(self._clock() - self._away_since)
            count = self._caught_up
            self._tell(f"Back after {away}; caught up with {count} event{'' if count == 1 else 's'}.")
            self._away_since = None
