"""What a subscriber has delivered already, so that nobody is told twice; and what became of everything else.

One item for each event (`lambdas.contracts.ledger_item`). There are three ways to the right to deliver one
(`lambdas.runtime.claims`):

- `claim` writes it, where anybody may deliver the event at the same time;
- `Claimed` reads it for whoever holds the permit of a rate-limited destination: the permit says what is in flight;
- `claim_unless_first` does so only for what comes again, where a repetition does no harm.

Whichever it was, the end of an attempt is written by whoever made it, over what it knew and nothing else.
"""

import hashlib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from lambdas.clients.dynamodb import Item, milliseconds
from lambdas.contracts.ledger_item import DEAD, RETENTION, LedgerItem, State
from lambdas.runtime.claims import ENDED, NOTHING, Claim, ClaimRequest, NotClaimableError
from lambdas.runtime.table import ConditionFailedError, Table

REMEMBERED: Final = 72 * 3600
"""Seconds after a delivery in which a repetition may be sent and is recognised."""

_UNCHANGED: Final = "attribute_not_exists(#owner) OR #owner = :owner OR #owner = :previous"
_UNSETTLED: Final = (
    "attribute_not_exists(#owner) OR (#owner <> :owner AND #state <> :delivered AND #state <> :dead)"
)


class Ledger:
    """Claims deliveries of one subscriber and settles them.

    Args:
        table: The subscriber's own.
    """

    def __init__(self, table: Table) -> None:
        self.table = table

    def claim(self, request: ClaimRequest) -> Claim:
        """Claim a delivery.

        Raises:
            NotClaimableError: The event may not be claimed now, or need not be.
        """
        condition, values = request.condition()
        claimed = _claimed(request.now, request.expires_at, owner=request.owner, message=request.message)
        try:
            old = self.table.update(
                request.key,
                set=claimed,
                add={"attempts": 1, "unsettled": 1},
                condition=condition,
                values=values,
            )
        except ConditionFailedError as failed:
            raise NotClaimableError(LedgerItem.of(failed.item)) from None
        return Claim.after(LedgerItem.of(old), request)

    def claim_unless_first(self, request: ClaimRequest) -> Claim:
        """Claim a delivery that does no harm if it is repeated; of what comes for the first time nothing is written.

        Raises:
            NotClaimableError: The event may not be claimed now, or need not be.
        """
        return Claim.after(NOTHING, request, recorded=False) if request.first else self.claim(request)

    def read(self, keys: Iterable[str]) -> dict[str, LedgerItem]:
        """What is known of events; one of which nothing is known is left out."""
        return {key: LedgerItem.of(item) for key, item in self.table.get(keys).items()}

    def ended_at(self, key: str, owner: str) -> int | None:
        """When an owner's attempt to deliver an event ended, unix milliseconds; None where it has not said."""
        item = self.read([key]).get(key, NOTHING)
        return item.updated_at if item.owner == owner and item.state != "claimed" else None

    def lapse(self, keys: Iterable[str], *, owner: str, now: float) -> None:
        """Note of events that their owner may have told of them and never said so; those it did are left alone."""
        for key in keys:
            with suppress(ConditionFailedError):
                self.table.update(
                    key,
                    set=_claimed(now, now, owner=owner),
                    add={"attempts": 1, "unsettled": 1},
                    condition=_UNSETTLED,
                    values={"owner": owner, **{state: state for state in ENDED}},
                )

    def add_destination(self, claim: Claim, digest: str, now: float) -> None:
        """Record that the event has reached one of several destinations."""
        self.table.update(
            claim.key, set=_claimed(now, claim.expires_at), add={"delivered_to": frozenset([digest])}
        )

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
            ConditionFailedError: The event is another's by now.
        """
        waiting = _item("waiting", now, not_before=milliseconds(not_before), reason=reason)
        attempts = claim.attempt if attempted else claim.attempt - 1
        failed = {"first_failed_at": milliseconds(first_failed_at)}
        # The end that the last attempt has written is the end of its permit; it stays readable as that.
        owner = claim.owner if attempted else claim.previous or claim.owner
        self._settle(claim, {**waiting, **failed, "attempts": attempts, "isolated": isolated, "owner": owner})

    def bury(self, claim: Claim, *, now: float, reason: str) -> None:
        """Give an event up for good; only another message of the event, redriven, may claim it then.

        Raises:
            ConditionFailedError: The event is another's by now.
        """
        dead = _item("dead", now, reason=reason, final_attempts=claim.attempt, dead=DEAD)
        self._settle(claim, {**dead, "attempts": 0, "first_failed_at": 0, "isolated": False})

    def _settle(self, claim: Claim, values: Item) -> None:
        self.table.update(
            claim.key,
            set={"owner": claim.owner, "message": claim.message, "unsettled": 0, **values},
            condition=_UNCHANGED,
            values={"owner": claim.owner, "previous": claim.previous},
        )


class Claimed:
    """Claims for whoever holds the permit: nobody else changes what was read.

    Args:
        ledger: The subscriber's.
        items: What was read since the permit was acquired, or since this very holder held it last.
    """

    def __init__(self, ledger: Ledger, items: Mapping[str, LedgerItem]) -> None:
        self._ledger = ledger
        self._items = dict(items)

    def claim(self, request: ClaimRequest) -> Claim:
        """Claim a delivery, once for each event.

        Raises:
            NotClaimableError: The event may not be claimed now, or need not be.
        """
        item = self._items.get(request.key, NOTHING)
        if not request.may_claim(item):
            raise NotClaimableError(item)
        expires_at = milliseconds(request.expires_at)
        self._items[request.key] = replace(item, state="claimed", owner=request.owner, expires_at=expires_at)
        # What has ended and begins anew is none of what a lost permit's events are (`Ledger.lapse`).
        return self._ledger.claim(request) if item.state in ENDED else Claim.after(item, request)


def destination_digest(destination: str) -> str:
    """What is kept of a destination, which may be a person's number."""
    return hashlib.sha256(destination.encode()).hexdigest()[:32]


def _item(state: State, now: float, **values: str | int) -> Item:
    return {"state": state, "updated_at": milliseconds(now), "ttl": int(now) + RETENTION, **values}


def _claimed(now: float, expires_at: float, **values: str | int) -> Item:
    return _item("claimed", now, expires_at=milliseconds(expires_at), **values)
