"""What a request asks for, read from its query."""

import datetime as dt
from typing import Final

from jamwire.console.context import BadRequestError, Context, Query
from jamwire.operations.errors import NotFoundError
from jamwire.operations.events import selection_of_time
from jamwire.operations.selection import Selection
from jamwire.operations.times import parse_moment
from lambdas.contracts.event import Event

LIMITS: Final = range(1, 501)


def moment(query: Query, name: str, default: str, now: dt.datetime) -> dt.datetime:
    """A time of the query: so long ago, or a time in UTC.

    Raises:
        BadRequestError: It is neither.
    """
    try:
        return parse_moment(query.get(name) or default, now)
    except ValueError as error:
        raise BadRequestError(f"{name}: {error}.") from None


def limit(query: Query, default: int) -> int:
    """How much is asked for at most.

    Raises:
        BadRequestError: It is no number, or out of range.
    """
    text = query.get("limit") or str(default)
    if not text.isascii() or not text.isdecimal() or int(text[:9]) not in LIMITS:
        raise BadRequestError(f"limit is {text[:80]!r}, expected 1 to {LIMITS[-1]}.")
    return int(text)


def selection(context: Context, query: Query, *, since: str, kept_seconds: int) -> Selection:
    """The events that are asked for, of those that are kept.

    Raises:
        BadRequestError: A time is none.
        OperationError: The end is before the beginning.
    """
    present = context.now()
    oldest = present - dt.timedelta(seconds=kept_seconds)
    return selection_of_time(
        max(moment(query, "since", since, present), oldest),
        moment(query, "until", "", present) if query.get("until") else None,
        present,
        type=query.get("type", ""),
        endpoint=query.get("endpoint", ""),
        severity=query.get("severity", ""),
    )


def chosen_event(context: Context, query: Query) -> Event:
    """The event of an ``id``, of that ``endpoint`` where it is given.

    Raises:
        NotFoundError: It is not in the archive.
        OperationError: The account cannot be asked.
    """
    archive = context.archive()
    found = archive.find(Selection(ids=(query["id"],), endpoint=query.get("endpoint", "")))
    events = archive.read(list(found))
    if not events:
        raise NotFoundError(f"There is no event {query['id'][:80]!r} of this endpoint in the archive")
    return next(iter(events.values()))
