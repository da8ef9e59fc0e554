"""When to try again.

The schedule of the Standard Webhooks specification ("Retry schedule"), carried out by
the visibility of the message in its queue.
"""

import math
from collections.abc import Callable
from typing import Final

DELAYS: Final = (5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600)
"""Seconds after the first, the second, … failed attempt."""

LATER: Final = 12 * 3600
"""Seconds after every further one."""

JITTER: Final = 0.1
"""Share by which a delay may be lengthened, so that what failed together does not return together."""

MAX_DELAY: Final = LATER * (1 + JITTER)
"""Seconds that a delay takes at most."""

MAX_HIDDEN: Final = 12 * 3600 - 15 * 60
"""SQS hides a message for at most 12 h, counted from its receipt, and a function runs up to 15 min. The ledger keeps
the event's time; a message that comes back before it is hidden once more."""


def delay(attempt: int, random: Callable[[], float]) -> float:
    """Seconds to wait after the given failed attempt.

    Args:
        attempt: Number of the attempt that failed, from 1.
        random: Gives a number in [0, 1).
    """
    planned = DELAYS[attempt - 1] if attempt <= len(DELAYS) else LATER
    return planned * (1 + JITTER * random())


def hidden_for(seconds: float) -> int:
    """Whole seconds for which the queue can hide a message, not shorter than asked up to `MAX_HIDDEN`."""
    return min(math.ceil(max(seconds, 0)), MAX_HIDDEN)
