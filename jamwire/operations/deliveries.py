"""The status of an event at each subscriber, read from the subscriber's ledger of deliveries."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, Literal

from jamwire.operations.archive import Archive, ReplayRecord
from jamwire.operations.dynamodb import get_items, query_items, to_item
from jamwire.operations.errors import OperationError
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import parts_of, timestamp
from lambdas.contracts.ledger_item import DEAD, DEAD_INDEX, RETENTION, LedgerItem
from lambdas.contracts.rate_limit import RATE_LIMIT_ID, PermitItem

DeliveryState = Literal[
    "delivered", "waiting", "being delivered", "interrupted", "dead", "not told", "unknown"
]

REMEMBERED_DAYS: Final = RETENTION // 86_400
"""Days for which a ledger keeps an event after its last change."""

CLOCKS_DIFFER: Final = dt.timedelta(minutes=1)
"""How much sooner an event may be dead, by one machine's clock, than it was accepted by another's."""

CALLS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class DeliveryStatus:
    """The status of an event, or of a replay of it, at one subscriber.

    Attributes:
        state: ``interrupted``: the function died during the delivery, which is tried again. ``not told``: the
            subscriber's rule does not match the event.
        at: When the event came into this state, RFC 3339 in UTC; empty where that is unknown.
        attempts: How often delivery was tried.
        next_try: When delivery is tried again; empty where it is not.
        reason: Why the event waits or is dead.
    """

    state: DeliveryState
    at: str = ""
    attempts: int = 0
    next_try: str = ""
    reason: str = ""


Failures = dict[EventSummary, list[DeployedSubscriber]]
"""Events, and the subscribers at which they are dead."""


class Ledgers:
    """The ledgers of some subscribers.

    Args:
        dynamodb: DynamoDB's client.
        subscribers: The subscribers.
        clock: Unix time in seconds.
        sleep: Waits, in seconds.
    """

    def __init__(
        self,
        dynamodb: Any,
        subscribers: Sequence[DeployedSubscriber],
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._dynamodb = dynamodb
        self.subscribers = subscribers
        self._clock = clock
        self._sleep = sleep

    def statuses(self, subscriber: DeployedSubscriber, keys: Collection[str]) -> dict[str, DeliveryStatus]:
        """The statuses of events by their keys; an event that is not in the ledger is left out.

        Raises:
            OperationError: The subscriber has no ledger that can be read, or the account cannot be asked.
        """
        wanted = [{"id": key} for key in dict.fromkeys((RATE_LIMIT_ID, *keys))]
        found = get_items(self._dynamodb, self._ledger_of(subscriber), wanted, sleep=self._sleep)
        items = {item["id"]: item for item in found}
        permit = PermitItem.of(items.pop(RATE_LIMIT_ID, {}))
        for key in {*permit.in_flight} & {*keys}:
            item = items.setdefault(key, {"id": key})
            if item.get("owner") != permit.owner:  # whose delivery has not ended
                flight = {"updated_at": permit.started_at, "expires_at": permit.expires_at}
                item |= {"state": "claimed", "attempts": item.get("attempts", 0) + 1} | flight
        return {key: _status(item, self._clock()) for key, item in items.items()}

    def find_failed(self, archive: Archive, selection: Selection) -> Failures:
        """Of the events of a selection those that have failed, oldest first.

        Each ledger has an index of what is dead. So the work is by the number of the dead, however many events there
        are, and nothing is scanned.
        """
        found = (
            archive.find(selection)
            if selection.ids
            else archive.find_keys(self._dead_since(selection.since), selection)
        )
        return self.failed(archive, list(found))

    def failed(self, archive: Archive, summaries: Sequence[EventSummary]) -> Failures:
        """The subscribers at which events are dead, and no replay of them is delivered or on its way."""
        dead: Failures = {}
        for subscriber in self.subscribers:
            statuses = self.statuses(subscriber, [summary.key() for summary in summaries])
            for summary in summaries:
                if (status := statuses.get(summary.key())) and status.state == "dead":
                    dead.setdefault(summary, []).append(subscriber)
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            replays = dict(zip(dead, pool.map(archive.replays_of, dead), strict=True))
        left = {
            summary: [at for at in subscribers if not self._is_replayed(summary, replays[summary], at)]
            for summary, subscribers in dead.items()
        }
        return {summary: subscribers for summary in summaries if (subscribers := left.get(summary))}

    def _dead_since(self, since: str) -> set[tuple[str, str]]:
        """Id and source of the events that were accepted since then, or a little earlier, and are dead somewhere."""
        moment = dt.datetime.fromisoformat(since) - CLOCKS_DIFFER
        keys = {
            item["id"]
            for subscriber in self.subscribers
            for item in query_items(
                self._dynamodb,
                self._ledger_of(subscriber),
                IndexName=DEAD_INDEX,
                KeyConditionExpression="#dead = :dead AND #updated_at >= :since",
                ExpressionAttributeNames={"#dead": "dead", "#updated_at": "updated_at"},
                ExpressionAttributeValues=to_item({":dead": DEAD, ":since": int(moment.timestamp() * 1000)}),
            )
        }
        return {(id, source) for source, id, replay in map(parts_of, keys) if not replay}

    def _ledger_of(self, subscriber: DeployedSubscriber) -> str:
        if not subscriber.ledger_table:
            raise OperationError(f"{subscriber.name} does not say where its ledger is; deploy it anew")
        return subscriber.ledger_table

    def _is_replayed(
        self, summary: EventSummary, replays: Iterable[ReplayRecord], subscriber: DeployedSubscriber
    ) -> bool:
        known = {replay.replay: replay for replay in replays if subscriber.name in replay.to or not replay.to}
        if not known:
            return False
        statuses = self.statuses(subscriber, [summary.key(name) for name in known])
        # Sent to its queue and nothing known is on its way; published for all, its rule may not match.
        return any(
            status.state != "dead" if (status := statuses.get(summary.key(name))) else bool(replay.to)
            for name, replay in known.items()
        )


def _status(values: Mapping[str, Any], now: float) -> DeliveryStatus:
    item = LedgerItem.of(values)
    at = timestamp(item.updated_at / 1000)
    match item.state:
        case "delivered" | "dead":
            return DeliveryStatus(item.state, at, item.final_attempts, reason=item.reason)
        case "waiting":
            next_try = timestamp(item.not_before / 1000)
            return DeliveryStatus("waiting", at, item.attempts, next_try, item.reason)
    state: DeliveryState = "being delivered" if item.expires_at / 1000 > now else "interrupted"
    return DeliveryStatus(state, at, item.attempts)
