"""Pauses of push services: one that fails is left alone for a while, and the others go on."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from math import ceil
from typing import Final

from lambdas.followers.outcomes import Later, Outcome, Unknown

FAILURES_IN_A_ROW: Final = 5
"""After so many a push service counts as down; one by itself is of a follower, such as too many pushes to one phone."""

PAUSE_SECONDS: Final = 30.0


class Pauses:
    """What an execution environment knows of push services, by their origins.

    Args:
        clock: Seconds of any clock that goes on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[str, float] = {}
        self._failures: Counter[str] = Counter()
        self._lock = threading.Lock()

    def left(self, origin: str) -> int:
        """For how many seconds a push service is left alone; 0 for not at all."""
        return max(0, ceil(self._until.get(origin, 0.0) - self._clock()))

    def note(self, origin: str, outcome: Outcome) -> None:
        """Note what a push service has answered, or that it did not."""
        with self._lock:
            if not isinstance(outcome, Later | Unknown):
                self._failures[origin] = 0
                return
            self._failures[origin] += 1
            wait = outcome.seconds if isinstance(outcome, Later) else None
            if wait is None and self._failures[origin] < FAILURES_IN_A_ROW:
                return
            wait = PAUSE_SECONDS if wait is None else wait
            self._until[origin] = max(self._until.get(origin, 0.0), self._clock() + wait)
