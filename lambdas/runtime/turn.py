"""A turn with a rate-limited destination: one permit, one call, and all that the call can tell.

An event by itself is told at once: the permit is acquired with the event noted on it, and beside that it is read what
the ledger knows of the event. That read holds where nobody else has held a permit meanwhile; otherwise it is made once
more. So does the circuit breaker's, since whoever calls the destination holds a permit. Where events come together, the
permit comes first; then the queue is drained, the ledger read, and what is to be delivered noted on the permit. Where
the pace has just kept events waiting, what waits beside this one is taken, too.

A time that comes within a second is waited for in place.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

from lambdas.contracts.ledger_item import LedgerItem
from lambdas.contracts.retry_schedule import MIN_DELAY, hidden_for
from lambdas.runtime.claims import NOTHING
from lambdas.runtime.context import Invocation, SubscriberContext
from lambdas.runtime.delivery import CLAIM_MARGIN, Delivery, describe
from lambdas.runtime.gathering import delete, drain
from lambdas.runtime.ledger import Claimed
from lambdas.runtime.notifier import Arrival, Notifier
from lambdas.runtime.queue import Message
from lambdas.runtime.rate_limiter import BUSY_SECONDS, Permit, RateLimitedError, RateLimiter

DRAIN_SECONDS: Final = 1.0
"""How long the holder looks out for more where events come together: what was released to the queue comes back then."""

LATELY: Final = 2.0
"""Seconds after the call was due in which an event that comes back has waited for it, and may not be the only one. What
comes back later was kept for a reason of its own: it has failed, or is the wake-up of a state."""

PATIENCE: Final = 1.0
"""Seconds for which a call that is due is waited for in place; the queue can only hide a message for whole ones."""

LOOKS: Final = (0.05, 0.1, 0.2, 0.3, 0.35)
"""Seconds between looks whether another's call has ended: a second in all."""

_SHARE_FOR_WAITING: Final = 1 / 8
"""Of what is left of the invocation's time."""

