"""Which failed deliveries to ask for again.

The sender's own list tells everything: each attempt is in it, with its time and what it was answered. So nothing is
kept here, and two functions at once, or one that died, do no harm.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

KEPT_SECONDS: Final = 3 * 86_400.0
"""How long GitHub keeps a delivery (GitHub documentation, "Redelivering webhooks")."""

GIVE_UP_AFTER: Final = 71 * 3600.0
"""Before the sender forgets, so that a delivery is still in the list when it is counted as lost."""

LONGEST_PAUSE: Final = 6 * 3600.0
MAX_ATTEMPTS: Final = 20
"""Of one delivery, with the first. The pauses alone make it about 17."""

_SUCCESSES: Final = range(200, 300)
_FINAL: Final = frozenset({400, 405, 413, 415})
"""What ingest says of the request itself, which is the same each time (docs/connect.md). Whatever else was answered, a
wrong secret and an unknown endpoint included, somebody may have put right meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One attempt, as the sender lists it.

    Attributes:
        id: The attempt's.
        guid: The delivery's, the same for each of its attempts.
        at: When it was made, unix seconds.
        status: What it was answered; no HTTP status where nobody answered.
        is_redelivery: Whether somebody asked for it.
    """

    id: int
    guid: str
    at: float
    status: int
    is_redelivery: bool

    @property
    def is_success(self) -> bool:
        """Whether the endpoint has accepted it."""
        return self.status in _SUCCESSES

    @property
    def is_final(self) -> bool:
        """Whether it would be refused each time."""
        return self.status in _FINAL


@dataclass(frozen=True, slots=True)
class History:
    """All attempts at one delivery, the oldest first."""

    attempts: Sequence[Delivery]

    @property
    def sent_at(self) -> float | None:
        """When the sender itself sent it; None where it has forgotten that."""
        return next((attempt.at for attempt in self.attempts if not attempt.is_redelivery), None)

    @property
    def is_failed(self) -> bool:
        """Whether it was not accepted, and another attempt may be."""
        return not any(attempt.is_success or attempt.is_final for attempt in self.attempts)

    def is_due(self, now: float) -> bool:
        """Whether to ask for it now: the next pause is as long as it has failed so far."""
        if self.sent_at is None or not self.is_failed or len(self.attempts) >= MAX_ATTEMPTS:
            return False
        last = self.attempts[-1].at
        return now < self.sent_at + GIVE_UP_AFTER and now - last >= min(LONGEST_PAUSE, last - self.sent_at)

    def is_recovered_in(self, since: float, now: float) -> bool:
        """Whether it was accepted for the first time in this stretch of time, and because somebody asked for it."""
        accepted = next((attempt for attempt in self.attempts if attempt.is_success), None)
        return accepted is not None and accepted.is_redelivery and since < accepted.at <= now

    def is_lost_in(self, since: float, now: float) -> bool:
        """Whether it was given up in this stretch of time."""
        return self.sent_at is not None and self.is_failed and since < self.sent_at + GIVE_UP_AFTER <= now


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do about a webhook's deliveries.

    Attributes:
        due: The attempts to ask for again, one of each delivery, in the order in which they were sent.
        failed: How many deliveries have failed so far and are not given up.
        recovered: How many were accepted at a later attempt, since the last time.
        lost: How many were given up since the last time.
    """

    due: tuple[Delivery, ...] = ()
    failed: int = 0
    recovered: int = 0
    lost: int = 0


def plan(deliveries: Iterable[Delivery], *, since: float, now: float) -> Plan:
    """What to do about a webhook's deliveries.

    While the endpoint is down, one delivery at a time finds out whether it is back; the others wait, and are then
    due at once. It counts as down while the newest attempt of all has failed.

    Args:
        deliveries: All attempts that the sender still lists.
        since: When this was asked the last time, unix seconds.
        now: The time, unix seconds.
    """
    newest_last = sorted(deliveries, key=lambda delivery: (delivery.at, delivery.id))
    histories = _histories(newest_last)
    due = [history for history in histories if history.is_due(now)]
    if due and not (newest_last[-1].is_success or newest_last[-1].is_final):
        due = [min(due, key=lambda history: len(history.attempts))]
    return Plan(
        due=tuple(history.attempts[-1] for history in due),
        failed=sum(
            history.is_failed and history.sent_at is not None and now < history.sent_at + GIVE_UP_AFTER
            for history in histories
        ),
        recovered=sum(history.is_recovered_in(since, now) for history in histories),
        lost=sum(history.is_lost_in(since, now) for history in histories),
    )


def _histories(deliveries: Iterable[Delivery]) -> list[History]:
    """Attempts by what they are attempts at; both in the order of time."""
    attempts: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        attempts[delivery.guid].append(delivery)
    return [History(of) for of in attempts.values()]
