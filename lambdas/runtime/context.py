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
class DeliveryContext:
    """What is being delivered at this moment: by whom, and the claims by the events' keys."""

    worker: "Worker"
    claims: Mapping[str, Claim]

    @property
    def table(self) -> Table:
        """The subscriber's own."""
        return self.worker.ledger.table


_now: ContextVar[DeliveryContext] = ContextVar("delivering")


@contextmanager
def delivery_context(what: DeliveryContext) -> Iterator[None]:
    """For as long as the notifier is at work."""
    token = _now.set(what)
    try:
        yield
    finally:
        _now.reset(token)


def current_context() -> DeliveryContext:
    """What is being delivered at this moment."""
    return _now.get()


def now() -> float:
    """Unix time in seconds, by the clock of the runtime."""
    return current_context().worker.clock()


def deliver_once(event: Event, destination: str, deliver: Callable[[], None]) -> None:
    """Deliver to one of several destinations, unless this event has reached it already.

    The runtime remembers events; a notifier that tells several people of one event needs to remember each of them, or a
    retry for the second would tell the first one twice.

    Args:
        event: The event being delivered.
        destination: Names the destination within this subscriber; kept as a digest only.
        deliver: Makes the delivery.
    """
    if undelivered([event], destination):
        deliver_to([event], destination, deliver)


def undelivered(events: Iterable[Event], destination: str) -> list[Event]:
    """Those of a batch that have not reached one of several destinations."""
    digest, claims = destination_digest(destination), current_context().claims
    return [event for event in events if digest not in claims[event.key].told]


def deliver_to(events: Iterable[Event], destination: str, deliver: Callable[[], None]) -> None:
    """Deliver events together to one of several destinations, which none of them has reached (`undelivered`).

    Args:
        events: The events.
        destination: Names the destination within this subscriber; kept as a digest only.
        deliver: Makes the delivery.
    """
    deliver()
    worker, digest = current_context().worker, destination_digest(destination)
    for event in events:
        try:
            worker.ledger.tell(current_context().claims[event.key], digest)
        except Exception as error:  # delivered it is: trying again would be certain to tell twice
            worker.report("unrecorded", None, event, reason=type(error).__name__)
