"""The subscribers of a world: notifiers of each kind that the runtime knows, on the real runtime."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lambdas.event import Event
from lambdas.runtime import Retry, once
from lambdas.runtime.pace import Pace
from tests.simulation.destination import Destination

TIMEOUT: Final = 30.0
GIVE_UP_AFTER: Final = 76 * 3600.0
PACE: Final = Pace(per_second=1, burst=3)


@dataclass(frozen=True)
class Kind:
    """A kind of subscriber.

    Attributes:
        notifier: Makes it, from its destinations.
        destinations: How many it has.
        together: Whether it takes a batch at once.
        pace: What its destination takes.
        give_up_after: Seconds for which it tries.
    """

    notifier: Callable[..., Callable[[Any], None]]
    destinations: int = 1
    together: bool = False
    pace: Pace | None = None
    give_up_after: float = GIVE_UP_AFTER


def one_by_one(destination: Destination) -> Callable[[Event], None]:
    """One event, one message."""
    return lambda event: destination.deliver([event.key])


def several(first: Destination, second: Destination) -> Callable[[Event], None]:
    """One event, two destinations."""

    def notify(event: Event) -> None:
        for destination in (first, second):
            once(event, destination.name, lambda to=destination: to.deliver([event.key]))  # type: ignore[misc]

    return notify


def together(destination: Destination) -> Callable[[Sequence[Event]], None]:
    """A batch, one message."""
    return lambda events: destination.deliver([event.key for event in events])


def split(destination: Destination) -> Callable[[Sequence[Event]], None]:
    """A message of at most seven events; the rest comes later."""

    def notify(events: Sequence[Event]) -> None:
        destination.deliver([event.key for event in events[:7]])
        if rest := events[7:]:
            raise Retry(after=1, reason="no room", of=rest)

    return notify


KINDS: Final[Mapping[str, Kind]] = {
    "plain": Kind(one_by_one),
    "digest": Kind(together, together=True, pace=PACE),
    "destinations": Kind(several, destinations=2),
    "split": Kind(split, together=True, pace=PACE),
    "batch": Kind(together, together=True),
    "paced": Kind(one_by_one, pace=PACE),
    "hurried": Kind(one_by_one, give_up_after=900.0),
}
