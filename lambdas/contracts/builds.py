"""What is known of a build from the events that tell of it: when it began, and which of them is its end."""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from lambdas.contracts.documents import from_document
from lambdas.contracts.event import Event

REQUESTED: Final = "build.requested"
"""The type of the event by which a `RebuildStack` tells that a build host has taken an order."""

DEPLOYED: Final = "deploy.succeeded"

PURGED: Final = "cdn.invalidated"
"""The type by which a `CdnStack` tells that CloudFront has completed an invalidation."""

SEEN: Final = "pages.notified"
"""The type by which a `LiveStack` tells that open pages know of an update."""

_ENDS: Final = {
    "deploy.succeeded": True,
    "deploy.failed": False,
    "build.succeeded": True,
    "build.failed": False,
}
ENDS: Final = tuple(_ENDS)
"""Types by which a build host tells that it is done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A build that was ordered.

    Attributes:
        correlation: The word that ties it to the publishes which caused it.
        started: Unix seconds; what was published before is in it.
        echoes_correlation: Whether the build host's webhooks give the word back. Where they do not, the next end that
            is told is this build's: there is never more than one in flight.
    """

    correlation: str
    started: float
    echoes_correlation: bool

    @classmethod
    def requested_by(cls, event: Event) -> "Build | None":
        """The build that one of our own events tells of."""
        return from_document(cls, event.payload()) if event.type == REQUESTED and event.is_internal else None

    def is_reported_by(self, event: Event) -> bool:
        """Whether the event of a build host is about this build."""
        if event.is_internal:
            return False
        if event.correlationid:
            return event.correlationid == self.correlation
        return (
            not self.echoes_correlation
            and event.type.startswith("deploy.")
            and accepted_at(event) >= self.started
        )


def outcome_of(event: Event) -> bool | None:
    """Whether the build of which the event tells has succeeded; None where it is not about an end.

    A deploy ends with its own webhook; of a mere build (a workflow, a pipeline) it is an end only where it was ordered.
    """
    if event.type.startswith("build.") and not event.correlationid:
        return None
    return _ENDS.get(event.type)


def accepted_at(event: Event) -> float:
    """When Jamwire accepted an event, unix seconds."""
    return dt.datetime.fromisoformat(event.time).timestamp()
