"""What a push service's answer means for a follower: one table for all of them."""

from collections.abc import Callable
from math import ceil
from typing import Final

from lambdas.clients.http import HttpResponse, seconds_to_wait
from lambdas.followers.outcomes import Gone, Later, Outcome, Refused, Sent

_GONE: Final = (404, 410)
"""The subscription has ended (RFC 8030, 7.3 and 8.1), or there never was one."""

_LATER: Final = (
    406,  # WNS: "exceeded its throttle limit" (Windows push notifications, "WNS HTTP response codes")
    408,
    425,
    429,
    *range(500, 600),
)
"""Passes by itself. What is in no row here is wrong with our key or our message, and is no reason to forget anybody."""

MAX_WAIT_SECONDS: Final = 24 * 3600
"""No push is worth waiting for any longer, whatever a push service says."""

_TABLE: Final[dict[int, Callable[[str, float | None], Outcome]]] = {
    **dict.fromkeys(range(200, 300), lambda reason, wait: Sent()),
    **dict.fromkeys(_GONE, lambda reason, wait: Gone(reason)),
    **dict.fromkeys(_LATER, lambda reason, wait: Later(wait, reason)),
}


def outcome_of(response: HttpResponse, now: float) -> Outcome:
    """What a response means; the time is in unix seconds.

    A wait is in whole seconds, so that those who wait as long as each other come together.
    """
    reason = f"answered {response.status}"
    if (outcome := _TABLE.get(response.status)) is None:
        return Refused(reason)
    wait = seconds_to_wait(response.headers, now)
    return outcome(reason, None if wait is None else ceil(min(wait, MAX_WAIT_SECONDS)))
