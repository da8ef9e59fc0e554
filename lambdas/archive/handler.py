"""The event store: every event, for as many days as the rulebook says."""

import os
import time

from lambdas.archive.event_store import EventStore
from lambdas.clients.aws import at_start, client
from lambdas.contracts.settings import ArchiveSettings
from lambdas.runtime import Event, subscriber


@subscriber
def handle(event: Event) -> None:
    """Keep the event; a replay is of an event that is kept already.

    Raises:
        Undeliverable: The event cannot be kept.
    """
    if not event.replay:
        _event_store().put(event, time.time())


@at_start
def _event_store() -> EventStore:
    return EventStore(client("dynamodb"), ArchiveSettings.from_environment(os.environ))
