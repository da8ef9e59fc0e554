"""How the item of a subscriber's circuit breaker is laid out: the runtime writes it, the command ends a wait in it.

It is in the subscriber's ledger. The circuit is closed as long as the destination counts as well, and open while it
counts as down; these are the words of the pattern's author (Michael T. Nygard, "Release It!").
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

CIRCUIT_ID: Final = "circuit-breaker"
"""The item's id."""

SECOND: Final = 1000
"""What a queue hides a message for is whole seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitItem:
    """What is known of a destination; no item says that nothing is wrong.

    Times are unix time in milliseconds; 0 stands for none.

    Attributes:
        version: Counts the writes.
        failing_since: When an event failed, of a closed circuit; since when it is open, of an open one.
        failed: Key of the event that failed last; empty for several together.
        next_probe_at: When the next event may try the destination, while the circuit is open.
        turn: Key of the event that is to do so; empty as long as it is nobody's turn.
        owner: The invocation that is trying it.
        probed_at: Since when.
        expires_at: When its turn lapses, should it die.
    """

    version: int = 0
    failing_since: int = 0
    failed: str = ""
    next_probe_at: int = 0
    turn: str = ""
    owner: str = ""
    probed_at: int = 0
    expires_at: int = 0

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "CircuitItem":
        """Read an item's values."""
        return cls(**{field.name: item[field.name] for field in fields(cls) if field.name in item})

    @property
    def is_open(self) -> bool:
        """Whether the destination counts as down."""
        return self.next_probe_at > 0

    def is_due(self, now: int) -> bool:
        """Whether the destination may be tried now; a second early is in time, as a queue hides for whole seconds."""
        return self.is_open and self.expires_at <= now and self.next_probe_at - SECOND <= now

    def looks_in(self, now: int) -> int:
        """In how many milliseconds to look how a probe has ended that is being made: as long as it has taken by now."""
        return min(now - self.probed_at, self.expires_at - now)

    def may_probe(self, key: str, now: int) -> bool:
        """Whether an event may try it now; the one that has failed last gives way to another for a second."""
        return self.is_due(now) and (key != self.failed or self.next_probe_at + SECOND <= now)
