"""What to invalidate and when: a pure function of what is known, what has happened and the time.

What has changed is collected (`lambdas.cdn.changes`), and taken together whenever an invalidation may begin.

An invalidation is written down before CloudFront is asked for it, with the reference under which CloudFront knows it
again. After a crash the same is asked again, and is the same invalidation. What is in progress is counted here, so that
CloudFront's limits are kept without asking it.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lambdas.cdn.announcement import announcements_of
from lambdas.cdn.changes import with_events, without_overdue_requests
from lambdas.cdn.compaction import MAX_PATHS, MAX_WILDCARDS, Room, compact
from lambdas.cdn.items import EVERYTHING, is_wildcard, matches
from lambdas.cdn.state import AT_ONCE, Batch, CdnState, ChangedBetween
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.settings import CdnSettings
from lambdas.runtime.stateful import Core, Wakeup

LOOK_SECONDS: Final = 10.0
"""How soon to look again whether CloudFront has completed an invalidation, or has room for another."""

FREE_PATHS: Final = 1000
"""Of an account in a month (CloudFront pricing, "Invalidation requests")."""

MAX_PENDING: Final = 3000
MAX_PENDING_BYTES: Final = 100_000
MAX_IN_PROGRESS_BYTES: Final = 200_000
"""What is kept of names, well within the 400 kB of DynamoDB's item; beyond it, folders become wildcards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What is to be done for invalidations, or what has become of them.

    Attributes:
        batches: The invalidations, by the reference under which they are in the state.
        left_out: Paths and tags that could not be named, to be counted.
        unplaced: Entries of which nobody knew where they were shown, to be counted.
        failure: Why CloudFront has not done all of it, and whether for good.
    """

    batches: Mapping[str, Batch]
    left_out: int = 0
    unplaced: int = 0
    failure: Retry | Undeliverable | None = None


@dataclass(frozen=True, slots=True)
class Cdn(Core[CdnState, Progress, Progress]):
    """Decides what is invalidated and when."""

    settings: CdnSettings
    kind = CdnState
    reapplies_redriven = True  # what CloudFront has refused for good is no longer in the state

    def apply_events(self, state: CdnState, events: Sequence[Event], now: float) -> CdnState:
        """The state with what the events have changed."""
        return apply_events(state, events, self.settings)

    def next_action(self, state: CdnState, now: float, *, woken: bool) -> tuple[CdnState, Progress | None]:
        """The invalidations that are to be requested, or to be looked at."""
        begun = len(state.batches)
        state = start_invalidation(state, self.settings, now)
        if not state.batches:
            return state, None
        progress = Progress(
            batches={batch.reference: batch for batch in state.batches},
            left_out=state.left_out,
            unplaced=sum(batch.unplaced for batch in state.batches[begun:]),
        )
        return replace(state, left_out=0), progress

    def apply_result(
        self, state: CdnState, result: Progress, now: float
    ) -> tuple[CdnState, Retry | Undeliverable | None]:
        """The state with what has become of the invalidations."""
        batches = tuple(result.batches.get(batch.reference, batch) for batch in state.batches)
        return replace(state, batches=batches), result.failure

    def announce(self, state: CdnState, now: float) -> tuple[CdnState, Sequence[Announcement]]:
        """The invalidations that CloudFront has completed."""
        distributions = self.settings.distributions
        under_way = tuple(batch for batch in state.batches if not batch.is_over(distributions))
        completed = [batch for batch in state.batches if batch.done and batch.is_over(distributions)]
        announcements = [announcement for batch in completed for announcement in announcements_of(batch)]
        return replace(state, batches=under_way), announcements

    def wakeup(self, state: CdnState, now: float) -> Wakeup | None:
        """When CloudFront may have completed an invalidation, or another may begin."""
        if state.batches:
            return Wakeup(LOOK_SECONDS, "waiting for CloudFront")
        if state.ready():
            return Wakeup(state.began + self.settings.window - now, "waiting for its turn")
        return Wakeup(LOOK_SECONDS, "waiting for the order of its build") if state.unmatched else None


def apply_events(state: CdnState, events: Iterable[Event], settings: CdnSettings) -> CdnState:
    """The state after these events, with no more names than can be kept."""
    return _within_bounds(with_events(state, events, settings))


def start_invalidation(state: CdnState, settings: CdnSettings, now: float) -> CdnState:
    """The state with a new invalidation to be requested, if one may begin now."""
    state = without_overdue_requests(state, now)
    ready = state.ready()
    if not ready or now < state.began + settings.window:
        return state
    month = timestamp(now)[:7]
    state = state if state.month == month else replace(state, month=month, paths=0)
    items = _compacted(state, ready, settings)
    if items is None:
        return state
    sequence = state.sequence + 1
    batch = Batch(
        reference=_reference(state.cause, sequence, items),
        items=tuple(items),
        began=now,
        correlations=state.correlations,
        unplaced=state.unplaced if EVERYTHING in items else 0,
    )
    return replace(
        state,
        pending=_left_pending(state, ready),
        cause="",
        correlations=(),
        batches=(*state.batches, batch),
        began=now,
        sequence=sequence,
        unplaced=state.unplaced - batch.unplaced,
        paths=state.paths + len(items) * len(settings.distributions),
    )


def _compacted(state: CdnState, ready: Collection[str], settings: CdnSettings) -> list[str] | None:
    under_way = [item for batch in state.batches for item in batch.items]
    wildcards = sum(map(is_wildcard, under_way))
    affordable = (FREE_PATHS + settings.paid_paths - state.paths) // len(settings.distributions)
    room = Room(
        paths=MAX_PATHS - (len(under_way) - wildcards),
        wildcards=MAX_WILDCARDS - wildcards,
        affordable=affordable,
    )
    items = compact(ready, room)
    if items and _bytes([*under_way, *items]) > MAX_IN_PROGRESS_BYTES:
        return compact(ready, replace(room, affordable=1))
    return items


def _left_pending(state: CdnState, purged: Collection[str]) -> dict[str, ChangedBetween]:
    """What was purged and has changed again since the begin of the newest deployed build waits for the next one."""
    return {
        item: (state.deployed, last) if item in purged else (first, last)
        for item, (first, last) in state.pending.items()
        if item not in purged or (last != AT_ONCE and last >= state.deployed)
    }


def _within_bounds(state: CdnState) -> CdnState:
    if len(state.pending) <= MAX_PENDING and _bytes(state.pending) <= MAX_PENDING_BYTES:
        return state
    room = Room(affordable=MAX_PENDING // 2)
    items = compact(state.pending, room) or [EVERYTHING]
    if _bytes(items) > MAX_PENDING_BYTES:
        items = [EVERYTHING]
    wildcards = [item for item in items if is_wildcard(item)]
    pending: dict[str, ChangedBetween] = {}
    for item, (first, last) in state.pending.items():
        name = item if item in items else next((w for w in wildcards if matches(w, item)), EVERYTHING)
        known = pending.get(name, (first, last))
        pending[name] = (min(known[0], first), max(known[1], last))
    return replace(state, pending=pending)


def _bytes(items: Iterable[str]) -> int:
    """Items are ASCII; what JSON writes around each is counted."""
    return sum(len(item) + 40 for item in items)


def _reference(cause: str, sequence: int, items: Collection[str]) -> str:
    """It begins with the event's id, by which a person finds it, and is another one for anything else."""
    digest = hashlib.sha256("\n".join([cause, str(sequence), *items]).encode()).hexdigest()
    return f"{cause}-{digest[:32]}"
