"""What is known of a build from the events that tell of it: when it began, and which of them is its end."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal, get_args

from lambdas.contracts.documents import from_document
from lambdas.contracts.event import Event
from lambdas.contracts.event_types import (
    BUILD_CANCELLED,
    BUILD_FAILED,
    BUILD_FAMILY,
    BUILD_REQUESTED,
    BUILD_SUCCEEDED,
    CDN_INVALIDATED,
    DEPLOY_CANCELLED,
    DEPLOY_FAILED,
    DEPLOY_FAMILY,
    DEPLOY_SUCCEEDED,
    PAGES_NOTIFIED,
)

REQUESTED: Final = BUILD_REQUESTED
"""The type of the event by which a `RebuildStack` tells that a build host has taken an order."""

DEPLOYED: Final = DEPLOY_SUCCEEDED

PURGED: Final = CDN_INVALIDATED
"""The type by which a `CdnStack` tells that CloudFront has completed an invalidation."""

SEEN: Final = PAGES_NOTIFIED
"""The type by which a `LiveStack` tells that open pages know of an update."""

WithoutResult = Literal["unchanged", "skipped", "superseded", "held", "cancelled"]
Outcome = Literal[WithoutResult, "restored"]
"""What an event's `outcome` says of a build or deploy beyond its type.

Of one that has ended without a result:

- ``unchanged``: nothing had changed. There is nothing more to be done.
- ``skipped``: the build host was told not to build, or not to publish what was built. Nothing more is to be done.
- ``superseded``: a newer build took its place, and has what this one was for.
- ``held``: it waits for a person.
- ``cancelled``: somebody, or something that is not known, ended it; what it was for is still to be built.

Of one that has succeeded:

- ``restored``: an older deploy is the site again, or one that had waited; no build has ended with it.
"""

WITHOUT_RESULT: Final[tuple[WithoutResult, ...]] = get_args(WithoutResult)
RESTORED: Final = "restored"

End = Literal["succeeded", "failed", WithoutResult]

CANCELLED: Final = (DEPLOY_CANCELLED, BUILD_CANCELLED)
"""Types of builds that have ended without a result."""

ENDS: Final = (DEPLOY_SUCCEEDED, DEPLOY_FAILED, BUILD_SUCCEEDED, BUILD_FAILED, *CANCELLED)
"""Types by which a build host tells that it is done. A preview's are not among them: only production is the site."""


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
        if event.is_internal or event.outcome == RESTORED:
            return False
        if not event.type.startswith((DEPLOY_FAMILY, BUILD_FAMILY)):
            return False
        if event.correlationid:
            return event.correlationid == self.correlation
        return (
            not self.echoes_correlation
            and event.type.startswith(DEPLOY_FAMILY)
            and accepted_at(event) >= self.started
        )


def end_of(event: Event) -> End | None:
    """How the build of which the event tells has ended; None where it is not about an end.

    A deploy ends with its own webhook; of a mere build (a workflow, a pipeline) it is an end only where it was ordered.
    A cancellation of which nothing more is known is ``cancelled``.
    """
    if event.type not in ENDS or (event.type.startswith(BUILD_FAMILY) and not event.correlationid):
        return None
    if event.type in CANCELLED:
        return next((known for known in WITHOUT_RESULT if known == event.outcome), "cancelled")
    return "failed" if event.type.endswith(".failed") else "succeeded"


def accepted_at(event: Event) -> float:
    """When Jamwire accepted an event, unix seconds."""
    return dt.datetime.fromisoformat(event.time).timestamp()
