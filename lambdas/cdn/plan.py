"""What to invalidate and when: a pure function of what is known, what has happened and the time.

What has changed is collected, and taken together whenever an invalidation may begin. What an editor has published is
not on the site before its deploy. Purged earlier, the old page would be cached again; so it can wait for the deploy of
a build that began after it (`CdnSettings.wait_for_deploy`). A page that is published again while it is built waits once
more.

An invalidation is written down before CloudFront is asked for it, with the reference under which CloudFront knows it
again. After a crash the same is asked again, and is the same invalidation. What is in progress is counted here, so that
CloudFront's limits are kept without asking it.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from lambdas.cdn.compaction import MAX_PATHS, MAX_WILDCARDS, Room, compact
from lambdas.cdn.items import EVERYTHING, is_wildcard, matches, page_twins, path_item, tag_item
from lambdas.cdn.state import AT_ONCE, Batch, CdnState, ChangedBetween, UnmatchedDeploy
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.builds import CANCELLED, DEPLOYED, PURGED, RESTORED, Build, accepted_at, end_of
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.event_types import (
    BUILD_FAMILY,
    CONTENT_FAMILY,
    DEPLOY_CANCELLED,
    DEPLOY_FAILED,
    DEPLOY_FAMILY,
    DEPLOY_STARTED,
    PREVIEW_FAMILY,
)
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.settings import CdnSettings
from lambdas.runtime.stateful import Core, Wakeup

LOOK_SECONDS: Final = 10.0
"""How soon to look again whether CloudFront has completed an invalidation, or has room for another."""

MAX_SHOWN: Final = 20
"""How many paths are named to people."""

MAX_ANNOUNCED_BYTES: Final = 100_000
"""How much of the names machines are told: an event has 256 KiB."""

FREE_PATHS: Final = 1000
"""Of an account in a month (CloudFront pricing, "Invalidation requests")."""

UNKNOWN_BUILD_SECONDS: Final = 30 * 60.0
"""How long before its end a build may have begun of which nobody has told the beginning."""

REQUEST_WITHIN: Final = 60.0
"""Seconds in which the request of a build is heard whose deploy was heard before it: messages overtake each other."""

MAX_PENDING: Final = 3000
MAX_PENDING_BYTES: Final = 100_000
MAX_IN_PROGRESS_BYTES: Final = 200_000
"""What is kept of names, well within the 400 kB of DynamoDB's item; beyond it, folders become wildcards."""

_BUILDS: Final = (BUILD_FAMILY, DEPLOY_STARTED, DEPLOYED, DEPLOY_FAILED, DEPLOY_CANCELLED)
_LEAVES_THE_SITE: Final = (PREVIEW_FAMILY, DEPLOY_STARTED, DEPLOY_FAILED, *CANCELLED)
"""What tells of a build that is not, or not yet, the site: nothing is purged for it."""

_MAX_BUILDS: Final = 20


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


def changes_of(event: Event, *, cache_tags: bool, twins: bool = False) -> tuple[set[str], int]:
    """Items for what an event has changed, everything where that cannot be told; and how many could not be named.

    Where its tags are known and all can be used, they are enough; else its paths are named, and what tags there are.
    With `twins`, each page is named by all of its addresses.
    """
    tags = [tag_item(tag) for tag in event.notice.tags] if cache_tags else []
    items = {item for item in tags if item}
    left_out = len(tags) - len([item for item in tags if item])
    if not items or left_out:
        paths = [path_item(path) for path in event.notice.paths]
        left_out += sum(item is None for item in paths)
        items |= {twin for item in paths if item for twin in (page_twins(item) if twins else (item,))}
        if not any(paths):
            items = {EVERYTHING}
    return items, left_out


def apply_events(state: CdnState, events: Iterable[Event], settings: CdnSettings) -> CdnState:
    """The state after these events."""
    for event in sorted(events, key=_order):
        state = _with_event(state, event, settings)
    return _within_bounds(state)


def start_invalidation(state: CdnState, settings: CdnSettings, now: float) -> CdnState:
    """The state with a new invalidation to be requested, if one may begin now."""
    state = _without_overdue_requests(state, now)
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


def announcements_of(batch: Batch) -> list[Announcement]:
    """That an invalidation is completed, for each build that it was for."""
    return [
        Announcement(
            type=PURGED,
            cause=f"{batch.reference}/{correlation}",
            notice=_notice(batch),
            correlation=correlation,
            body={
                "distributions": dict(batch.ids),
                "began": timestamp(batch.began),
                "items": len(batch.items),
            },
        )
        for correlation in batch.correlations or ("",)
    ]


def _notice(batch: Batch) -> Notice:
    items = batch.items
    named = _first(items, MAX_ANNOUNCED_BYTES)
    more = [f"and {len(items) - MAX_SHOWN} more"] if len(items) > MAX_SHOWN else []
    changed = "everything" if EVERYTHING in items else f"{len(items)} path{'s' * (len(items) != 1)}"
    return Notice(
        title=f"The CDN fetches {changed} anew",
        text="\n".join([*named[:MAX_SHOWN], *more, *_why_everything(batch)]),
        paths=tuple(item for item in named if item.startswith("/")),
        tags=tuple(item[1:] for item in named if item.startswith("#")),
    )


