"""What is remembered of changes and invalidations between the events."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from lambdas.cdn.items import EVERYTHING
from lambdas.contracts.builds import Build
from lambdas.contracts.event import Event

SEEN_EVENTS: Final = 1000
AT_ONCE: Final = -1.0
"""The time of what waits for no deploy: before any."""

Span = tuple[float, float]
"""When an item changed first and last since it was purged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the rulebook says.

    Attributes:
        distributions: Ids of the distributions, each of which gets every invalidation.
        after_deploy: Whether content waits for its deploy.
        cache_tags: Whether the distributions know cache tags.
        window: Seconds from one invalidation to the next, in which changes are collected.
        paid_paths: Paths that may be paid for in a month, beyond the free ones.
    """

    distributions: tuple[str, ...]
    after_deploy: bool = False
    cache_tags: bool = False
    window: float = 10.0
    paid_paths: int = 0


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
    """

    reference: str
    items: tuple[str, ...]
    began: float
    correlations: tuple[str, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()

    def is_over(self, distributions: Collection[str]) -> bool:
        """Whether nothing is left to be done for it."""
        return {*distributions} <= {*self.done, *self.failed}

    def of_everything(self) -> "Batch":
        """The same of everything, for a CloudFront that does not take its items."""
        return replace(self, items=(EVERYTHING,), reference=f"{self.reference}-all")


@dataclass(frozen=True, slots=True, kw_only=True)
class Early:
    """A deploy that was heard before the order of its build.

    Attributes:
        id: The event's.
        at: When it was accepted, unix seconds.
        guess: When its build began, as long as nobody tells.
    """

    id: str
    at: float
    guess: float


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What is remembered between the events.

    Attributes:
        pending: Items that changed, and when.
        cause: Id of the first event for which an invalidation may begin.
        correlations: Of the builds whose content may be purged.
        deployed: The begin of the newest build that is deployed; what changed before is on the site.
        builds: The newest builds that were ordered.
        started: When the newest deploys began of which nobody told the order, by their subject.
        early: Deploys by their correlation, of which somebody ordered the build and the order is still to be heard.
        batches: Invalidations under way.
        began: When the last one began.
        sequence: How many there were.
        month: Of which the paths are counted.
        paths: How many were paid or free in it.
        behind: Digests of the events that stay behind in the queue, to look again.
        seen: Digests of the newest events heard; a crash brings them back.
    """

    pending: Mapping[str, Span] = field(default_factory=dict)
    cause: str = ""
    correlations: tuple[str, ...] = ()
    deployed: float = 0.0
    builds: tuple[Build, ...] = ()
    started: Mapping[str, float] = field(default_factory=dict)
    early: Mapping[str, "Early"] = field(default_factory=dict)
    batches: tuple[Batch, ...] = ()
    began: float = 0.0
    sequence: int = 0
    month: str = ""
    paths: int = 0
    behind: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()

    def to_document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "State":
        """The inverse of `to_document`; a fresh one of nothing."""
        if not document:
            return cls()
        parts = {
            "pending": {item: (first, last) for item, (first, last) in document["pending"].items()},
            "correlations": tuple(document["correlations"]),
            "builds": tuple(map(Build.from_document, document["builds"])),
            "early": {word: Early(**early) for word, early in document.get("early", {}).items()},
            "batches": tuple(map(_batch, document["batches"])),
            "behind": tuple(document["behind"]),
            "seen": tuple(document["seen"]),
        }
        return cls(**{**document, **parts})

    def ripe(self) -> set[str]:
        """Items that may be purged now."""
        return {
            item for item, (first, _) in self.pending.items() if first < self.deployed or first == AT_ONCE
        }

    def is_at_work(self) -> bool:
        """Whether somebody must look again."""
        return bool(self.batches or self.early or self.ripe())

    def leave(self, events: Sequence[Event], *, behind: bool) -> "State":
        """The state in which these events are done with, or the last of them stays behind."""
        digests = [digest_of(event) for event in events]
        waiting = [digest for digest in self.behind if digest not in digests]
        return replace(self, behind=(*waiting, *(digests[-1:] if behind else []))[-SEEN_EVENTS:])

    def forget(self, event: Event) -> "State":
        """The state in which this event can be heard once more."""
        return replace(self, seen=tuple(digest for digest in self.seen if digest != digest_of(event)))


def digest_of(event: Event) -> str:
    """What is kept of an event that was heard."""
    return hashlib.sha256(event.key.encode()).hexdigest()[:12]


def _batch(document: dict[str, Any]) -> Batch:
    parts = {name: tuple(document[name]) for name in ("items", "correlations", "done", "failed")}
    return Batch(**{**document, **parts})
