"""What is known of a build from the events that tell of it: when it began, and which of them is its end."""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from lambdas.clients.publisher import is_own
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
        tells: Whether the build host's webhooks can give the word back. Where they cannot, the next end that is told
            is this build's: there is never more than one in flight.
    """

    correlation: str
    started: float
    tells: bool

    def to_document(self) -> dict[str, Any]:
        """As JSON."""
        return {"correlation": self.correlation, "started": self.started, "tells": self.tells}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "Build":
        """The inverse of `to_document`; what else the document holds is of no matter."""
        return cls(
            correlation=document["correlation"],
            started=float(document["started"]),
            tells=bool(document["tells"]),
        )

    @classmethod
    def requested_by(cls, event: Event) -> "Build | None":
        """The build that one of our own events tells of."""
        return cls.from_document(event.payload()) if event.type == REQUESTED and is_own(event) else None

    def is_told_by(self, event: Event) -> bool:
        """Whether the event of a build host is about this build."""
        if is_own(event):
            return False
        if event.correlationid:
            return event.correlationid == self.correlation
        return not self.tells and event.type.startswith("deploy.") and accepted_at(event) >= self.started


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
