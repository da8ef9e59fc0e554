"""Retries: events that wait for their next try are tried now.

A destination has been mended, and what failed there waits for its next try, perhaps for hours. Its message is hidden in
the subscriber's queue, and nobody can show it again without its receipt. So the ledger's time is brought forward, and a
fresh copy of the message is sent, made of the archive's event. When the old message comes back, the ledger knows what
has become of the event.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from jamwire.operations.archive import Archive
from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.dynamodb import bring_forward, scan_items, to_item
from jamwire.operations.errors import OperationError
from jamwire.operations.selection import EventSummary
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.batched import batched
from lambdas.contracts.circuit_item import CIRCUIT_ID
from lambdas.contracts.event import Event, parts_of, timestamp
from lambdas.contracts.ledger_item import LedgerItem, State
from lambdas.contracts.rate_limit import RATE_LIMIT_ID
from lambdas.contracts.retried import RETRIED

BATCH: Final = 25
"""Events read at once; 25 of the largest are 6 MB."""

PAUSES: Final = {RATE_LIMIT_ID: "due_at", CIRCUIT_ID: "next_probe_at"}
"""What a subscriber's events wait for together: items of its ledger, and the attributes with their times."""

_WAITING: Final[State] = "waiting"


@dataclass(frozen=True, slots=True)
class WaitingEvent:
    """An event, or a replay of it, that waits at a subscriber.

    Attributes:
        subscriber: Where.
        summary: The event, by its id and source.
        replay: The replay's name; empty for the event itself.
        next_try: When it is tried again by itself, RFC 3339 in UTC.
        reason: Why it waits.
    """

    subscriber: DeployedSubscriber
    summary: EventSummary
    replay: str
    next_try: str
    reason: str


@dataclass(frozen=True, slots=True)
class RetryResult:
    """What became of it: how many events were sent, which could not be, and how many waited no longer."""

    sent: int
    expired: list[WaitingEvent]
    gone: int


def find_waiting(deployment: Deployment, subscribers: Iterable[DeployedSubscriber]) -> list[WaitingEvent]:
    """What waits at these subscribers, the next to be tried first.

    Raises:
        OperationError: A subscriber has no ledger that can be read, or the account cannot be asked.
    """
    dynamodb = deployment.client("dynamodb")
    found = [waiting for subscriber in subscribers for waiting in _waiting_at(dynamodb, subscriber)]
    return sorted(found, key=lambda waiting: waiting.next_try)


def end_pauses(deployment: Deployment, subscribers: Iterable[DeployedSubscriber], *, now: float) -> None:
    """Forget what the subscribers' destinations have asked for, and have those probed now that count as down.

    What is hidden in a queue stays hidden; whatever comes next calls the destination.

    Raises:
        OperationError: A subscriber has no ledger that can be read, or the account cannot be asked.
    """
    dynamodb = deployment.client("dynamodb")
    for subscriber in subscribers:
        for item, time in PAUSES.items():
            bring_forward(dynamodb, _ledger_of(subscriber), item, time, now=_milliseconds(now))


def retry(
    deployment: Deployment,
    work: Sequence[WaitingEvent],
    *,
    archive: Archive,
    rate: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    on_progress: Callable[[WaitingEvent], None],
) -> RetryResult:
    """Have waiting events tried now, at a rate.

    The pauses of their subscribers end first (`end_pauses`); or the copies would wait for that.

    Args:
        deployment: The deployment.
        work: What `find_waiting` found.
        archive: Where the events are read.
        rate: Events in a second, at most.
        clock: Unix time in seconds.
        sleep: Waits so many seconds.
        on_progress: Is called with each event that has been dealt with.

    Raises:
        OperationError: The account cannot be asked; what was not sent is tried at its own time.
    """
    dynamodb, sqs = deployment.client("dynamodb"), deployment.client("sqs")
    end_pauses(deployment, {waiting.subscriber for waiting in work}, now=clock())
    sent, gone, expired, slot = 0, 0, list[WaitingEvent](), clock()
    for batch in batched(work, BATCH):
        events = archive.read(list(dict.fromkeys(waiting.summary for waiting in batch)))
        for waiting in batch:
            event = events.get(waiting.summary)
            if event is None:
                expired.append(waiting)
            elif _bring_forward(dynamodb, waiting, clock()):
                sleep(max(0.0, slot - clock()))
                slot = max(slot, clock()) + 1 / rate
                _send(sqs, waiting, event, clock())
                sent += 1
            else:
                gone += 1
            on_progress(waiting)
    return RetryResult(sent, expired, gone)


def _waiting_at(dynamodb: Any, subscriber: DeployedSubscriber) -> Iterable[WaitingEvent]:
    items = scan_items(
        dynamodb,
        _ledger_of(subscriber),
        FilterExpression="#state = :state",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=to_item({":state": _WAITING}),
    )
    for values in items:
        item = LedgerItem.of(values)
        source, id, replay = parts_of(values["id"])
        summary = EventSummary(id, source)
        yield WaitingEvent(subscriber, summary, replay, timestamp(item.not_before / 1000), item.reason)


def _ledger_of(subscriber: DeployedSubscriber) -> str:
    if not subscriber.ledger_table:
        raise OperationError(f"{subscriber.name} does not say where its ledger is; deploy it anew")
    return subscriber.ledger_table


def _bring_forward(dynamodb: Any, waiting: WaitingEvent, now: float) -> bool:
    """Whether it still waited; the ledger then lets it be claimed now."""
    key = waiting.summary.key(waiting.replay)
    table = waiting.subscriber.ledger_table
    return bring_forward(dynamodb, table, key, "not_before", now=_milliseconds(now), state=_WAITING)


def _send(sqs: Any, waiting: WaitingEvent, event: Event, now: float) -> None:
    with aws_errors():
        sqs.send_message(
            QueueUrl=waiting.subscriber.queue_url,
            MessageBody=replace(event, replay=waiting.replay).to_json(),
            MessageAttributes={RETRIED: {"DataType": "String", "StringValue": timestamp(now)}},
        )


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
