"""Several destinations of one event: each is told once, whatever becomes of the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.contracts.event import Event
from lambdas.runtime.ledger import Claim, destination_digest
from lambdas.runtime.table import Table

if TYPE_CHECKING:
    from lambdas.runtime.worker import Worker


@dataclass(frozen=True, slots=True)
class Delivering:
    """What is being delivered at this moment: by whom, and the claims by the events' keys."""

    worker: "Worker"
    claims: Mapping[str, Claim]

    @property
    def table(self) -> Table:
        """The subscriber's own."""
        return self.worker.ledger.table


_now: ContextVar[Delivering] = ContextVar("delivering")


@contextmanager
def delivering(what: Delivering) -> Iterator[None]:
    """For as long as the notifier is at work."""
    token = _now.set(what)
    try:
        yield
    finally:
        _now.reset(token)


def at_work() -> Delivering:
    """What is being delivered at this moment."""
    return _now.get()


def now() -> float:
    """Unix time in seconds, by the clock of the runtime."""
    return at_work().worker.clock()


def once(event: Event, destination: str, deliver: Callable[[], None]) -> None:
    """Deliver to one of several destinations, unless this event has reached it already.

    The runtime remembers events; a notifier that tells several people of one event needs to remember each of them, or a
    retry for the second would tell the first one twice.

    Args:
        event: The event being delivered.
        destination: Names the destination within this subscriber; kept as a digest only.
        deliver: Makes the delivery.
    """
    if untold([event], destination):
        tell([event], destination, deliver)


def untold(events: Iterable[Event], destination: str) -> list[Event]:
    """Those of a batch that have not reached one of several destinations."""
    digest, claims = destination_digest(destination), at_work().claims
    return [event for event in events if digest not in claims[event.key].told]


def tell(events: Iterable[Event], destination: str, deliver: Callable[[], None]) -> None:
    """Deliver events together to one of several destinations, which none of them has reached (`untold`).

    Args:
        events: The events.
        destination: Names the destination within this subscriber; kept as a digest only.
        deliver: Makes the delivery.
    """
    deliver()
    worker, digest = at_work().worker, destination_digest(destination)
    for event in events:
        try:
            worker.ledger.tell(at_work().claims[event.key], digest)
        except Exception as error:  # delivered it is: trying again would be certain to tell twice
            worker.report("unrecorded", None, event, reason=type(error).__name__)
