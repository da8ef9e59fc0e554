"""What became of an event at each subscriber: read from the subscriber's ledger, its memory of deliveries."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from jamwire.operations.archive import Archive, Noted, Summary
from jamwire.operations.deployment import OperationError
from jamwire.operations.dynamodb import get_items
from jamwire.operations.subscribers import Subscriber
from lambdas.contracts.event import timestamp
from lambdas.contracts.ledger_item import RETENTION, LedgerItem

State = Literal["delivered", "waiting", "being delivered", "interrupted", "dead", "not told", "unknown"]

REMEMBERED_DAYS: Final = RETENTION // 86_400
"""For so long a ledger tells of an event after its last change."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of an event, or of a replay of it, at one subscriber.

    Attributes:
        state: ``interrupted`` is what was being delivered when the function died; it is tried again. ``not told``
            is what the subscriber's rule does not match.
        at: When that came to be, RFC 3339 in UTC; empty where nothing is known.
        attempts: How often it was tried.
        next_try: When it is tried again, if it is.
        reason: Why it waits or is dead.
    """

    state: State
    at: str = ""
    attempts: int = 0
    next_try: str = ""
    reason: str = ""


class Ledgers:
    """The subscribers' ledgers.

    Args:
        dynamodb: DynamoDB's client.
        subscribers: Whose.
        clock: Unix time in seconds.
        sleep: Waits so many seconds.
    """

    def __init__(
        self,
        dynamodb: Any,
        subscribers: Sequence[Subscriber],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._dynamodb = dynamodb
        self.subscribers = subscribers
        self._clock = clock
        self._sleep = sleep

    def fates(self, subscriber: Subscriber, keys: Collection[str]) -> dict[str, Fate]:
        """What became of events by their keys; those are missing of which the subscriber knows nothing.

        Raises:
            OperationError: The subscriber has no ledger that can be read, or the account cannot be asked.
        """
        if not subscriber.ledger_table:
            raise OperationError(f"{subscriber.name} does not say where its ledger is; deploy it anew")
        wanted = [{"id": {"S": key}} for key in dict.fromkeys(keys)]
        items = get_items(self._dynamodb, subscriber.ledger_table, wanted, sleep=self._sleep)
        return {item["id"]: _fate(item, self._clock()) for item in items}

    def failed(self, archive: Archive, summaries: Sequence[Summary]) -> dict[Summary, list[Subscriber]]:
        """At which subscribers events are dead, and no replay of them has been delivered or is under way."""
        dead: dict[Summary, list[Subscriber]] = {}
        for subscriber in self.subscribers:
            fates = self.fates(subscriber, [summary.key() for summary in summaries])
            for summary in summaries:
                if (fate := fates.get(summary.key())) and fate.state == "dead":
                    dead.setdefault(summary, []).append(subscriber)
        replays = {summary: archive.replays_of(summary) for summary in dead}
        left = {
            summary: [at for at in subscribers if not self._made_good(summary, replays[summary], at)]
            for summary, subscribers in dead.items()
        }
        return {summary: subscribers for summary, subscribers in left.items() if subscribers}

    def _made_good(self, summary: Summary, replays: Iterable[Noted], subscriber: Subscriber) -> bool:
        known = {note.replay: note for note in replays if subscriber.name in note.to or not note.to}
        if not known:
            return False
        fates = self.fates(subscriber, [summary.key(replay) for replay in known])
        # Sent to its queue and nothing known is on its way; published for all, its rule may not match.
        return any(
            fate.state != "dead" if (fate := fates.get(summary.key(replay))) else bool(note.to)
            for replay, note in known.items()
        )


def _fate(values: Mapping[str, Any], now: float) -> Fate:
    item = LedgerItem.of(values)
    at = timestamp(item.updated_at / 1000)
    match item.state:
        case "delivered" | "dead":
            return Fate(item.state, at, int(item.final_attempts), reason=item.reason)
        case "waiting":
            next_try = timestamp(item.not_before / 1000)
            return Fate("waiting", at, int(item.attempts), next_try, item.reason)
    state: State = "being delivered" if item.expires_at / 1000 > now else "interrupted"
    return Fate(state, at, int(item.attempts))