def _why_everything(batch: Batch) -> list[str]:
    if not batch.unplaced:
        return []
    entries = "an entry was" if batch.unplaced == 1 else f"{batch.unplaced} entries were"
    return [f"Where {entries} shown is not known, so everything is fetched."]


def _first(items: Sequence[str], max_bytes: int) -> list[str]:
    """The first items, of so many characters together."""
    lengths = accumulate(len(item) for item in items)
    return [item for item, length in zip(items, lengths, strict=True) if length <= max_bytes]


def _order(event: Event) -> tuple[int, str]:
    """Begins of builds before what was published, and their ends after it."""
    if end_of(event) == "succeeded":
        return 2, event.time
    return (0 if event.type.startswith((BUILD_FAMILY, DEPLOY_FAMILY)) else 1), event.time


def _with_event(state: CdnState, event: Event, settings: CdnSettings) -> CdnState:
    if build := Build.requested_by(event):
        return _with_request(state, build)
    if settings.wait_for_deploy and event.type.startswith(_BUILDS):
        return state if event.is_internal else _with_report(state, event)
    if event.type.startswith(_LEAVES_THE_SITE):
        return state
    items, left_out = changes_of(event, cache_tags=settings.cache_tags, twins=settings.page_twins)
    waits = settings.wait_for_deploy and event.type.startswith(CONTENT_FAMILY)
    state = _changed(state, items, accepted_at(event) if waits else AT_ONCE)
    unplaced = event.notice.incomplete and EVERYTHING in items
    state = replace(state, left_out=state.left_out + left_out, unplaced=state.unplaced + unplaced)
    return state if waits and not state.ready() else _caused(state, event.id, event.correlationid)


def _with_report(state: CdnState, event: Event) -> CdnState:
    """A deploy that has succeeded changes the site; that a build has begun or failed does not."""
    if event.type == DEPLOY_STARTED:
        started = {**state.started, event.subject: accepted_at(event)}
        return replace(state, started=dict([*started.items()][-_MAX_BUILDS:]))
    return _deployed(state, event) if end_of(event) == "succeeded" else state


def _with_request(state: CdnState, build: Build) -> CdnState:
    state = replace(state, builds=(*state.builds, build)[-_MAX_BUILDS:])
    deploy = state.unmatched.get(build.correlation)
    if deploy is None:
        return state
    return _is_deployed(_matched(state, build.correlation), deploy, build, build.correlation)


def _without_overdue_requests(state: CdnState, now: float) -> CdnState:
    """The state in which no deploy waits any more for a request that should have been heard by now."""
    for correlation, deploy in state.unmatched.items():
        if now >= deploy.at + REQUEST_WITHIN:
            state = _is_deployed(_matched(state, correlation), deploy, None, correlation)
    return state


def _matched(state: CdnState, correlation: str) -> CdnState:
    unmatched = {other: deploy for other, deploy in state.unmatched.items() if other != correlation}
    return replace(state, unmatched=unmatched)


def _deployed(state: CdnState, event: Event) -> CdnState:
    build = next((build for build in reversed(state.builds) if build.is_reported_by(event)), None)
    at, correlation = accepted_at(event), event.correlationid
    if event.outcome == RESTORED:
        return _caused(_changed(state, [EVERYTHING], AT_ONCE), event.id, "")
    deploy = UnmatchedDeploy(
        id=event.id, at=at, guess=state.started.get(event.subject, at - UNKNOWN_BUILD_SECONDS)
    )
    if build is None and correlation:
        unmatched = [*state.unmatched.items(), (correlation, deploy)][-_MAX_BUILDS:]
        return replace(state, unmatched=dict(unmatched))
    if build and not build.echoes_correlation:  # whatever is deployed next is another's
        others = tuple(b for b in state.builds if b.echoes_correlation or b.started > build.started)
        state = replace(state, builds=others)
    return _is_deployed(state, deploy, build, build.correlation if build else correlation)


def _is_deployed(state: CdnState, deploy: UnmatchedDeploy, build: Build | None, correlation: str) -> CdnState:
    """The state in which what was published before the build's begin is on the site."""
    known = build is not None and build.started <= state.deployed  # by its workflow, or by a later one's
    guess = deploy.guess
    state = replace(state, deployed=max(state.deployed, build.started if build else guess))
    if known and not state.ready():
        return state
    if build is None or not state.ready():
        # It was not for what we know to have changed, or not for that alone.
        state = _changed(state, [EVERYTHING], AT_ONCE)
    return _caused(state, deploy.id, correlation)


def _changed(state: CdnState, items: Iterable[str], at: float) -> CdnState:
    pending = dict(state.pending)
    for item in items:
        first, last = pending.get(item, (at, at))
        pending[item] = (min(first, at), max(last, at))
    return replace(state, pending=pending)


def _caused(state: CdnState, cause: str, correlation: str) -> CdnState:
    known = state.correlations
    correlations = known if not correlation or correlation in known else (*known, correlation)
    return replace(state, cause=state.cause or cause, correlations=correlations)


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
    room = Room(paths=MAX_PENDING // 2, affordable=MAX_PENDING // 2)
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
