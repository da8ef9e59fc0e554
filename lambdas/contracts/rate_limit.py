"""How often a destination may be called."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class RateLimit:
    """What a destination takes.

    Attributes:
        per_second: Requests a second.
        burst: Requests at once after a rest.
    """

    per_second: float
    burst: int = 1

    def to_json(self) -> str:
        """For a function's environment."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "RateLimit":
        """The inverse of `to_json`."""
        return cls(**json.loads(text))
