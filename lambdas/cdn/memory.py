"""Where entries were shown, as items of the subscriber's own table: one for each entry, which ends by itself.

What is lost is remembered again with the entry's next publish. Until then its removal purges everything.
"""

import os
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lambdas.cdn.shown import KEPT, Entry, entry_id, placed
from lambdas.clients.aws import client
from lambdas.clients.state_store import StateStore, VersionConflictError
from lambdas.contracts.event import Event
from lambdas.contracts.settings import SubscriberSettings
from lambdas.runtime.stateful import Store

MAX_TRIES: Final = 5
"""How often an entry is read anew that another function has written in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Where the entries of a subscriber's events were shown.

    Attributes:
        store: Where entries are kept, by `lambdas.cdn.shown.entry_id`.
        clock: Unix seconds.
    """

    store: Store
    clock: Callable[[], float]

    @classmethod
    def from_environment(cls) -> "Memory":
        """The memory of a function that `Subscriber(…, stateful=True)` has deployed."""
        table = SubscriberSettings.from_environment(os.environ).state_table
        if table is None:
            raise LookupError("The function has no state table, expected Subscriber(…, stateful=True).")
        return cls(store=StateStore(client("dynamodb"), table, kept=KEPT), clock=time.time)

    def recall(self, events: Sequence[Event]) -> list[Event]:
        """The events with where their entries were shown before; where these are shown now is remembered.

        Raises:
            VersionConflictError: Another function writes the same entries at this moment.
        """
        groups: defaultdict[str, list[Event]] = defaultdict(list)
        for event in sorted(events, key=lambda event: event.time):
            groups[entry_id(event)].append(event)
        groups.pop("", None)
        known = {event.key: event for id, group in groups.items() for event in self._recall_entry(id, group)}
        return [known.get(event.key, event) for event in events]

    def _recall_entry(self, id: str, events: Sequence[Event]) -> list[Event]:
        for _ in range(MAX_TRIES):
            record = self.store.read(id, Entry)
            entry, known = record.state, list[Event]()
            for event in events:
                known.append(placed(event, entry))
                entry = entry.with_event(event, self.clock())
            if entry == record.state:
                return known
            try:
                self.store.write(id, replace(record, state=entry), self.clock())
            except VersionConflictError:
                continue
            return known
        raise VersionConflictError
