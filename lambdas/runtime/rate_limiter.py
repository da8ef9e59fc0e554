"""How often a destination may be called, over all functions that run at the same time.

One item that the functions share, moved on by conditional writes. Whoever holds the permit is alone with the
destination until it is released, and the next permit is given when the rate allows it. Whoever gets none learns how
long to wait, and nobody sleeps. As long as the holder drains the queue, the others hide nothing from it. The rate is
kept by the generic cell rate algorithm (ITU-T I.371, annex A): so many at once, then so many for each second.
"""

import math
from dataclasses import dataclass
from typing import Final

from lambdas.clients.dynamodb import Item, milliseconds, number
from lambdas.contracts.rate_limit import RATE_LIMIT_ID, RateLimit
from lambdas.runtime.table import ConditionFailedError, Table

BUSY_SECONDS: Final = 1.0
"""How soon to ask again while another holds the permit; nobody knows when it is released."""

DRAIN_SECONDS: Final = 1.0
"""How long the holder looks out for more where events pile up: what was released to the queue comes back within it."""

_FREE: Final = "(#expires_at <= :now OR #owner = :owner)"
_IDLE: Final = f"attribute_not_exists(#id) OR (#due_at <= :now AND {_FREE})"
_WITHIN_BURST: Final = f"#due_at = :old AND {_FREE}"


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to call the destination.

    Attributes:
        owner: Who holds it.
        acquired_at: Unix milliseconds.
        due_at: The theoretical arrival time of the next call, unix milliseconds.
    """

    owner: str
    acquired_at: int
    due_at: int


class RateLimitedError(Exception):
    """The destination may not be called now; `seconds` tells when to ask again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("rate limited")
        self.seconds = seconds


class RateLimiter:
    """The rate limiter that all functions of a subscriber share.

    Args:
        table: The subscriber's own.
        limit: What the destination takes.
    """

    def __init__(self, table: Table, limit: RateLimit) -> None:
        self._table = table
        self._interval = math.ceil(1000 / limit.per_second)
        self._tolerance = (limit.burst - 1) * self._interval

    def acquire(self, owner: str, *, now: float, expires_at: float, draining_until: float = 0.0) -> Permit:
        """Acquire the permit.

        Args:
            owner: Names who acquires it; the same again is the same permit.
            now: Unix seconds.
            expires_at: When the permit lapses, should its holder die, unix seconds: no sooner than its invocation ends.
            draining_until: Until when its holder drains the queue, unix seconds; the others hide nothing until then.

        Raises:
            RateLimitedError: Another holds the permit, or it is too early.
        """
        at = milliseconds(now)
        held: Item = {"owner": owner, "expires_at": milliseconds(expires_at)}
        held["draining_until"] = milliseconds(draining_until)
        idle = Permit(owner, at, at + self._interval)
        try:
            self._write(idle, held, _IDLE, {})
        except ConditionFailedError as failed:
            if (seconds := self._seconds_until_free(failed.item, owner, at)) is not None:
                raise RateLimitedError(seconds) from None
            due_at = number(failed.item, "due_at")
        else:
            return idle
        within_burst = Permit(owner, at, due_at + self._interval)
        try:
            self._write(within_burst, held, _WITHIN_BURST, {"old": due_at})
        except ConditionFailedError:  # another was faster
            raise RateLimitedError(BUSY_SECONDS) from None
        return within_burst

    def release(self, permit: Permit, *, now: float, not_before: float = 0.0) -> None:
        """Release the permit: the next one is due a whole interval after this one's end.

        Args:
            permit: Ours.
            now: Unix seconds.
            not_before: When the destination wants to be called again at the earliest, unix seconds; 0 for any time.
        """
        due_at = permit.due_at + milliseconds(now) - permit.acquired_at
        if not_before:
            due_at = max(due_at, milliseconds(not_before) + self._tolerance)
        try:
            self._table.update(
                RATE_LIMIT_ID,
                set={"due_at": due_at, "expires_at": 0, "draining_until": 0},
                condition="#owner = :owner",
                values={"owner": permit.owner},
            )
        except ConditionFailedError:
            return  # it lapsed and is another's by now

    def _seconds_until_free(self, item: Item, owner: str, at: int) -> float | None:
        """How soon to ask again; None where the call is within the burst and nobody else holds the permit."""
        early = (number(item, "due_at") - self._tolerance - at) / 1000
        if item.get("owner") != owner and number(item, "expires_at") > at:
            return 0.0 if number(item, "draining_until") > at else max(early, BUSY_SECONDS)
        return early if early > 0 else None

    def _write(self, permit: Permit, held: Item, condition: str, values: Item) -> None:
        self._table.update(
            RATE_LIMIT_ID,
            set={"due_at": permit.due_at, **held},
            condition=condition,
            values={"now": permit.acquired_at, "owner": permit.owner, **values},
        )
