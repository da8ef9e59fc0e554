"""An event as a line for a shell."""

import dataclasses

from jamwire.console.context import Context, Document, Query
from jamwire.console.queries import chosen_event
from jamwire.operations.curl import curl_of


def read(context: Context, query: Query) -> Document:
    """The line; ``endpoint`` says which, where several have accepted an event of this id."""
    event = chosen_event(context, query)
    return dataclasses.asdict(curl_of(context.deployment(), event, now=context.clock()))
