"""Pages of events, newest first: each reads a bounded number of items, however many there are.

What is rare is not looked for without an end. A page says from when on it has searched, and where the next one goes on.
"""

import base64
import binascii
import dataclasses
import datetime as dt
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from jamwire.operations.archive import DAYS_AT_ONCE, Archive, PartOfDay
from jamwire.operations.deliveries import DeliveryStatus, Ledgers
from jamwire.operations.errors import NotFoundError, OperationError
from jamwire.operations.events import FoundEvent, known_at
from jamwire.operations.selection import EventSummary, Selection, days_of
from lambdas.contracts.batched import batched
from lambdas.contracts.event import timestamp

MAX_READ: Final = 40_000
"""Items of the index that one page reads at most, 8 MB and less."""

READ_AT_ONCE: Final = 4_000
"""Items in one call, which brings 1 MB at most (DynamoDB API reference, `Query`)."""

MAX_LOOKED_INTO: Final = 1_000
"""Events whose bodies, or whose deliveries, one page looks into at most."""

LOOKED_INTO_AT_ONCE: Final = 100

Sieve = Callable[[Sequence[EventSummary]], Iterator[FoundEvent]]
"""Lets those through that are to be on the page."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page has ended: after an event, or, where that has no id, after all events of this time and later."""

    time: str
    id: str = ""
    source: str = ""

    def to_text(self) -> str:
        """As whoever gets it has only to give it back."""
        parts = [self.time, self.id, self.source]
        return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")

    @classmethod
    def from_text(cls, text: str) -> "Cursor":
        """Read what `to_text` wrote.

        Raises:
            OperationError: It is none.
        """
        try:
            time, id, source = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            dt.datetime.fromisoformat(time)
            return cls(str(time), str(id), str(source))
        except (ValueError, TypeError, binascii.Error):
            raise OperationError(f"{text[:80]!r} is not a valid cursor, expected one from a page") from None


@dataclass(frozen=True, slots=True)
class EventPage:
    """Events, newest first.

    Attributes:
        events: They.
        cursor: Where the next page goes on; empty where everything has been searched.
        searched_since: From when on has been searched, RFC 3339 in UTC.
    """

    events: Sequence[FoundEvent]
    cursor: str
    searched_since: str


def find_page(
    archive: Archive, selection: Selection, *, cursor: str, limit: int, sieve: Sieve | None = None
) -> EventPage:
    """The newest events of a selection that come after a cursor.

    Args:
        archive: Where they are.
        selection: Which.
        cursor: Where the last page has ended; empty to begin.
        limit: How many at most.
        sieve: What is asked beyond the index; it looks into the events, which is bounded more narrowly.

    Raises:
        OperationError: The cursor is none, or the account cannot be asked.
    """
    after = Cursor.from_text(cursor) if cursor else None
    at_once = _at_once(limit, is_filtered=bool(selection.conditions), is_sieved=sieve is not None)
    most = MAX_LOOKED_INTO if sieve else MAX_READ
    found: list[FoundEvent] = []
    seen = read = 0
    for part in newest_parts(archive, selection, after, at_once):
        found += sieve(part.found) if sieve else (FoundEvent(summary, {}) for summary in part.found)
        if len(found) > limit:
            return _page_of(found[:limit])
        read += part.read
        seen += len(part.found) if sieve else part.read
        if seen >= most or read >= MAX_READ:
            left = part.left_at
            end = Cursor(left.time, left.id, left.source) if left else _before(part.day)
            return EventPage(found, end.to_text(), end.time)
    return EventPage(found, "", selection.since)


def find_failed_page(
    archive: Archive,
    ledgers: Ledgers,
    selection: Selection,
    *,
    cursor: str,
    limit: int,
    sieve: Sieve | None = None,
) -> EventPage:
    """The newest events that are dead at one of the ledgers' subscribers; what is read is by their number.

    Raises:
        OperationError: The cursor is none, or the account cannot be asked.
    """
    failed = ledgers.find_failed(archive, selection)
    newest = sorted(failed, key=_order, reverse=True)
    if cursor:
        after = Cursor.from_text(cursor)
        newest = [summary for summary in newest if _order(summary) < (after.time, after.id, after.source)]
    wanted = [event.summary for event in sieve(newest)] if sieve else newest
    found = [
        FoundEvent(summary, {at.name: DeliveryStatus("dead") for at in failed[summary]}) for summary in wanted
    ]
    return _page_of(found[:limit]) if len(found) > limit else EventPage(found, "", selection.since)


def with_text(archive: Archive, text: str) -> Sieve:
    """Lets through the events that have a text in their id, type, endpoint or title, or anywhere in them."""
    wanted = text.casefold()

    def sieve(summaries: Sequence[EventSummary]) -> Iterator[FoundEvent]:
        told = {summary for summary in summaries if wanted in _told(summary)}
        events = archive.read([summary for summary in summaries if summary not in told])
        for summary in summaries:
            if summary in told or ((event := events.get(summary)) and wanted in event.to_json().casefold()):
                yield FoundEvent(summary, {})

    return sieve


def heard_of(ledgers: Ledgers) -> Sieve:
    """Lets through the events of which the ledgers' one subscriber knows something."""
    return lambda summaries: known_at(ledgers, summaries)


def find_by_id(archive: Archive, selection: Selection, id: str) -> EventPage:
    """The events with an id, of those of a selection.

    Raises:
        OperationError: The account cannot be asked.
    """
    try:
        found = list(archive.find(dataclasses.replace(selection, ids=(id,)), newest_first=True))
    except NotFoundError:
        found = []
    return EventPage([FoundEvent(summary, {}) for summary in found], "", selection.since)


def newest_parts(
    archive: Archive, selection: Selection, after: Cursor | None, at_once: int
) -> Iterator[PartOfDay]:
    """What there is after a cursor, newest first; days are begun together, since most of them have little."""
    if after:
        selection = dataclasses.replace(selection, until=after.time)
    if selection.until < selection.since:
        return
    start = EventSummary(after.id, after.source, time=after.time) if after and after.id else None

    def begin(day: str) -> PartOfDay:
        of_day = start if start and start.time[:10] == day else None
        return archive.part_of_day(day, selection, after=of_day, limit=at_once)

    with ThreadPoolExecutor(DAYS_AT_ONCE) as pool:
        for group in batched(days_of(selection, newest_first=True), DAYS_AT_ONCE):
            for part in pool.map(begin, group):
                yield part
                while part.left_at:
                    part = archive.part_of_day(part.day, selection, after=part.left_at, limit=at_once)
                    yield part


def _at_once(limit: int, *, is_filtered: bool, is_sieved: bool) -> int:
    """Items to read in one call: what a filter takes out of them is not looked into."""
    if is_sieved:
        return MAX_LOOKED_INTO if is_filtered else LOOKED_INTO_AT_ONCE
    return READ_AT_ONCE if is_filtered else limit + 1


def _page_of(events: Sequence[FoundEvent]) -> EventPage:
    last = events[-1].summary
    return EventPage(events, Cursor(last.time, last.id, last.source).to_text(), last.time)


def _before(day: str) -> Cursor:
    """The last moment before a day."""
    begins = dt.datetime.fromisoformat(f"{day}T00:00:00Z").timestamp()
    return Cursor(timestamp(begins - 0.001))


def _order(summary: EventSummary) -> tuple[str, str, str]:
    return summary.time, summary.id, summary.source


def _told(summary: EventSummary) -> str:
    return "\n".join((summary.id, summary.type, summary.endpoint, summary.title)).casefold()
