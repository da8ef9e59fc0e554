"""What a stateful subscriber remembers, in memory."""

from dataclasses import dataclass, field, replace
from typing import Any

from lambdas.clients.state_store import VersionConflictError
from lambdas.contracts.state_table import Record, State, item_of, record_of


@dataclass
class MemoryStore:
    """A state store with DynamoDB's condition; kept as items, since nothing else is kept there."""

    items: dict[str, Any] = field(default_factory=dict)
    writes: int = 0
    reads: int = 0

    def read(self, id: str, kind: type[State]) -> Record[State]:
        self.reads += 1
        return record_of(self.items.get(id), kind)

    def write(self, id: str, record: Record[State], now: float) -> Record[State]:
        if self.version(id) != record.version:
            raise VersionConflictError
        self.writes += 1
        written = replace(record, version=record.version + 1)
        self.items[id] = item_of(id, written, now)
        return written

    def version(self, id: str) -> int:
        return self.items[id]["version"] if id in self.items else 0
