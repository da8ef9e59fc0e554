"""When to try again: soon after the first failure, and the later the longer it has lasted.

The next wait is as long as the time since the first failure. So an event arrives, after an outage of the length L, at
most max(3 s, L) after its end; at most 15 minutes where it lasted less than 6 h, and an hour where it lasted longer.
Waits are carried out by the visibility of the message in its queue, which knows whole seconds only: they are rounded
down. `docs/decisions/0026-real-time-retries.md` has the reasons.
"""

import math
from collections.abc import Callable
from typing import Final

MIN_DELAY: Final = 3
"""Seconds that a wait takes at least."""

EARLY: Final = 6 * 3600
"""Seconds after the first failure in which a wait takes up to `MAX_EARLY_DELAY`."""

MAX_EARLY_DELAY: Final = 15 * 60
MAX_DELAY: Final = 3600
"""Seconds that a wait takes at most, within `EARLY` and later on."""

JITTER: Final = 0.1
"""Share by which a wait may be shortened, so that what failed together does not return together."""

MAX_HIDDEN: Final = 12 * 3600 - 15 * 60
"""SQS hides a message for at most 12 h, counted from its receipt, and a function runs up to 15 min. The ledger keeps
the event's time; a message that comes back before it is hidden once more."""


def delay(failing_for: float, random: Callable[[], float]) -> int:
    """Whole seconds to wait after a failed attempt.

    Args:
        failing_for: Seconds since the first failure.
        random: Gives a number in [0, 1).
    """
    longest = MAX_EARLY_DELAY if failing_for < EARLY else MAX_DELAY
    planned = min(failing_for, longest) * (1 - JITTER * random())
    return max(MIN_DELAY, math.floor(planned))


def hidden_for(seconds: float) -> int:
    """Whole seconds for which the queue can hide a message, not shorter than asked up to `MAX_HIDDEN`."""
    return min(math.ceil(max(seconds, 0)), MAX_HIDDEN)
