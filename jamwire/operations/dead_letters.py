"""Dead letters of all subscribers: events that could not be delivered, listed, redriven and discarded.

SQS lists messages only by receiving them, which hides them from others for a while; a letter that is only looked at is
made visible again at the end. A letter is dealt with as soon as it is received, for one that is held too long may come
to somebody else. A letter is sent to the subscriber's queue before it is deleted. A command that is killed between the
two leaves it in both places, and the subscriber's ledger keeps the event from being delivered twice.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deliveries import CALLS_AT_ONCE
from jamwire.operations.deployment import Deployment
from jamwire.operations.subscribers import DeployedSubscriber, choose_subscribers
from lambdas.contracts.batched import batched
from lambdas.contracts.dead_letter import ATTEMPTS, FIRST_ATTEMPT, LAST_ATTEMPT, REASON
from lambdas.contracts.event import Event, InvalidEventError, timestamp

HIDDEN_SECONDS: Final = 120
"""Seconds for which a received letter is hidden from others; receiving ten thousand letters takes no longer."""

MAX_MESSAGES_PER_CALL: Final = 10
"""Messages in one call (SQS API reference: `ReceiveMessage`, `ChangeMessageVisibilityBatch`)."""

WAIT_SECONDS: Final = 1
"""A receive that waits asks all of SQS's machines; one that does not overlooks letters where there are few (SQS
developer guide, "Amazon SQS short and long polling")."""

EMPTY_RECEIVES: Final = 2
"""Receives without a new message in a row after which a queue counts as empty."""

UNKNOWN_REASON: Final = (
    "SNS could not deliver it to the queue, or the function never got as far as the runtime"
)


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An event in the dead-letter queue of a subscriber.

    Attributes:
        subscriber: The short name of the subscriber's stack.
        event_id: The event's id; empty where the message is not an event.
        source: The event's source: several endpoints may have accepted one of the same id.
        type: The event's type.
        reason: Why the event could not be delivered.
        attempts: How often delivery was tried.
        first_attempt: When delivery was tried first, RFC 3339 in UTC.
        last_attempt: When delivery was tried last.
        died_at: When the message came into the dead-letter queue.
        body: The message.
        message_id: SQS's id of the message.
        receipt: SQS's handle of this receipt.
    """

    subscriber: str
    event_id: str
    source: str
    type: str
    reason: str
    attempts: int
    first_attempt: str
    last_attempt: str
    died_at: str
    body: str
    message_id: str
    receipt: str


@dataclass(frozen=True, slots=True)
class Filter:
    """Which dead letters: those that match every attribute that is not empty."""

    subscriber: str = ""
    reason: str = ""
    event_id: str = ""
    source: str = ""

    def matches(self, letter: DeadLetter) -> bool:
        """Whether the filter lets a letter through."""
        return (
            self.subscriber.lower() in ("", letter.subscriber.lower())
            and self.reason.lower() in letter.reason.lower()
            and self.event_id in ("", letter.event_id)
            and self.source in ("", letter.source)
        )


def list_dead_letters(deployment: Deployment, filter: Filter) -> list[DeadLetter]:
    """The dead letters that match, oldest first.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    with _Held(deployment, filter) as held:
        return sorted((letter for _, letter in held.letters()), key=lambda letter: letter.died_at)


def redrive(deployment: Deployment, filter: Filter, *, on_progress: Callable[[DeadLetter], None]) -> None:
    """Send the matching dead letters to their subscriber's queue once more, with a new retry schedule.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    sqs, sent = deployment.client("sqs"), set[bytes]()
    with _Held(deployment, filter) as held:
        for subscriber, letter in held.letters():
            message = hashlib.sha256(f"{subscriber.name} {letter.body}".encode()).digest()
            if message in sent:  # it has died again, and would be sent on for ever
                continue
            with aws_errors():
                sqs.send_message(
                    QueueUrl=subscriber.queue_url,
                    MessageBody=letter.body,
                    # By which the runtime knows that what is dead may be tried again.
                    MessageAttributes={REASON: {"DataType": "String", "StringValue": letter.reason}},
                )
            sent.add(message)
            held.delete(subscriber, letter)
            on_progress(letter)


