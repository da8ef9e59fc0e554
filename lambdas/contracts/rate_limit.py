"""How often a destination may be called."""

from dataclasses import dataclass
from typing import Final

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
