"""The payload of an event, wherever it is kept."""

from jamwire.console.context import Context, Document, Query
from jamwire.console.queries import chosen_event
from jamwire.operations.forwarding import load_payload


def read(context: Context, query: Query) -> Document:
    """The payload; ``endpoint`` says of which event, where several have accepted one of this id."""
    event = chosen_event(context, query)
    return {"payload": load_payload(context.deployment(), event.dataref) if event.dataref else event.body}
