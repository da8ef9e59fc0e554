"""What a subscriber has delivered already, so that nobody is told twice; and what became of everything else.

One item for each event (`lambdas.contracts.ledger_item`), one condition to claim it: a clause for each state. A claim
lapses with its invocation; what waits may be claimed when its time has come; what was delivered is remembered, and a
repetition is judged by when it was sent, however late it is read. What is dead stays dead, but for a dead letter that
an operator sends once more. Two calls for each event: one claims it, one says how it ended.
"""

import hashlib
from collections.abc import Iterable, Set
from dataclasses import dataclass, field
from typing import Final

from lambdas.clients.dynamodb import Item, milliseconds
from lambdas.contracts.ledger_item import RETENTION, LedgerItem, State
from lambdas.runtime.table import ConditionFailedError, Table

REMEMBERED: Final = 72 * 3600
"""Seconds after a delivery in which a repetition may be sent and is recognised."""

_OWNED: Final = "#state = :claimed AND #owner = :owner"
_CLAIMABLE: Final = " OR ".join(
    [
        "attribute_not_exists(#id)",
        f"({_OWNED})",
        "(#state = :claimed AND #expires_at <= :now)",
        "(#state = :waiting AND #not_before <= :now)",
        "(#state = :delivered AND #remembered_until <= :sent_at)",
    ]
)
_CLAIMABLE_IF_REDRIVEN: Final = f"{_CLAIMABLE} OR (#state = :dead AND #message <> :message)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to deliver an event.

    Attributes:
        key: The event's.
        message: Id of the message that brought the event.
        owner: Who claims: this message in this invocation.
        attempt: The number of this attempt, from 1.
        first_failed_at: When an attempt first failed, but for those for which a destination or a notifier named the
            time; unix seconds, 0 where none has.
        isolated: Whether the event must not be delivered together with others: their delivery was refused.
        delivered_to: Destinations that the event has reached (`destination_digest`).
        uncertain: Whether an earlier attempt claimed the event and never said how it ended.
    """

    key: str
    message: str
    owner: str
    attempt: int = 1
    first_failed_at: float = 0.0
    isolated: bool = False
    delivered_to: Set[str] = field(default_factory=frozenset)
    uncertain: bool = False


class NotClaimableError(Exception):
    """An event that may not be claimed now.

    Attributes:
        state: Why: the event is claimed by another, waits, was delivered, or is dead by this very message.
        until: When the claim of another lapses or the event's time comes, unix seconds.
        message: Id of the message that brought the event.
        reason: The reason for which the event waits or is dead.
        attempts: How often the event was tried.
    """

    def __init__(self, item: LedgerItem) -> None:
        super().__init__("the event may not be claimed now")
        self.state = item.state
        self.until = (item.not_before if item.state == "waiting" else item.expires_at) / 1000
        self.message = item.message
        self.reason = item.reason
        self.attempts = item.final_attempts or item.attempts


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
        owner: str,
        now: float,
        expires_at: float,
        redriven: bool = False,
    ) -> Claim:
        """Claim a delivery.

        Args:
            key: The event's.
            message: Id of the message that brings the event.
            sent_at: When the message came into the queue, unix seconds.
            owner: Names this message in this invocation; the same again is the same claim.
            now: Unix seconds.
            expires_at: When the claim lapses, unix seconds: no sooner than this invocation ends.
            redriven: Whether the message is a dead letter that was sent once more.

        Raises:
            NotClaimableError: The event may not be claimed now, or need not be.
        """
        values: Item = {state: state for state in ("claimed", "waiting", "delivered")}
        values |= {"now": milliseconds(now), "sent_at": milliseconds(sent_at), "owner": owner}
        values |= {"dead": "dead", "message": message} if redriven else {}
        try:
            old = self.table.update(
                key,
                set=_item("claimed", now, owner=owner, message=message, expires_at=milliseconds(expires_at)),
                add={"attempts": 1, "unsettled": 1},
                condition=_CLAIMABLE_IF_REDRIVEN if redriven else _CLAIMABLE,
                values=values,
            )
        except ConditionFailedError as failed:
            raise NotClaimableError(LedgerItem.of(failed.item)) from None
        return _claim_after(LedgerItem.of(old), key=key, message=message, owner=owner)

    def add_destination(self, claim: Claim, digest: str) -> None:
        """Record that the event has reached one of several destinations."""
        self.table.update(claim.key, set={}, add={"delivered_to": frozenset([digest])})

    def record(self, claims: Iterable[Claim], now: float) -> None:
        """Record claimed events as delivered. Whatever else is written there: delivered they are."""
        until = milliseconds(now + REMEMBERED)
        self.table.put(
            {
                "id": claim.key,
                **_item("delivered", now, owner=claim.owner, message=claim.message, remembered_until=until),
                "final_attempts": claim.attempt,
            }
            for claim in claims
        )

    def postpone(
        self,
        claim: Claim,
        *,
        not_before: float,
        now: float,
        reason: str,
        first_failed_at: float,
        isolated: bool,
        attempted: bool = True,
    ) -> None:
        """Give a claim back until a time; where nothing was attempted with it, it was no attempt.

        Raises:
            ConditionFailedError: The claim is another's by now.
        """
        waiting = _item("waiting", now, not_before=milliseconds(not_before))
        waiting |= {
            "first_failed_at": milliseconds(first_failed_at),
            "attempts": claim.attempt - (not attempted),
        }
        self._settle(claim, {**waiting, "reason": reason, "isolated": isolated})

    def bury(self, claim: Claim, *, now: float, reason: str) -> None:
        """Give an event up for good; only another message of the event, redriven, may claim it then.

        Raises:
            ConditionFailedError: The claim is another's by now.
        """
        dead = _item("dead", now, reason=reason, final_attempts=claim.attempt)
        self._settle(claim, {**dead, "attempts": 0, "first_failed_at": 0, "isolated": False})

    def _settle(self, claim: Claim, values: Item) -> None:
        self.table.update(
            claim.key,
            set={**values, "unsettled": 0},
            condition=_OWNED,
            values={"claimed": "claimed", "owner": claim.owner},
        )


def destination_digest(destination: str) -> str:
    """What is kept of a destination, which may be a person's number."""
    return hashlib.sha256(destination.encode()).hexdigest()[:32]


def _item(state: State, now: float, **values: str | int) -> Item:
    return {"state": state, "updated_at": milliseconds(now), "ttl": int(now) + RETENTION, **values}


def _claim_after(old: LedgerItem, *, key: str, message: str, owner: str) -> Claim:
    return Claim(
        key=key,
        message=message,
        owner=owner,
        attempt=old.attempts + 1,
        first_failed_at=old.first_failed_at / 1000,
        isolated=old.isolated,
        delivered_to=old.delivered_to,
        # Claims that were never settled, but for this one, should the client have asked twice.
        uncertain=old.unsettled > (old.owner == owner),
    )
