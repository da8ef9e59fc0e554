"""Several destinations of one event: each is told once, whatever becomes of the others."""

from collections.abc import Callable, Iterable

from lambdas.contracts.event import Event
from lambdas.runtime.context import current_context
from lambdas.runtime.ledger import destination_digest


def deliver_once(event: Event, destination: str, deliver: Callable[[], None]) -> None:
    """Deliver to one of several destinations, unless this event has reached it already.

    The runtime remembers events. A notifier that tells several people of one event has to remember each of them, or a
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
    return [event for event in events if digest not in claims[event.key].delivered_to]


def deliver_to(events: Iterable[Event], destination: str, deliver: Callable[[], None]) -> None:
    """Deliver events together to one of several destinations, which none of them has reached (`undelivered`).

    Args:
        events: The events.
        destination: Names the destination within this subscriber; kept as a digest only.
        deliver: Makes the delivery.
    """
    deliver()
    context, digest = current_context(), destination_digest(destination)
    for event in events:
        try:
            context.subscriber.ledger.add_destination(
                context.claims[event.key], digest, context.subscriber.clock()
            )
        except Exception as error:  # delivered it is: trying again would be certain to tell twice
            context.subscriber.report("record_failed", None, event, reason=type(error).__name__)
