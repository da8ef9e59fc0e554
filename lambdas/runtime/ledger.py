"""What a subscriber has delivered already, so that nobody is told twice; and what became of everything else.

One item for each event, one rule: an event may be claimed where there is no item or its `until` has passed. A claim
lapses with its invocation; what waits may be claimed when its time has come; what was delivered is remembered, and a
repetition is judged by when it was sent, however late it is read. What is dead stays dead, but for a dead letter that
an operator sends once more. Two calls for each event: one claims it, one says how it ended.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from lambdas.runtime.table import Item, RefusedError, Table, number

State = Literal["claimed", "waiting", "delivered", "dead"]

REMEMBERED: Final = 72 * 3600
"""Seconds after a delivery in which a repetition may be sent and is recognised."""

KEPT: Final = 31 * 24 * 3600
"""Seconds for which it can be looked up what became of an event; DynamoDB deletes it then. Longer than a repetition is
recognised and then waits in its queue, and than a dead letter is kept (14 days each)."""

_OURS: Final = "attribute_not_exists(#id) OR (#state = :claimed AND #by = :by) OR "
_OVER: Final = "#until <= :now AND (#state <> :delivered OR #until <= :sent_at)"
_CLAIMABLE: Final = f"{_OURS}({_OVER} AND #state <> :dead)"
_CLAIMABLE_AGAIN: Final = f"{_OURS}({_OVER} AND (#state <> :dead OR #message <> :message))"
_MINE: Final = "#state = :claimed AND #by = :by"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to deliver an event.

    Attributes:
        key: The event's.
        message: Id of the message that brought it.
        by: Who claims: this message in this invocation.
        attempt: The number of this attempt, from 1.
        failures: Attempts that failed before, those left out for which a destination or a notifier named the time.
        alone: Whether it must not be delivered together with others: their delivery was refused.
        told: Destinations it has reached (`destination_digest`).
        uncertain: Whether an earlier attempt claimed it and never said how it ended.
    """

    key: str
    message: str
    by: str
    attempt: int = 1
    failures: int = 0
    alone: bool = False
    told: frozenset[str] = field(default_factory=frozenset)
    uncertain: bool = False


class NotClaimableError(Exception):
    """An event that may not be claimed now.

    Attributes:
        state: Why: it is claimed by another, waits, was delivered, or is dead by this very message.
        until: When it may be, unix seconds.
        message: Id of the message that brought it.
        reason: The reason it waits or is dead.
        attempts: How often it was tried.
    """

    def __init__(self, item: Item) -> None:
        super().__init__("held")
        self.state = str(item.get("state", ""))
        self.until = number(item, "until")
        self.message = str(item.get("message", ""))
        self.reason = str(item.get("reason", ""))
        self.attempts = int(number(item, "tried") or number(item, "attempts"))


class Ledger:
    """Claims deliveries of one subscriber and settles them.

    Args:
        table: The subscriber's own.
    """

    def __init__(self, table: Table) -> None:
        self.table = table

    def claim(
        self,
        key: str,
        *,
        message: str,
        sent_at: float,
        by: str,
        now: float,
        until: float,
        again: bool = False,
    ) -> Claim:
        """Claim a delivery.

        Args:
            key: The event's.
            message: Id of the message that brings it.
            sent_at: When that came into the queue, unix seconds.
            by: Names this message in this invocation; the same again is the same claim.
            now: Unix seconds.
            until: When the claim lapses: no sooner than this invocation ends.
            again: Whether the message is a dead letter that was sent once more.

        Raises:
            NotClaimableError: It may not be claimed now, or need not be.
        """
        claim: Item = {"state": "claimed", "until": until, "at": now, "by": by, "message": message}
        states: Item = {state: state for state in ("claimed", "delivered", "dead")}
        given: Item = {**states, "now": now, "sent_at": sent_at, "by": by}
        try:
            old = self.table.update(
                key,
                set={**claim, "ttl": int(now) + KEPT},
                add={"attempts": 1, "open": 1},
                when=_CLAIMABLE_AGAIN if again else _CLAIMABLE,
                given=given | {"message": message} if again else given,
            )
        except RefusedError as refused:
            raise NotClaimableError(refused.item) from None
        told = old.get("told")
        return Claim(
            key=key,
            message=message,
            by=by,
            attempt=int(number(old, "attempts")) + 1,
            failures=int(number(old, "failures")),
            alone=bool(old.get("alone")),
            told=told if isinstance(told, frozenset) else frozenset(),
            # Claims that were never settled, but for this one, should the client have asked twice.
            uncertain=number(old, "open") > (old.get("by") == by),
        )

    def tell(self, claim: Claim, digest: str) -> None:
        """Note that the event has reached one of several destinations."""
        self.table.update(claim.key, set={}, add={"told": frozenset([digest])})

    def record(self, claims: Iterable[Claim], now: float) -> None:
        """Record claimed events as delivered. Whatever else is written there: delivered they are."""
        self.table.put(
            {
                "id": claim.key,
                "state": "delivered",
                "until": now + REMEMBERED,
                "at": now,
                "tried": claim.attempt,
                "message": claim.message,
                "by": claim.by,
                "ttl": int(now) + KEPT,
            }
            for claim in claims
        )

    def postpone(
        self, claim: Claim, *, until: float, now: float, reason: str, failures: int, alone: bool
    ) -> None:
        """Give a claim back until a time.

        Raises:
            RefusedError: It is another's by now.
        """
        waiting: Item = {"state": "waiting", "until": until, "at": now, "reason": reason}
        self._settle(
            claim,
            {**waiting, "failures": failures, "alone": alone, "open": 0, "ttl": int(max(now, until)) + KEPT},
        )

    def bury(self, claim: Claim, *, now: float, reason: str) -> None:
        """Give an event up for good; only another message of it may claim it then.

        Raises:
            RefusedError: It is another's by now.
        """
        dead: Item = {"state": "dead", "until": 0, "at": now, "reason": reason, "tried": claim.attempt}
        self._settle(
            claim, {**dead, "attempts": 0, "failures": 0, "alone": False, "open": 0, "ttl": int(now) + KEPT}
        )

    def _settle(self, claim: Claim, values: Item) -> None:
        self.table.update(claim.key, set=values, when=_MINE, given={"claimed": "claimed", "by": claim.by})


def destination_digest(destination: str) -> str:
    """What is kept of a destination, which may be a person's number."""
    return hashlib.sha256(destination.encode()).hexdigest()[:32]
