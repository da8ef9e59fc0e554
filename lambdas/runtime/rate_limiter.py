"""How often a destination may be called, over all functions that run at the same time.

One item that the functions share (`lambdas.contracts.rate_limit.PermitItem`), moved on by conditional writes. Whoever
holds the permit is alone with the destination, and what it delivers is noted with it: so the permit is the claim of its
events, too. The rate is kept by the generic cell rate algorithm (ITU-T I.371, annex A): so many at once, then so many
for each second, each counted from the end of the call before.

The end of a single event's delivery is the end of its permit: whoever finds it in flight looks into the ledger whether
its holder has said how it ended. Only what this does not tell is released by a write of its own. The holder itself
knows all of that, and acquires the next permit by one write.

A holder that died says nothing. Its permit lapses; whoever comes next notes of each event in flight that it may have
been told, and then takes the permit.
"""

import itertools
import math
from dataclasses import dataclass, replace
from typing import Final

from lambdas.clients.dynamodb import Item, milliseconds
from lambdas.contracts.rate_limit import RATE_LIMIT_ID, PermitItem, RateLimit
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.table import ConditionFailedError, Table

BUSY_SECONDS: Final = 1.0
"""How soon to ask again while another holds the permit; nobody knows when it ends."""

_MAX_TRIES: Final = 3
_AS_SEEN: Final = "attribute_not_exists(#owner) OR (#owner = :last AND #due_at = :due_at)"
"""Its holder may have paused it, and an operator brought it forward, since it was read."""

_OWNED: Final = "#owner = :owner"


@dataclass(slots=True)
class Permit:
    """The right to call the destination.

    Attributes:
        item: As it is written.
        before: What it took the place of.
        due_at: Since when the destination may be called, or from when on, unix seconds.
        continued: Whether nobody has held one since this environment did: what was read meanwhile holds.
    """

    item: PermitItem
    before: PermitItem
    due_at: float
    continued: bool

    @property
    def starts_at(self) -> float:
        """When the destination may be called, unix seconds."""
        return self.item.started_at / 1000


class RateLimitedError(Exception):
    """The destination may not be called now.

    Attributes:
        seconds: When to ask again.
        is_busy: Whether it is another's call that stands in the way, which may end at any moment.
        drained_for: Seconds for which another drains the queue, so that nothing is to be taken from it.
    """

    def __init__(self, seconds: float, *, is_busy: bool = False, drained_for: float = 0.0) -> None:
        super().__init__("rate limited")
        self.seconds = seconds
        self.is_busy = is_busy
        self.drained_for = drained_for


