"""Several destinations of one event: each is told once, whatever becomes of the others."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambdas.event import Event
from lambdas.runtime.ledger import Claim, destination_digest

if TYPE_CHECKING:
    from lambdas.runtime.worker import Worker


@dataclass(frozen=True, slots=True)
class Delivering:
    """What is being delivered at this moment: by whom, and the claims by the events' keys."""

    worker: "Worker"
    claims: Mapping[str, Claim]


_now: ContextVar[Delivering] = ContextVar("delivering")


@contextmanager
def delivering(what: Delivering) -> Iterator[None]:
    """For as long as the notifier is at work."""
    token = _now.set(what)
    try:
        yield
    finally:
        _now.reset(token)


def once(event: Event, destination: str, deliver: Callable[[], None]) -> None:
    """Deliver to one of several destinations, unless this event has reached it already.

    The runtime remembers events; a notifier that tells several people of one event needs to remember each of them, or a
    retry for the second would tell the first one twice.

    Args:
        event: The event being delivered.
        destination: Names the destination within this subscriber; kept as a digest only.
        deliver: Makes the delivery.
    """
    worker, claim = _now.get().worker, _now.get().claims[event.key]
    digest = destination_digest(destination)
    if digest in claim.told:
        return
    deliver()
    try:
        worker.ledger.tell(claim, digest)
    except Exception as error:  # delivered it is: trying again would be certain to tell twice
        worker.report("unrecorded", None, event, reason=type(error).__name__)
