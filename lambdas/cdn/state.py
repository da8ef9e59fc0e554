"""What is remembered of changes and invalidations between the events."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from lambdas.cdn.items import EVERYTHING
from lambdas.contracts.builds import Build

AT_ONCE: Final = -1.0
"""The time of what waits for no deploy: before any."""

ChangedBetween = tuple[float, float]
"""When an item changed first and last since it was purged, unix seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """An invalidation, the same for each distribution.

    Attributes:
        reference: Under which CloudFront knows it again.
        items: What it invalidates.
        began: Unix seconds.
        correlations: Of the builds it was for.
        ids: CloudFront's ids for it, by distribution.
        done: Distributions in which it is completed.
        failed: Distributions that do not exist.
        unplaced: For how many entries everything is invalidated, since nobody knew where they were shown.
    """

    reference: str
    items: tuple[str, ...]
    began: float
    correlations: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    unplaced: int = 0

    def is_over(self, distributions: Collection[str]) -> bool:
        """Whether nothing is left to be done for it."""
        return {*distributions} <= {*self.done, *self.failed}

    def of_everything(self) -> "Batch":
        """The same of everything, for a CloudFront that does not take its items."""
        return replace(self, items=(EVERYTHING,), reference=f"{self.reference}-all")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmatchedDeploy:
    """A deploy that was heard before the request of its build.

    Attributes:
        id: The event's.
        at: When it was accepted, unix seconds.
        guess: When its build began, as long as nobody tells.
    """

    id: str
    at: float
    guess: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CdnState:
    """What is remembered between the events.

    Attributes:
        pending: Items that changed, and when.
        cause: Id of the first event for which an invalidation may begin.
        correlations: Of the builds whose content may be purged.
        deployed: The begin of the newest build that is deployed; what changed before is on the site.
        builds: The newest builds that were ordered.
        started: When the newest deploys began of which nobody told the order, by their subject.
        unmatched: Deploys by their correlation, of which the request of the build is still to be heard.
        batches: Invalidations under way.
        began: When the last one began.
        sequence: How many there were.
        month: Of which the paths are counted.
        paths: How many were paid or free in it.
        left_out: Paths and tags that could not be named, and are not yet counted.
        unplaced: Entries of which nobody knew where they were shown, and for which everything is yet to be invalidated.
    """

    pending: Mapping[str, ChangedBetween] = field(default_factory=dict)
    cause: str = ""
    correlations: tuple[str, ...] = ()
    deployed: float = 0.0
    builds: tuple[Build, ...] = ()
    started: Mapping[str, float] = field(default_factory=dict)
    unmatched: Mapping[str, UnmatchedDeploy] = field(default_factory=dict)
    batches: tuple[Batch, ...] = ()
    began: float = 0.0
    sequence: int = 0
    month: str = ""
    paths: int = 0
    left_out: int = 0
    unplaced: int = 0

    def ready(self) -> set[str]:
        """Items that may be purged now."""
        return {
            item for item, (first, _) in self.pending.items() if first < self.deployed or first == AT_ONCE
        }
