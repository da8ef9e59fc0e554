"""Sending events once more, because an operator asked for it.

Each goes out as it was accepted, with the replay's name on it; by that name subscribers tell it from the event that
they have seen, and from any other replay. What a replay is to send is kept in the archive, and so is each event that
it has sent: interrupted, it is resumed there. An event that was sent and could not be noted any more is sent again,
under the same name, so subscribers that had it take it for what it is.
"""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.archive import Archive, Selection, Summary
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.deployment import Deployment, OperationError, explained
from jamwire.operations.subscribers import Subscriber
from lambdas.contracts.event import Event
from lambdas.contracts.outputs import HubOutput
from lambdas.runtime.table import in_chunks

ALL: Final = "all"
CHUNK: Final = 25
"""Events read at once; of the largest, so many are 6 MB."""

LOWEST_RATE: Final = 0.01
HIGHEST_RATE: Final = 1000.0

LARGEST: Final = 256 * 1024
"""Bytes of a message with its attributes (SNS and SQS quotas)."""


@dataclass(frozen=True, slots=True)
class Plan:
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
    def from_document(cls, document: dict[str, Any]) -> "Plan":
        """Read what `to_document` wrote."""
        selection = dict(document["selection"])
        return cls(**{**document, "selection": Selection(**{**selection, "ids": tuple(selection["ids"])})})


Todo = tuple[Summary, tuple[Subscriber, ...]]
"""An event and the subscribers it is sent to; none where it is published for all."""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a replay: how many events were sent, and which could not be and why."""

    sent: int
    unsent: dict[Summary, str]


def todo(plan: Plan, archive: Archive, ledgers: Ledgers) -> list[Todo]:
    """What a replay has still to send, oldest first.

    Raises:
        OperationError: An id is unknown, or the account cannot be asked.
    """
    found: list[Todo] = []
    for chunk in in_chunks(list(archive.find(plan.selection)), 100):
        done = archive.noted(chunk, plan.replay)
        left = [summary for summary in chunk if summary not in done]
        if plan.failed:
            failed = ledgers.failed(archive, left)
            found += [(summary, tuple(failed[summary])) for summary in left if summary in failed]
        else:
            to = () if plan.to == ALL else tuple(ledgers.subscribers)
            found += [(summary, to) for summary in left]
    return found


class Sender:
    """Sends events to whoever is to have them.

    Args:
        deployment: The deployment.
    """

    def __init__(self, deployment: Deployment) -> None:
        self._topic = deployment.hub.outputs[HubOutput.TOPIC_ARN]
        self._sns = deployment.client("sns")
        self._sqs = deployment.client("sqs")

    def __call__(self, event: Event, to: Sequence[Subscriber]) -> None:
        """Send an event to these subscribers, or to all where there are none.

        Raises:
            OperationError: AWS does not take it, or cannot be asked.
        """
        body = event.to_json()
        with explained():
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
    plan: Plan,
    work: Sequence[Todo],
    *,
    archive: Archive,
    send: Callable[[Event, Sequence[Subscriber]], None],
    rate: float,
    clock: Callable[[], float],
    sleep: Callable[[float], None],
    told: Callable[[Summary], None],
) -> Result:
    """Send what is to be sent, at a rate.

    Args:
        plan: The replay.
        work: What `todo` found.
        archive: Where events are read and noted.
        send: Sends one.
        rate: Events in a second, at most.
        clock: Unix time in seconds.
        sleep: Waits so many seconds.
        told: Is told of each event that has been dealt with.

    Raises:
        OperationError: The account cannot be asked; what was sent is noted.
    """
    sent, unsent, slot = 0, dict[Summary, str](), clock()
    for chunk in in_chunks(work, CHUNK):
        events = archive.read([summary for summary, _ in chunk])
        for summary, to in chunk:
            if event := events.get(summary):
                event = dataclasses.replace(event, replay=plan.replay)
            if why := _unsendable(event):
                unsent[summary] = why
            elif event:
                sleep(max(0.0, slot - clock()))
                slot = max(slot, clock()) + 1 / rate
                send(event, to)
                archive.note(summary, plan.replay, to=[at.name for at in to], now=clock())
                sent += 1
            told(summary)
    return Result(sent, unsent)


def new_name(now: dt.datetime) -> str:
    """A name for a replay: when it was asked for, and what tells it from another of that second."""
    return f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def check_rate(rate: float) -> None:
    """Refuse what is no rate.

    Raises:
        OperationError: It is out of range.
    """
    if not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise OperationError(
            f"The rate is {rate:g}, expected {LOWEST_RATE:g} to {HIGHEST_RATE:g} events a second"
        )


def _unsendable(event: Event | None) -> str:
    if event is None:
        return "it has expired"
    size = len(event.to_json().encode()) + sum(len(n) + len(v) + 6 for n, v in event.attributes.items())
    return "with the replay's name on it, it is too large to travel" if size > LARGEST else ""