Items = dict[str, LedgerItem]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Turns with a rate-limited destination.

    Attributes:
        notifier: What delivers.
        batch: Whether the notifier takes a batch at once, or one event at a time.
        limiter: The destination's.
        context: What each delivery stands on.
    """

    notifier: Notifier
    batch: bool
    limiter: RateLimiter
    context: SubscriberContext

    def deliver(self, group: Sequence[Message], invocation: Invocation) -> Sequence[Message]:
        """Deliver a group, and what else waits, in one turn; gives those of the group that stay.

        Raises:
            RateLimitedError: The destination may not be called now, and nothing has been begun.
        """
        arrivals = [self.notifier.arrival(message) for message in group]
        returning = any(message.receives > 1 for message in group)
        allowed = self.context.breaker.allows_call(now=self.context.clock(), returning=returning)
        if not allowed and not self._has_last_chance(group):
            return self._wait_for_probe(arrivals, invocation)
        together = self._may_gather() and len(group) > 1
        permit, items = self._acquire(() if together else _keys(arrivals), invocation, together=together)
        drained = self._gather(group, permit, invocation, together=together, returning=returning)
        arrivals += [self.notifier.arrival(message) for message in drained]
        delivery = Delivery(
            self.notifier,
            self.context,
            invocation,
            owner=permit.item.owner,
            pause=partial(self._pause, permit),
            looked=returning and permit.continued,
        )
        try:
            items = self._read(arrivals, permit, items)
            self._note(arrivals, permit, items, delivery)
        except Exception as error:
            self._hide(drained)
            self._end(permit, delivery)
            raise self._failed(error) from None
        delivery.run(arrivals, Claimed(self.context.ledger, items).claim)
        staying = {message.receipt for message in delivery.staying}
        delete(self.context, [message for message in drained if message.receipt not in staying])
        self._end(permit, delivery)
        return [message for message in group if message.receipt in staying]

    def _may_gather(self) -> bool:
        """Whether one call tells more than one event; while the destination is down, one event probes."""
        return self.batch and not self.context.breaker.is_open

    def _has_last_chance(self, group: Sequence[Message]) -> bool:
        """Whether one of these would be given up before it is tried once, were it to wait for the next probe."""
        longest = self.context.breaker.seconds_to_probe(self.context.clock())
        return any(self.context.is_too_old(message, wait=longest) for message in group)

    def _wait_for_probe(self, arrivals: Sequence[Arrival], invocation: Invocation) -> Sequence[Message]:
        """Let events wait without a permit: another one probes the destination, or will."""
        delivery = Delivery(self.notifier, self.context, invocation)
        try:
            items = self.context.ledger.read(_keys(arrivals))
        except Exception as error:
            raise self._failed(error) from None
        delivery.run_later(arrivals, Claimed(self.context.ledger, items).claim)
        return delivery.staying

    def _acquire(
        self, keys: tuple[str, ...], invocation: Invocation, *, together: bool
    ) -> tuple[Permit, Items | None]:
        """The permit, and what the ledger knows of the events, where that could be read beside."""
        is_ready = bool(keys) and self.limiter.is_ready(self.context.clock())
        reading = self.context.beside(partial(self.context.ledger.read, keys)) if is_ready else lambda: None
        try:
            permit = self._acquire_permit(keys, invocation, together=together)
        finally:
            items = _answer(reading)
        return permit, items if permit.continued else None

    def _acquire_permit(self, keys: tuple[str, ...], invocation: Invocation, *, together: bool) -> Permit:
        """The permit; the end of another's call is waited for in place, where there is the time."""
        for pause in LOOKS:
            try:
                return self._try_to_acquire(keys, invocation, together=together)
            except RateLimitedError as limited:
                ends_soon = limited.is_busy and limited.seconds <= BUSY_SECONDS
                if not ends_soon or _patience(invocation) < PATIENCE:
                    raise
            self.context.sleep(pause)
        return self._try_to_acquire(keys, invocation, together=together)

    def _try_to_acquire(self, keys: tuple[str, ...], invocation: Invocation, *, together: bool) -> Permit:
        now = self.context.clock()
        try:
            return self.limiter.acquire(
                keys,
                now=now,
                latest=now + _patience(invocation),
                expires_at=now + invocation.remaining_seconds() + CLAIM_MARGIN,
                draining_until=now + DRAIN_SECONDS if together else 0.0,
            )
        except RateLimitedError:
            raise
        except Exception as error:
            raise self._failed(error) from None

    def _gather(
        self,
        group: Sequence[Message],
        permit: Permit,
        invocation: Invocation,
        *,
        together: bool,
        returning: bool,
    ) -> list[Message]:
        """What else waits, when the call's time has come; an event by itself that need not wait is told by itself."""
        waited_until = self.context.clock() - (LATELY if returning else 0.0)
        has_waited = self._may_gather() and permit.due_at > waited_until
        until = permit.item.draining_until / 1000
        drained = drain(self.context, group, invocation, until=until) if together else []
        self.context.sleep(max(0.0, permit.starts_at - self.context.clock()))
        if has_waited and not together:
            drained = drain(self.context, group, invocation)
        return drained

    def _read(self, arrivals: Sequence[Arrival], permit: Permit, items: Items | None) -> Items:
        """What the ledger knows of all of them, of which some may have been read."""
        known = () if items is None else permit.item.in_flight
        return (items or {}) | self.context.ledger.read(key for key in _keys(arrivals) if key not in known)

    def _note(self, arrivals: Sequence[Arrival], permit: Permit, items: Items, delivery: Delivery) -> None:
        """Note on the permit what is to be delivered, before the destination hears of it."""
        requests = [delivery.request(arrival.message, arrival.event) for arrival in arrivals if arrival.event]
        to_deliver = [
            request.key for request in requests if request.may_claim(items.get(request.key, NOTHING))
        ]
        keys = tuple(dict.fromkeys(to_deliver))
        if keys and keys != permit.item.in_flight:
            self.limiter.note(permit, keys)

    def _pause(self, permit: Permit, not_before: float) -> None:
        try:
            self.limiter.pause(permit, now=self.context.clock(), not_before=not_before)
        except Exception as error:  # the destination will say so once more
            self._failed(error)

    def _end(self, permit: Permit, delivery: Delivery) -> None:
        """End the turn; where the end of a single event says so, nothing more is written."""
        now, said = self.context.clock(), delivery.called and not delivery.unsettled
        if said and len(permit.item.in_flight) == 1:
            self.limiter.end(permit, now)
            return
        unsettled = tuple(delivery.unsettled)
        try:
            self.limiter.release(permit, now=now, called=delivery.called, unsettled=unsettled)
        except Exception as error:  # it lapses by itself; until then nobody else gets one
            self._failed(error)

    def _hide(self, drained: Sequence[Message]) -> None:
        """Give back what nothing has been begun with; failing that, it returns after the queue's own visibility."""
        with suppress(Exception):
            self.context.queue.change_visibility([(message, hidden_for(MIN_DELAY)) for message in drained])

    def _failed(self, error: Exception) -> RateLimitedError:
        """Report what the limiter's service says; where nothing has been begun, it is asked again later."""
        self.context.report("rate_limiter_failed", None, None, reason=describe(error))
        return RateLimitedError(MIN_DELAY)


def _patience(invocation: Invocation) -> float:
    """Seconds for which may be waited in place."""
    return min(PATIENCE, invocation.remaining_seconds() * _SHARE_FOR_WAITING)


def _keys(arrivals: Iterable[Arrival]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(arrival.event.key for arrival in arrivals if arrival.event))


def _answer(reading: Callable[[], Items | None]) -> Items | None:
    """What was read; None where that failed, since it can be read once more."""
    with suppress(Exception):
        return reading()
    return None
