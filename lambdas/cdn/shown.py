"""Where entries were shown: what an event cannot say that names an entry by its id alone, or by its new address only.

An entry is what an endpoint tells of under one subject. Each time that it is published, its paths and tags are
remembered. What takes it away then needs no more than the id, and the address that it had before is purged with the
one that it has now. Publishes are kept in the order of their acceptance, so that it makes no difference in which order
their events come, or how often.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from lambdas.cdn.items import EVERYTHING
from lambdas.contracts.builds import accepted_at
from lambdas.contracts.documents import to_document
from lambdas.contracts.event import Event

SHOWING: Final = ("content.published", "content.updated")
REMOVING: Final = ("content.unpublished", "content.deleted")

KEPT: Final = 400 * 24 * 3600
"""Seconds for which an entry is remembered that nobody publishes again: longer than what comes once a year."""

REFRESHED_AFTER: Final = 30 * 24 * 3600
"""Seconds after which what is remembered is written again, though it is the same, so that it is kept."""

MAX_ADDRESSES: Final = 4
"""How many addresses are remembered of an entry in a language: more than it gets while an event is tried again."""

MAX_BYTES: Final = 200_000
"""What is remembered of an entry, within the 400 kB of DynamoDB's item; one of more than this is not remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Where an entry was shown.

    Attributes:
        since: When it was published there, unix seconds.
        paths: As its event named them; everything where the event could not tell.
        tags: As its event named them.
    """

    since: float = 0.0
    paths: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is remembered of an entry.

    Attributes:
        shown: By the language that is published by itself, where it was shown, the newest last.
        written: When this was written, unix seconds.
    """

    shown: Mapping[str, tuple[Shown, ...]] = field(default_factory=dict)
    written: float = 0.0

    def before(self, event: Event) -> list[Shown]:
        """Where the entry was shown when the event came; in the event's language, or in all that are known."""
        at, locale = accepted_at(event), event.notice.locale
        removes = event.type in REMOVING
        every = removes and locale not in self.shown
        histories = self.shown.values() if every else [self.shown.get(locale, ())]
        found = [
            [shown for shown in history if shown.since < at or (removes and shown.since == at)]
            for history in histories
        ]
        return [earlier[-1] for earlier in found if earlier]

    def with_event(self, event: Event, now: float) -> "Entry":
        """The entry after the event; the same where there is nothing new to be remembered."""
        notice, locale = event.notice, event.notice.locale
        if event.type not in SHOWING or not (self.shown or notice.paths or notice.tags):
            return self
        shown = Shown(since=accepted_at(event), paths=notice.paths or (EVERYTHING,), tags=notice.tags)
        history = _distinct([*self.shown.get(locale, ()), shown])
        if history == self.shown.get(locale) and now < self.written + REFRESHED_AFTER:
            return self
        entry = replace(self, shown={**self.shown, locale: history}, written=now)
        return entry if len(json.dumps(to_document(entry))) <= MAX_BYTES else Entry(written=now)


def entry_id(event: Event) -> str:
    """The id under which the entry of an event is remembered; empty for what is of no entry."""
    if event.type not in SHOWING + REMOVING or not event.subject:
        return ""
    return f"entry/{hashlib.sha256(json.dumps([event.source, event.subject]).encode()).hexdigest()[:32]}"


def placed(event: Event, entry: Entry) -> Event:
    """The event with where its entry was shown before it.

    For one that takes the entry away, that is in place of everything. What shows it somewhere unknown stays everything.
    """
    before = entry.before(event)
    if not before:
        return event
    notice = event.notice
    replaces = event.type in REMOVING and (notice.incomplete or not notice.paths)
    own = [path for path in notice.paths if not (replaces and path == EVERYTHING)]
    if not replaces and not notice.paths:
        return event
    paths = _union(own, *(shown.paths for shown in before))
    tagged = notice.tags or (replaces and all(shown.tags for shown in before))
    return replace(
        event,
        notice=replace(
            notice,
            paths=paths,
            tags=_union(notice.tags, *(shown.tags for shown in before)) if tagged else (),
            incomplete=notice.incomplete and EVERYTHING in paths,
        ),
    )


def _union(*several: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for texts in several for text in texts))


def _distinct(history: Iterable[Shown]) -> tuple[Shown, ...]:
    """In order of time and without what is shown where it was before, the newest of them."""
    kept: list[Shown] = []
    for shown in sorted(history, key=lambda shown: shown.since):
        if not kept or (kept[-1].paths, kept[-1].tags) != (shown.paths, shown.tags):
            kept.append(shown)
    return tuple(kept[-MAX_ADDRESSES:])
