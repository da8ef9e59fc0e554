"""An archive whose index is late, behind a network that comes and goes, and a listener that is ended and begun again."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jamwire.operations.errors import OperationError
from jamwire.operations.listen import Listener
from jamwire.operations.listen_position import Position
from jamwire.operations.selection import EventSummary, Selection
from lambdas.contracts.event import Event, Notice, timestamp
from tests.fakes.account import KEPT, Clock


@dataclass
class LateArchive:
    """Events, each of which is in the index from some time after its acceptance on.

    Attributes:
        clock: The present.
        calls_left: After so many answers the network is lost in the middle of one; None for never.
        away: Whether nothing answers.
        visible_at: When each event comes into the index.
        selections: What was asked for.
    """

    clock: Clock
    kept_seconds: int = KEPT
    away: bool = False
    calls_left: int | None = None
    visible_at: dict[EventSummary, float] = field(default_factory=dict)
    selections: list[Selection] = field(default_factory=list)

    def keep(self, id: str, *, at: float, late: float = 0.0, endpoint: str = "site") -> EventSummary:
        """Accept an event at a time, and show it so much later."""
        summary = EventSummary(id, f"/endpoints/{endpoint}", "deploy.failed", timestamp(at))
        self.visible_at[summary] = at + late
        return summary

    def find(self, selection: Selection) -> Iterator[EventSummary]:
        """See `jamwire.operations.archive.Archive.find`."""
        self.selections.append(selection)
        self._answer()
        shown = [
            summary
            for summary, since in self.visible_at.items()
            if since <= self.clock.now and selection.fits(summary)
        ]
        for summary in sorted(shown, key=lambda summary: summary.time):
            yield summary
            self._answer()

    def read(self, summaries: Sequence[EventSummary]) -> dict[EventSummary, Event]:
        """See `jamwire.operations.archive.Archive.read`."""
        self._answer()
        return {
            s: Event(id=s.id, source=s.source, type=s.type, time=s.time, notice=Notice(title="x"))
            for s in summaries
        }

    def _answer(self) -> None:
        if self.calls_left is not None:
            self.calls_left -= 1
            self.away = self.away or self.calls_left < 0
        if self.away:
            raise OperationError("The account cannot be reached: it is not there")


@dataclass
class Listening:
    """A listener with its surroundings.

    Attributes:
        path: Where its position is.
        forwarded: What was forwarded by each look.
        told: What a person was told.
    """

    path: Path
    clock: Clock = field(default_factory=Clock)
    forwarded: list[list[str]] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    wanted: Callable[[EventSummary], bool] = lambda summary: True

    def __post_init__(self) -> None:
        self.archive = LateArchive(self.clock)
        self.position = _opened(self.path)
        self.listener = self._listener()

    @property
    def ids(self) -> list[str]:
        """All that was forwarded."""
        return [id for look in self.forwarded for id in look]

    def look(self) -> float:
        """Look once, and wait; gives what was waited."""
        self.forwarded.append([])
        waits = self.listener.look()
        self.clock.now += waits
        return waits

    def restart(self) -> None:
        """End the listener, and begin where it was."""
        self.position.close()
        self.position = _opened(self.path)
        self.listener = self._listener()

    def _listener(self) -> Listener:
        return Listener(
            self.archive,
            self.position,
            wanted=self.wanted,
            forward=self._forward,
            tell=self.told.append,
            poll=2,
            clock=self.clock,
        )

    def _forward(self, summary: EventSummary, event: Event | None) -> None:
        self.forwarded[-1].append(summary.id)


def _opened(path: Path) -> Position:
    position = Position(path)
    position._database.execute("PRAGMA synchronous = OFF")  # a test loses no power
    return position