def discard(deployment: Deployment, filter: Filter, *, on_progress: Callable[[DeadLetter], None]) -> None:
    """Delete the matching dead letters.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    with _Held(deployment, filter) as held:
        for subscriber, letter in held.letters():
            held.delete(subscriber, letter)
            on_progress(letter)


class _Held:
    """Dead letters hidden from others; those that are not deleted are visible again after the block."""

    def __init__(self, deployment: Deployment, filter: Filter) -> None:
        self._sqs = deployment.client("sqs")
        self._filter = filter
        self._subscribers = choose_subscribers(deployment, filter.subscriber)
        self._receipts: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._known: defaultdict[str, set[str]] = defaultdict(set)

    def __enter__(self) -> "_Held":
        return self

    def __exit__(self, *_: object) -> None:
        for url, receipts in self._receipts.items():
            self._release(url, receipts.values())

    def letters(self) -> Iterator[tuple[DeployedSubscriber, DeadLetter]]:
        """The letters that match, each once and as soon as it is received; all queues are looked into at once."""
        empty = dict.fromkeys(self._subscribers, 0)
        with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
            while asked := [subscriber for subscriber in empty if empty[subscriber] < EMPTY_RECEIVES]:
                for subscriber, fresh in zip(asked, list(pool.map(self._receive, asked)), strict=True):
                    empty[subscriber] = 0 if fresh else empty[subscriber] + 1
                    letters = (_letter(subscriber.name, message) for message in fresh)
                    yield from ((subscriber, letter) for letter in letters if self._filter.matches(letter))

    def delete(self, subscriber: DeployedSubscriber, letter: DeadLetter) -> None:
        """Delete a letter for good."""
        url = subscriber.dead_letters_url
        with aws_errors():
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=letter.receipt)
        del self._receipts[url][letter.message_id]

    def _receive(self, subscriber: DeployedSubscriber) -> list[dict[str, Any]]:
        """Messages that were not received before."""
        url = subscriber.dead_letters_url
        with aws_errors():
            answer = self._sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=MAX_MESSAGES_PER_CALL,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp"],
                VisibilityTimeout=HIDDEN_SECONDS,
                WaitTimeSeconds=WAIT_SECONDS,
            )
        messages = answer.get("Messages", [])
        self._receipts[url] |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
        fresh = [message for message in messages if message["MessageId"] not in self._known[url]]
        self._known[url] |= {message["MessageId"] for message in fresh}
        return fresh

    def _release(self, url: str, receipts: Iterable[str]) -> None:
        for batch in batched(receipts, MAX_MESSAGES_PER_CALL):
            entries = [
                {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                for number, receipt in enumerate(batch)
            ]
            with aws_errors():
                self._sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _letter(name: str, message: dict[str, Any]) -> DeadLetter:
    attributes = {
        key: value.get("StringValue", "") for key, value in message.get("MessageAttributes", {}).items()
    }
    try:
        event = Event.from_json(message["Body"])
        event_id, source, kind = event.id, event.source, event.type
    except InvalidEventError:
        event_id, source, kind = "", "", "not an event"
    return DeadLetter(
        subscriber=name,
        event_id=event_id,
        source=source,
        type=kind,
        reason=attributes.get(REASON, UNKNOWN_REASON),
        attempts=int(attributes.get(ATTEMPTS, 0)),
        first_attempt=attributes.get(FIRST_ATTEMPT, ""),
        last_attempt=attributes.get(LAST_ATTEMPT, ""),
        died_at=timestamp(int(message["Attributes"]["SentTimestamp"]) / 1000),
        body=message["Body"],
        message_id=message["MessageId"],
        receipt=message["ReceiptHandle"],
    )