class RateLimiter:
    """The rate limiter that all functions of a subscriber share.

    Args:
        table: The subscriber's own.
        limit: What the destination takes.
        ledger: Tells how deliveries ended.
        environment: Names this execution environment, which does one thing at a time.
    """

    def __init__(self, table: Table, limit: RateLimit, ledger: Ledger, environment: str) -> None:
        self._table = table
        self._ledger = ledger
        self._interval = math.ceil(1000 / limit.per_second)
        self._tolerance = (limit.burst - 1) * self._interval
        self._environment = environment
        self._numbers = itertools.count(1)
        self._held = ""
        self._last: PermitItem | None = None
        self._last_written = 0

    def is_ready(self, now: float) -> bool:
        """Whether the next permit is this environment's, as far as it knows, and its time has come."""
        last = self._last
        return last is not None and self._due_at(last) <= milliseconds(now)

    def acquire(
        self,
        keys: tuple[str, ...],
        *,
        now: float,
        latest: float,
        expires_at: float,
        draining_until: float = 0.0,
    ) -> Permit:
        """Acquire the permit; the call may have to wait for its time, but not longer than `latest`.

        Args:
            keys: The events to be delivered, where that is known.
            now: Unix seconds.
            latest: When the call must be due, unix seconds.
            expires_at: When the permit lapses, should its holder die, unix seconds: no sooner than its invocation ends.
            draining_until: Until when its holder drains the queue, unix seconds; the others hide nothing until then.

        Raises:
            RateLimitedError: Another holds the permit, or it is too early.
        """
        at = milliseconds(now)
        last = self._last if self.is_ready(now) else None
        seen = last or self._read()
        for _ in range(_MAX_TRIES):
            before = self._freed(seen, at)
            wanted = self._following(before, at, milliseconds(latest))
            wanted = replace(
                wanted,
                expires_at=milliseconds(expires_at),
                draining_until=milliseconds(draining_until),
                in_flight=keys,
            )
            try:
                due_at = self._last_written if seen is self._last else seen.due_at
                old = self._write(wanted, _AS_SEEN, {"last": seen.owner, "due_at": due_at})
            except ConditionFailedError as failed:
                seen = PermitItem.of(failed.item)
                if seen.owner != wanted.owner:
                    continue
                old = PermitItem()  # the client has asked twice
            continued = self._last is not None and old.owner == self._last.owner
            self._last = None
            self._held = wanted.owner
            return Permit(wanted, before, self._due_at(before) / 1000, continued)
        raise RateLimitedError(BUSY_SECONDS)

    def note(self, permit: Permit, keys: tuple[str, ...]) -> None:
        """Note which events are in flight, before the destination hears of them.

        Raises:
            ConditionFailedError: The permit has lapsed and is another's by now.
        """
        permit.item = replace(permit.item, in_flight=keys)
        self._write(permit.item, _OWNED, {"owner": permit.item.owner})

    def pause(self, permit: Permit, *, now: float, not_before: float) -> None:
        """Have the next call wait until the destination wants it; before anything says that this one has ended.

        Args:
            permit: Ours.
            now: Unix seconds.
            not_before: When the destination wants to be called again at the earliest, unix seconds.
        """
        due_at = max(self._due_after(permit, now), milliseconds(not_before) + self._tolerance)
        permit.item = replace(permit.item, due_at=due_at, started_at=milliseconds(now))
        self._write(permit.item, _OWNED, {"owner": permit.item.owner})

    def end(self, permit: Permit, now: float) -> None:
        """Keep in mind that the permit has ended, as the ledger says of its single event."""
        self._last_written = permit.item.due_at
        self._last = replace(permit.item, due_at=self._due_after(permit, now))

    def release(self, permit: Permit, *, now: float, called: bool, unsettled: tuple[str, ...] = ()) -> None:
        """Release the permit: the next one is due a whole interval after this one's end.

        Args:
            permit: Ours.
            now: Unix seconds.
            called: Whether the destination was called; otherwise nothing of its pace is used up.
            unsettled: Keys of events whose end could not be written.
        """
        self._held = ""
        due_at = self._due_after(permit, now) if called else permit.before.due_at
        freed = replace(permit.item, due_at=due_at, expires_at=0, draining_until=0, in_flight=unsettled)
        try:
            self._write(freed, _OWNED, {"owner": freed.owner})
        except ConditionFailedError:
            return  # it lapsed and is another's by now
        if not unsettled:
            self._last, self._last_written = freed, freed.due_at

    def _read(self) -> PermitItem:
        return PermitItem.of(self._table.get([RATE_LIMIT_ID]).get(RATE_LIMIT_ID, {}))

    def _freed(self, seen: PermitItem, at: int) -> PermitItem:
        """The permit as it is when its holder has ended, if that is so.

        Raises:
            RateLimitedError: It has not ended, as far as anybody knows.
        """
        if self._last and self._last.owner == seen.owner:
            brought_forward = seen is not self._last and seen.due_at < self._last_written
            return replace(self._last, due_at=seen.due_at) if brought_forward else self._last
        if len(seen.in_flight) == 1:
            ended_at = self._ledger.ended_at(seen.in_flight[0], seen.owner)
            if ended_at is not None:
                return replace(seen, due_at=seen.due_at + max(0, ended_at - seen.started_at))
        if seen.expires_at > at and not self._has_lost(seen.owner):
            if seen.draining_until > at:
                raise RateLimitedError(0.0, drained_for=(seen.draining_until - at) / 1000)
            early = (self._due_at(seen) - at) / 1000
            raise RateLimitedError(max(early, BUSY_SECONDS), is_busy=True)
        self._ledger.lapse(seen.in_flight, owner=seen.owner, now=at / 1000)
        longest = min(at, seen.expires_at) - seen.started_at if seen.started_at else 0
        return replace(seen, due_at=seen.due_at + max(0, longest))

    def _has_lost(self, owner: str) -> bool:
        """Whether it is a permit of this environment, of which it only has not heard or said how it ended."""
        return owner.startswith(f"{self._environment}/") and owner != self._held

    def _following(self, before: PermitItem, at: int, latest: int) -> PermitItem:
        starts_at = max(at, self._due_at(before))
        if starts_at > latest:
            raise RateLimitedError((starts_at - at) / 1000)
        owner = f"{self._environment}/{next(self._numbers)}"
        return PermitItem(
            owner=owner, started_at=starts_at, due_at=max(before.due_at, starts_at) + self._interval
        )

    def _due_at(self, ended: PermitItem) -> int:
        """From when on the destination may be called after this permit, unix milliseconds."""
        return ended.due_at - self._tolerance

    def _due_after(self, permit: Permit, now: float) -> int:
        return permit.item.due_at + max(0, milliseconds(now) - permit.item.started_at)

    def _write(self, item: PermitItem, condition: str, values: Item) -> PermitItem:
        old = self._table.update(RATE_LIMIT_ID, set=item.values(), condition=condition, values=values)
        return PermitItem.of(old)
