"""What to invalidate and when: a pure function of what is known, what has happened and the time.

What has changed is collected, and taken together whenever an invalidation may begin. What an editor has published is
not on the site before its deploy. Purged earlier, the old page would be cached again; so it can wait for the deploy of
a build that began after it (`Rules.after_deploy`). A page that is published again while it is built waits once more.

An invalidation is written down before CloudFront is asked for it, with the reference under which CloudFront knows it
again. After a crash the same is asked again, and is the same invalidation. What is in progress is counted here, so that
CloudFront's limits are kept without asking it.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final

from lambdas.cdn.compaction import MOST_PATHS, MOST_WILDCARDS, Room, cover
from lambdas.cdn.items import EVERYTHING, is_wildcard, matches, path_item, tag_item
from lambdas.cdn.state import AT_ONCE, SEEN_EVENTS, Batch, Early, Rules, Span, State, digest_of
from lambdas.clients.publisher import is_own
from lambdas.contracts.builds import Build, accepted_at, outcome_of
from lambdas.contracts.event import Event, timestamp

FREE_PATHS: Final = 1000
"""Of an account in a month (CloudFront pricing, "Invalidation requests")."""

UNKNOWN_BUILD_SECONDS: Final = 30 * 60.0
"""How long before its end a build may have begun of which nobody has told the beginning."""

ORDER_WITHIN: Final = 60.0
"""Seconds in which the order of a build is heard whose deploy was heard before it: messages overtake each other."""

PENDING: Final = 3000
PENDING_BYTES: Final = 100_000
IN_PROGRESS_BYTES: Final = 200_000
"""What is kept of names, well within the 400 kB of DynamoDB's item; beyond it, folders become wildcards."""

_BUILDS: Final = ("build.", "deploy.started", "deploy.succeeded", "deploy.failed")
_KNOWN_BUILDS: Final = 20


def changes_of(event: Event, *, cache_tags: bool) -> tuple[set[str], int]:
    """Items for what an event has changed, everything where that cannot be told; and how many could be none.

    Where its tags are known and all can be used, they are enough; else its paths are named, and what tags there are.
    """
    tags = [tag_item(tag) for tag in event.notice.tags] if cache_tags else []
    items = {item for item in tags if item}
    left_out = len(tags) - len([item for item in tags if item])
    if not items or left_out:
        paths = [path_item(path) for path in event.notice.paths]
        left_out += sum(item is None for item in paths)
        items |= {item for item in paths if item}
        if not any(paths):
            items = {EVERYTHING}
    return items, left_out


def hear(state: State, events: Iterable[Event], rules: Rules) -> tuple[State, int]:
    """The state after these events, and how many paths and tags had to be left out."""
    left_out = 0
    for event in sorted(events, key=_order):
        if (digest := digest_of(event)) in state.behind or digest in state.seen:
            continue
        state, some = _hear(replace(state, seen=(*state.seen, digest)[-SEEN_EVENTS:]), event, rules)
        left_out += some
    return _within_bounds(state), left_out


def begin(state: State, rules: Rules, now: float) -> State:
    """The state with a new invalidation to be asked for, if one may begin now."""
    state = _without_an_order(state, now)
    ripe = state.ripe()
    if not ripe or now < state.began + rules.window:
        return state
    month = timestamp(now)[:7]
    state = state if state.month == month else replace(state, month=month, paths=0)
    items = _cover(state, ripe, rules)
    if items is None:
        return state
    sequence = state.sequence + 1
    batch = Batch(
        reference=_reference(state.cause, sequence, items),
        items=tuple(items),
        began=now,
        correlations=state.correlations,
    )
    return replace(
        state,
        pending=_left_pending(state, ripe),
        cause="",
        correlations=(),
        batches=(*state.batches, batch),
        began=now,
        sequence=sequence,
        paths=state.paths + len(items) * len(rules.distributions),
    )


def _order(event: Event) -> tuple[int, str]:
    """Begins of builds before what was published, and their ends after it."""
    return (2 if outcome_of(event) else 0 if event.type.startswith(("build.", "deploy.")) else 1), event.time


def _hear(state: State, event: Event, rules: Rules) -> tuple[State, int]:
    if build := Build.requested_by(event):
        return _ordered(state, build), 0
    if rules.after_deploy and event.type.startswith(_BUILDS):
        return (state if is_own(event) else _hear_of_a_build(state, event)), 0
    items, left_out = changes_of(event, cache_tags=rules.cache_tags)
    waits = rules.after_deploy and event.type.startswith("content.")
    state = _changed(state, items, accepted_at(event) if waits else AT_ONCE)
    return (state if waits and not state.ripe() else _caused(state, event.id, event.correlationid)), left_out


