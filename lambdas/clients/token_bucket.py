"""An allowance: so much at once, and so much for each second that passes (a token bucket)."""

import time
from collections.abc import Callable


class TokenBucket:
    """What may be done only so often.

    Args:
        burst: How often at once.
        per_second: How much is gained in a second.
        clock: Seconds.
    """

    def __init__(self, burst: int, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._clock = clock
        self._left = self._burst
        self._at = clock()

    def take(self) -> bool:
        """Take one, if one is left."""
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True
