"""How often a destination may be called, and how the rate limiter's item is laid out."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

RATE_LIMIT_ID: Final = "rate-limit"
"""The rate limiter's item in the subscriber's ledger."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a destination takes.

    Attributes:
        per_second: Requests a second.
        burst: Requests at once after a rest.
    """

    per_second: float
    burst: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitItem:
    """The permit to call the destination, as the functions share it. Times are unix milliseconds.

    Attributes:
        owner: Who holds it or held it last: an execution environment, and the number of its permit.
        started_at: When the call may begin for which it was given.
        due_at: The theoretical arrival time of the next call, as if this one took no time.
        expires_at: When it lapses; 0 for one that was released.
        draining_until: Until when its holder drains the queue.
        in_flight: Keys of the events that its holder delivers, or whose end it could not say.
    """

    owner: str = ""
    started_at: int = 0
    due_at: int = 0
    expires_at: int = 0
    draining_until: int = 0
    in_flight: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "PermitItem":
        """Read an item's values; what it does not have is empty or 0."""
        known = {field.name: item[field.name] for field in fields(cls) if field.name in item}
        return cls(**known | {"in_flight": tuple(json.loads(item.get("in_flight", "[]")))})

    def values(self) -> dict[str, str | int]:
        """What the item holds."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        return held | {"in_flight": json.dumps(self.in_flight)}
