"""A queue, a clock and phones around the notifier."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

import lambdas.sms.dispatch
import lambdas.sms.handler
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import SmsSettings
from lambdas.contracts.sms_limits import Budget, QuietHours
from tests.fakes.events import an_event
from tests.fakes.subscriber import Surroundings, a_record

FIRST, SECOND = "+12065550100", "+12065550101"
NIGHT = QuietHours("22:00", "07:00", "UTC")
MIDNIGHT = dt.datetime(2027, 1, 16, tzinfo=dt.UTC).timestamp()
HOUR = 3600
AMPLE = Budget(per_day=50, per_number=10)
BOTH = (FIRST, SECOND)


@dataclass
class World:
    """A queue, a clock and phones around the notifier, which the real runtime runs."""

    around: Surroundings = field(default_factory=Surroundings)
    texts: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[tuple[float, Event]] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    refuse: Callable[[str], Exception | None] = lambda number: None

    def send(self, number: str, text: str, place: int) -> None:
        if refused := self.refuse(number):
            raise refused
        self.texts.append((number, text))
        self.places.append(place)

    def accept(self, *events: Event) -> None:
        self.waiting += [(self.around.now, event) for event in events]

    def run(self) -> None:
        """Let the notifier see to all that is due."""
        due = [event for at, event in self.waiting if at <= self.around.now]
        rest = [(at, event) for at, event in self.waiting if at > self.around.now]
        worker = self.around.worker(
            lambdas.sms.handler.handle.__wrapped__,  # type: ignore[attr-defined]
            batch=True,
            give_up_after=48 * HOUR,
            rate_limit=RateLimit(20, 20),
        )
        records = [a_record(event, id=event.id) for event in due]
        for record in records:
            record["attributes"]["SentTimestamp"] = str(int(self.sent_at(record) * 1000))
        staying = set(self.around.run(worker, *records)) if records else set()
        hidden = self.around.sqs.hidden
        again = [(self.around.now + hidden.get(event.id, 180), event) for event in due if event.id in staying]
        self.waiting = [*rest, *again]

    def run_until(self, end: float) -> None:
        """Let time go by."""
        while (due := min((at for at, _ in self.waiting), default=end)) < end:
            self.around.now = max(self.around.now, due)
            self.run()
        self.around.now = end

    @staticmethod
    def sent_at(record: dict[str, Any]) -> float:
        return dt.datetime.fromisoformat(json.loads(record["body"])["time"]).timestamp()

    def event(self, id: str = "a", **facts: Any) -> Event:
        return an_event(id, time=timestamp(self.around.now), **facts)

    @property
    def sent(self) -> list[str]:
        return [text for _, text in self.texts]


@contextmanager
def world_with(
    *, numbers: Sequence[str] = (FIRST,), budget: Budget = AMPLE, quiet: QuietHours | None = None
) -> Iterator[World]:
    """A world of a rulebook."""
    world = World()
    settings = SmsSettings(phone_numbers=tuple(numbers), max_price=0.5, budget=budget, quiet_hours=quiet)
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr(lambdas.sms.handler, "_settings", lambda: settings)
        monkeypatch.setattr(lambdas.sms.handler, "_service", lambda: world)
        monkeypatch.setattr(lambdas.sms.dispatch, "count", world.counted.append)
        yield world


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world() -> Iterator[MakeWorld]:
    with ExitStack() as stack:
        yield lambda **rules: stack.enter_context(world_with(**rules))


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    return make_world()
