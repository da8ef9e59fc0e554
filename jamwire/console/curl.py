"""An event as a line for a shell."""

import dataclasses

from jamwire.console.context import Context, Document, Query
from jamwire.operations.curl import curl_of
from jamwire.operations.errors import NotFoundError
from jamwire.operations.selection import Selection


def read(context: Context, query: Query) -> Document:
    """The line; ``endpoint`` says which, where several have accepted an event of this id."""
    archive = context.archive()
    found = archive.find(Selection(ids=(query["id"],), endpoint=query.get("endpoint", "")))
    events = archive.read(list(found))
    if not events:
        raise NotFoundError(f"There is no event {query['id'][:80]!r} of this endpoint in the archive")
    event = next(iter(events.values()))
    return dataclasses.asdict(curl_of(context.deployment(), event, now=context.clock()))
