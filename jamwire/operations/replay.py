"""Replays: events that an operator sends once more.

A replayed event travels as it was accepted, with the replay's name on it; by that name subscribers distinguish it from
the event that they have seen, and from any other replay. The archive keeps the plan of a replay and a record of each
event that it has sent, so an interrupted replay can be resumed. An event that was sent and could not be recorded is
sent again under the same name, and a subscriber that has delivered it recognises it.
"""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.archive import Archive
from jamwire.operations.aws import aws_errors
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.batched import batched
from lambdas.contracts.event import Event
from lambdas.contracts.outputs import HubOutput

ALL: Final = "all"
BATCH: Final = 25
"""Events read at once; 25 of the largest are 6 MB."""

MIN_RATE: Final = 0.01
MAX_RATE: Final = 1000.0

NAME_LENGTH: Final = 6
"""Characters of the random part of a replay's name."""

MAX_MESSAGE_BYTES: Final = 256 * 1024
"""Bytes of a message with its attributes (SNS and SQS quotas)."""


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """What a replay is to send.

    Attributes:
        replay: The replay's name.
        selection: Which events.
        failed: Only to those subscribers at which an event is dead.
        to: The subscriber; ``all`` for whoever's rule matches, or with `failed`, for whoever failed.
    """

    replay: str
    selection: Selection
    failed: bool
    to: str

    def to_document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**dataclasses.asdict(self), "selection": dataclasses.asdict(self.selection)}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "ReplayPlan":
        """Read what `to_document` wrote."""
        selection = dict(document["selection"])
        return cls(**{**document, "selection": Selection(**{**selection, "ids": tuple(selection["ids"])})})


PendingEvent = tuple[EventSummary, tuple[DeployedSubscriber, ...]]
"""An event and the subscribers it is sent to; none where it is published for all."""


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What became of a replay: how many events were sent, and which could not be and why."""

    sent: int
    unsent: dict[EventSummary, str]


def find_pending(plan: ReplayPlan, archive: Archive, ledgers: Ledgers) -> list[PendingEvent]:
    """What a replay has still to send, oldest first.

    Raises:
        OperationError: An id is unknown, or the account cannot be asked.
    """
    found: Iterable[PendingEvent]
    if plan.failed:
        failed = ledgers.find_failed(archive, plan.selection)
        found = [(summary, tuple(dead_at)) for summary, dead_at in failed.items()]
    else:
        to = () if plan.to == ALL else tuple(ledgers.subscribers)
        found = ((summary, to) for summary in archive.find(plan.selection))
    left: list[PendingEvent] = []
    for batch in batched(found, 100):
        done = archive.replayed([summary for summary, _ in batch], plan.replay)
        left += [pending for pending in batch if pending[0] not in done]
    return left


class Sender:
    """Sends events to whoever is to have them.

    Args:
        deployment: The deployment.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._topic = deployment.hub.outputs[HubOutput.TOPIC_ARN]
        self._sns = deployment.client("sns")
        self._sqs = deployment.client("sqs")

    def __call__(self, event: Event, to: Sequence[DeployedSubscriber]) -> None:
        """Send an event to these subscribers, or to all where there are none.

        Raises:
            OperationError: AWS does not take it, or cannot be asked.
        """
        body = event.to_json()
        with aws_errors():
            if to:
                for subscriber in to:
                    self._sqs.send_message(QueueUrl=subscriber.queue_url, MessageBody=body)
            else:
                attributes = {
                    name: {"DataType": "String", "StringValue": value}
                    for name, value in event.attributes.items()
                }
                self._sns.publish(TopicArn=self._topic, Message=body, MessageAttributes=attributes)


def run(
    plan: ReplayPlan,
    work: Sequence[PendingEvent],
    *,
    archive: Archive,
    send: Callable[[Event, Sequence[DeployedSubscriber]], None],
    rate: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    on_progress: Callable[[EventSummary], None],
) -> ReplayResult:
    """Send what is to be sent, at a rate.

    Args:
        plan: The replay.
        work: What `find_pending` found.
        archive: Where events are read and noted.
        send: Sends one.
        rate: Events in a second, at most.
        clock: Unix time in seconds.
        sleep: Waits so many seconds.
        on_progress: Is called with each event that has been dealt with.

    Raises:
        OperationError: The account cannot be asked; what was sent is noted.
    """
    sent, unsent, slot = 0, dict[EventSummary, str](), clock()
    for batch in batched(work, BATCH):
        events = archive.read([summary for summary, _ in batch])
        for summary, to in batch:
            if event := events.get(summary):
                event = dataclasses.replace(event, replay=plan.replay)
            if why := _unsendable(event):
                unsent[summary] = why
            elif event:
                sleep(max(0.0, slot - clock()))
                slot = max(slot, clock()) + 1 / rate
                send(event, to)
                archive.record_replay(summary, plan.replay, to=[at.name for at in to], now=clock())
                sent += 1
            on_progress(summary)
    return ReplayResult(sent, unsent)


def new_name(now: dt.datetime, fresh: str) -> str:
    """A name for a replay: when it was asked for, and a part that was never used before."""
    return f"{now:%Y%m%d-%H%M%S}-{fresh[:NAME_LENGTH]}"


def check_rate(rate: float) -> None:
    """Check the rate of a replay, in events per second.

    Raises:
        OperationError: The rate is out of range.
    """
    if not MIN_RATE <= rate <= MAX_RATE:
        raise OperationError(f"The rate is {rate:g}, expected {MIN_RATE:g} to {MAX_RATE:g} events a second")


def _unsendable(event: Event | None) -> str:
    if event is None:
        return "it has expired"
    size = len(event.to_json().encode()) + sum(len(n) + len(v) + 6 for n, v in event.attributes.items())
    return "with the replay's name on it, it is too large to travel" if size > MAX_MESSAGE_BYTES else ""
