"""How an item of a subscriber's ledger is laid out: the runtime writes it, the command reads it.

One item for each event. Each state has a time of its own: a claim `expires_at`, what waits may be claimed when its
`not_before` has come, and what was delivered is recognised in what is sent before its `remembered_until`.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, fields
from decimal import Decimal
from typing import Any, Final, Literal

State = Literal["claimed", "waiting", "delivered", "dead"]

DEAD_INDEX: Final = "Dead"
"""The index of what is dead, by when that came to be. No other item has its key, so that no other write costs more."""

DEAD: Final = "yes"
"""The value of `dead`."""

RETENTION: Final = 31 * 24 * 3600
"""Seconds for which it can be looked up what became of an event; DynamoDB deletes the item then. Longer than
an event may wait (13 days), than a repetition is recognised and then waits in its queue, and than a dead letter is kept
(14 days each)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerItem:
    """What is known of an event; an attribute that the item does not have is empty or 0.

    Times are unix time in milliseconds.

    Attributes:
        state: What became of the event.
        updated_at: When that came to be.
        expires_at: When the claim lapses, of what is claimed.
        not_before: When the event may be claimed again, of what waits.
        remembered_until: Until when a repetition may be sent and is recognised, of what was delivered.
        owner: Who holds the claim: a message in an invocation.
        message: Id of the message that brought the event.
        attempts: Attempts since the event came, or was sent once more.
        first_failed_at: When an attempt first failed, but for those for which somebody had named the time.
        final_attempts: Attempts that it took in all, of what was delivered or is dead.
        unsettled: Claims that have not said how they ended.
        isolated: Whether it is delivered by itself only: its delivery together with others was refused.
        delivered_to: Destinations that it has reached (`lambdas.runtime.ledger.destination_digest`).
        reason: Why it waits or is dead.
        dead: Whether it is dead or was sent once more since, `DEAD`; the key of the index `DEAD_INDEX`.
    """

    state: str = ""
    updated_at: int = 0
    expires_at: int = 0
    not_before: int = 0
    remembered_until: int = 0
    owner: str = ""
    message: str = ""
    attempts: int = 0
    first_failed_at: int = 0
    final_attempts: int = 0
    unsettled: int = 0
    isolated: bool = False
    delivered_to: Set[str] = field(default_factory=frozenset)
    reason: str = ""
    dead: str = ""

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "LedgerItem":
        """Read an item's values, as boto3 gives them; what is for DynamoDB only (`id`, `ttl`) is left out."""
        known = {field.name for field in fields(cls)}
        values: dict[str, Any] = {
            name: int(value) if isinstance(value, Decimal) else value
            for name, value in item.items()
            if name in known
        }
        return cls(**values)
