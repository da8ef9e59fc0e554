"""What events have changed, and which of it is on the site: the state after them.

What an editor has published is not on the site before its deploy. Purged earlier, the old page would be cached again;
so it can wait for the deploy of a build that began after it (`CdnSettings.wait_for_deploy`). A page that is published
again while it is built waits once more.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from lambdas.cdn.items import EVERYTHING, page_twins, path_item, tag_item
from lambdas.cdn.state import AT_ONCE, CdnState, UnmatchedDeploy
from lambdas.contracts.builds import CANCELLED, DEPLOYED, RESTORED, Build, accepted_at, end_of
from lambdas.contracts.event import Event
from lambdas.contracts.event_types import (
    BUILD_FAMILY,
    CONTENT_FAMILY,
    DEPLOY_CANCELLED,
    DEPLOY_FAILED,
    DEPLOY_STARTED,
    PREVIEW_FAMILY,
)
from lambdas.contracts.settings import CdnSettings

UNKNOWN_BUILD_SECONDS: Final = 30 * 60.0
"""How long before its end a build may have begun of which nobody has told the beginning."""

REQUEST_WITHIN: Final = 60.0
"""Seconds in which the request of a build is heard whose deploy was heard before it: messages overtake each other."""

_BUILDS: Final = (BUILD_FAMILY, DEPLOY_STARTED, DEPLOYED, DEPLOY_FAILED, DEPLOY_CANCELLED)
_LEAVES_THE_SITE: Final = (PREVIEW_FAMILY, DEPLOY_STARTED, DEPLOY_FAILED, *CANCELLED)
"""What tells of a build that is not, or not yet, the site: nothing is purged for it."""

_MAX_BUILDS: Final = 20


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


def with_events(state: CdnState, events: Iterable[Event], settings: CdnSettings) -> CdnState:
    """The state after these events."""
    for event in sorted(events, key=_order):
        state = _with_event(state, event, settings)
    return state


def without_overdue_requests(state: CdnState, now: float) -> CdnState:
    """The state in which no deploy waits any more for a request that should have been heard by now."""
    for correlation, deploy in state.unmatched.items():
        if now >= deploy.at + REQUEST_WITHIN:
            state = _is_deployed(_matched(state, correlation), deploy, None, correlation)
    return state


def _order(event: Event) -> tuple[bool, str]:
    """By time, but what puts changes on the site after all changes."""
    return end_of(event) == "succeeded", event.time


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
