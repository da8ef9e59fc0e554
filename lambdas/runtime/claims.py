"""When an event may be claimed: one table, from which DynamoDB's condition is made, and the same for what was read.

A claim lapses with its invocation; what waits may be claimed when its time has come; what was delivered is remembered,
and a repetition is judged by when it was sent, however late it is read. What is dead stays dead, but for a dead letter
that an operator sends once more.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import Final

from lambdas.clients.dynamodb import Item, milliseconds
from lambdas.contracts.ledger_item import LedgerItem

NOTHING: Final = LedgerItem()
"""What is known of an event that nobody has claimed."""

ENDED: Final = ("delivered", "dead")

_OVER: Final = {
    "claimed": ("expires_at", "now"),
    "waiting": ("not_before", "now"),
    "delivered": ("remembered_until", "sent_at"),
}
"""Of each state the time from which on the event may be claimed, and what it is compared with."""

_CLAIMABLE: Final = " OR ".join(
    [
        "attribute_not_exists(#owner)",
        "(#state = :claimed AND #owner = :owner)",  # the same claim, which the client repeats
        *(f"(#state = :{state} AND #{over} <= :{time})" for state, (over, time) in _OVER.items()),
    ]
)
_CLAIMABLE_IF_REDRIVEN: Final = f"{_CLAIMABLE} OR (#state = :dead AND #message <> :message)"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRequest:
    """Who wants to deliver which event.

    Attributes:
        key: The event's.
        message: Id of the message that brings the event.
        sent_at: When the message came into the queue, unix seconds.
        owner: Names who claims; the same again is the same claim.
        now: Unix seconds.
        expires_at: When the claim lapses, unix seconds: no sooner than this invocation ends.
        redriven: Whether the message is a dead letter that was sent once more.
        first: Whether the message comes for the first time, and nobody has sent it once more.
    """

    key: str
    message: str
    sent_at: float
    owner: str
    now: float
    expires_at: float
    redriven: bool
    first: bool

    def condition(self) -> tuple[str, Item]:
        """What must hold of the event's item for DynamoDB, and the condition's values."""
        values: Item = {state: state for state in _OVER}
        values |= {"now": milliseconds(self.now), "sent_at": milliseconds(self.sent_at), "owner": self.owner}
        if not self.redriven:
            return _CLAIMABLE, values
        return _CLAIMABLE_IF_REDRIVEN, values | {"dead": "dead", "message": self.message}

    def may_claim(self, item: LedgerItem) -> bool:
        """The same, of an item that was read."""
        if not item.owner:
            return True
        if item.state == "dead":
            return self.redriven and item.message != self.message
        over, time = _OVER[item.state]
        return int(getattr(item, over)) <= milliseconds(getattr(self, time))


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to deliver an event.

    Attributes:
        key: The event's.
        message: Id of the message that brought the event.
        owner: Who claims.
        expires_at: When the claim lapses, unix seconds.
        previous: Who had the event before.
        attempt: The number of this attempt, from 1.
        first_failed_at: When an attempt first failed, but for those for which a destination or a notifier named the
            time; unix seconds, 0 where none has.
        isolated: Whether the event must not be delivered together with others: their delivery was refused.
        delivered_to: Destinations that the event has reached (`lambdas.runtime.ledger.destination_digest`).
        uncertain: Whether an earlier attempt claimed the event and never said how it ended.
        recorded: Whether the ledger is to know that it was delivered.
    """

    key: str
    message: str
    owner: str
    expires_at: float
    previous: str
    attempt: int
    first_failed_at: float
    isolated: bool
    delivered_to: Set[str]
    uncertain: bool
    recorded: bool

    @classmethod
    def after(cls, old: LedgerItem, request: ClaimRequest, *, recorded: bool = True) -> "Claim":
        """The claim of an event of which so much was known before."""
        return cls(
            key=request.key,
            message=request.message,
            owner=request.owner,
            expires_at=request.expires_at,
            previous=old.owner,
            attempt=old.attempts + 1,
            first_failed_at=old.first_failed_at / 1000,
            isolated=old.isolated,
            delivered_to=old.delivered_to,
            # Claims that were never settled, but for this one, should the client have asked twice.
            uncertain=old.unsettled > (old.owner == request.owner),
            recorded=recorded,
        )


class NotClaimableError(Exception):
    """An event that may not be claimed now.

    Attributes:
        state: Why: the event is claimed by another, waits, was delivered, or is dead by this very message.
        until: When the claim of another lapses or the event's time comes, unix seconds.
        message: Id of the message that brought the event.
        reason: The reason for which the event waits or is dead.
        attempts: How often an event was tried that has ended.
    """

    def __init__(self, item: LedgerItem) -> None:
        super().__init__("the event may not be claimed now")
        self.state = item.state
        self.until = (item.not_before if item.state == "waiting" else item.expires_at) / 1000
        self.message = item.message
        self.reason = item.reason
        self.attempts = item.final_attempts
