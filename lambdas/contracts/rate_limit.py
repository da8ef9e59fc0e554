"""How often a destination may be called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a destination takes.

    Attributes:
        per_second: Requests a second.
        burst: Requests at once after a rest.
    """

    per_second: float
    burst: int = 1
