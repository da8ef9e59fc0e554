"""The subscriber's runtime: a notifier is a function.

    from lambdas.runtime import Event, Retry, Undeliverable, subscriber

    @subscriber
    def handle(event: Event) -> None:
        ...

Returning means delivered. `Retry` means later, `Undeliverable` means never; any other exception means again,
on the schedule. The decorator does the rest: partial batch failures, idempotency for 72 h, back-off through
the message's visibility, dead letters with a reason, one log line and the metrics for each delivery.
"""

from lambdas.contracts.event import Event, InvalidEventError, Notice
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.runtime.context import is_repeated, now
from lambdas.runtime.decorator import subscriber
from lambdas.runtime.destinations import deliver_once, deliver_to, undelivered
from lambdas.runtime.report import count

__all__ = [
    "Event",
    "InvalidEventError",
    "Notice",
    "Retry",
    "Undeliverable",
    "count",
    "deliver_once",
    "deliver_to",
    "is_repeated",
    "now",
    "subscriber",
    "undelivered",
]
