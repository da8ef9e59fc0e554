"""How the state of a stateful subscriber is laid out in its table: what writes it and what reads it agree here."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from lambdas.contracts.documents import from_document, without_defaults

State = TypeVar("State")

ID: Final = "id"

STATE_ID: Final = "state"
"""The id of the item where a subscriber has one state for all events."""

KEPT: Final = 31 * 24 * 3600
"""Seconds after its last change for which a state is kept: longer than anything waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Generic[State]):
    """A state with what the runtime must know to apply each event to it once.

    Attributes:
        state: The subscriber's own: a frozen dataclass whose fields all have defaults.
        seen: Keys of the newest events that have been applied, until the ledger has them as delivered.
        wakeups: Keys of the events that are kept in the queue, to look again.
        version: Counts the writes; 0 before the first.
    """

    state: State
    seen: tuple[str, ...] = ()
    wakeups: tuple[str, ...] = ()
    version: int = 0


def item_of(id: str, record: Record[Any], now: float, kept: float = KEPT) -> dict[str, str | int]:
    """The attributes of a record's item.

    Args:
        id: The state's.
        record: The record, with the version that the item is to have.
        now: Unix seconds.
        kept: Seconds for which it is kept.
    """
    document = {
        "state": without_defaults(record.state),
        "seen": record.seen,
        "wakeups": record.wakeups,
    }
    return {
        ID: id,
        "document": json.dumps(document, ensure_ascii=False, separators=(",", ":")),
        "version": record.version,
        "ttl": int(now + kept),
    }


def record_of(item: Mapping[str, Any] | None, kind: type[State]) -> Record[State]:
    """The inverse of `item_of` for a state of this kind; a fresh one where there is no item."""
    if not item:
        return Record(state=kind())
    document = json.loads(item["document"])
    return Record(
        state=from_document(kind, document["state"]),
        seen=tuple(document["seen"]),
        wakeups=tuple(document["wakeups"]),
        version=item["version"],
    )