def _hear_of_a_build(state: State, event: Event) -> State:
    """A deploy that has succeeded changes the site; that a build has begun or failed does not."""
    if event.type == "deploy.started":
        started = {**state.started, event.subject: accepted_at(event)}
        return replace(state, started=dict([*started.items()][-_KNOWN_BUILDS:]))
    return _deployed(state, event) if outcome_of(event) else state


def _ordered(state: State, build: Build) -> State:
    state = replace(state, builds=(*state.builds, build)[-_KNOWN_BUILDS:])
    early = state.early.get(build.correlation)
    if early is None:
        return state
    left = {word: other for word, other in state.early.items() if word != build.correlation}
    return _is_deployed(replace(state, early=left), early, build, build.correlation)


def _without_an_order(state: State, now: float) -> State:
    """The state in which nobody waits any more for orders that should have been heard by now."""
    for word, early in state.early.items():
        if now >= early.at + ORDER_WITHIN:
            left = {other: known for other, known in state.early.items() if other != word}
            state = _is_deployed(replace(state, early=left), early, None, word)
    return state


def _deployed(state: State, event: Event) -> State:
    build = next((build for build in reversed(state.builds) if build.is_told_by(event)), None)
    at, word = accepted_at(event), event.correlationid
    deploy = Early(id=event.id, at=at, guess=state.started.get(event.subject, at - UNKNOWN_BUILD_SECONDS))
    if build is None and word:
        return replace(state, early=dict([*state.early.items(), (word, deploy)][-_KNOWN_BUILDS:]))
    return _is_deployed(state, deploy, build, build.correlation if build else word)


def _is_deployed(state: State, deploy: Early, build: Build | None, correlation: str) -> State:
    """The state in which what was published before the build's begin is on the site."""
    known = build is not None and build.started <= state.deployed  # by its workflow, or by a later one's
    guess = deploy.guess
    state = replace(state, deployed=max(state.deployed, build.started if build else guess))
    if known and not state.ripe():
        return state
    if build is None or not state.ripe():
        # It was not for what we know to have changed, or not for that alone.
        state = _changed(state, [EVERYTHING], AT_ONCE)
    return _caused(state, deploy.id, correlation)


def _changed(state: State, items: Iterable[str], at: float) -> State:
    pending = dict(state.pending)
    for item in items:
        first, last = pending.get(item, (at, at))
        pending[item] = (min(first, at), max(last, at))
    return replace(state, pending=pending)


def _caused(state: State, cause: str, correlation: str) -> State:
    known = state.correlations
    correlations = known if not correlation or correlation in known else (*known, correlation)
    return replace(state, cause=state.cause or cause, correlations=correlations)


def _cover(state: State, ripe: Collection[str], rules: Rules) -> list[str] | None:
    under_way = [item for batch in state.batches for item in batch.items]
    wildcards = sum(map(is_wildcard, under_way))
    affordable = (FREE_PATHS + rules.paid_paths - state.paths) // len(rules.distributions)
    room = Room(
        paths=MOST_PATHS - (len(under_way) - wildcards),
        wildcards=MOST_WILDCARDS - wildcards,
        affordable=affordable,
    )
    items = cover(ripe, room)
    if items and _bytes([*under_way, *items]) > IN_PROGRESS_BYTES:
        return cover(ripe, replace(room, affordable=1))
    return items


def _left_pending(state: State, purged: Collection[str]) -> dict[str, Span]:
    """What was purged and has changed again since the begin of the newest deployed build waits for the next one."""
    return {
        item: (state.deployed, last) if item in purged else (first, last)
        for item, (first, last) in state.pending.items()
        if item not in purged or (last != AT_ONCE and last >= state.deployed)
    }


def _within_bounds(state: State) -> State:
    if len(state.pending) <= PENDING and _bytes(state.pending) <= PENDING_BYTES:
        return state
    room = Room(paths=PENDING // 2, affordable=PENDING // 2)
    items = cover(state.pending, room) or [EVERYTHING]
    if _bytes(items) > PENDING_BYTES:
        items = [EVERYTHING]
    wildcards = [item for item in items if is_wildcard(item)]
    pending: dict[str, Span] = {}
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
