"""Dead letters: what could not be delivered, over all subscribers, with the reason; and what to do with them.

They are read by receiving them, which hides them from others for a while; a letter that is only looked at is let go at
the end. A letter is dealt with as soon as it is received, for one that is held too long may come to somebody else.
What is sent on is sent before it is deleted: killed between the two, it is in both places, and the subscriber's own
memory of deliveries keeps it from being told twice.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.deployment import Deployment, explained
from jamwire.operations.subscribers import Subscriber, choose_subscribers
from lambdas.contracts.dead_letter import REASON
from lambdas.contracts.event import Event, InvalidEventError, timestamp

HIDDEN_SECONDS: Final = 120
"""For so long a letter is held; receiving some ten thousand takes no longer."""

AT_ONCE: Final = 10
"""Messages in one call (SQS API reference: `ReceiveMessage`, `ChangeMessageVisibilityBatch`)."""

EMPTY_RECEIVES: Final = 3
"""A queue is of many machines, and one answer comes from a few of them: so often in a row nothing, and it is empty."""

UNKNOWN_REASON: Final = (
    "SNS could not deliver it to the queue, or the function never got as far as the runtime"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter.

    Attributes:
        subscriber: The subscriber's stack, short.
        event_id: The event's id; empty for what is no event.
        type: The event's type.
        reason: Why it could not be delivered.
        attempts: How often that was tried.
        first_attempt: When first, RFC 3339 in UTC.
        last_attempt: When last.
        died_at: When it came here.
        body: The message.
        message_id: What SQS calls it.
        receipt: By which SQS knows that we hold it.
    """

    subscriber: str
    event_id: str
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
class Choice:
    """Which letters: all that fit everything that is said."""

    subscriber: str = ""
    reason: str = ""
    event_id: str = ""

    def fits(self, letter: Letter) -> bool:
        """Whether a letter is among them."""
        return (
            self.subscriber.lower() in ("", letter.subscriber.lower())
            and self.reason.lower() in letter.reason.lower()
            and self.event_id in ("", letter.event_id)
        )


def list_letters(deployment: Deployment, choice: Choice) -> list[Letter]:
    """The letters, oldest first.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    with _Hold(deployment, choice) as hold:
        return sorted((letter for _, letter in hold.letters()), key=lambda letter: letter.died_at)


def redrive(deployment: Deployment, choice: Choice, *, told: Callable[[Letter], None]) -> None:
    """Send letters to their subscriber once more, with a whole new schedule of tries.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    sqs, sent = deployment.client("sqs"), set[bytes]()
    with _Hold(deployment, choice) as hold:
        for subscriber, letter in hold.letters():
            message = hashlib.sha256(f"{subscriber.name} {letter.body}".encode()).digest()
            if message in sent:  # it has died again, and would be sent on for ever
                continue
            with explained():
                sqs.send_message(
                    QueueUrl=subscriber.queue_url,
                    MessageBody=letter.body,
                    # By which the runtime knows that what is dead may be tried again.
                    MessageAttributes={REASON: {"DataType": "String", "StringValue": letter.reason}},
                )
            sent.add(message)
            hold.delete(subscriber, letter)
            told(letter)


def discard(deployment: Deployment, choice: Choice, *, told: Callable[[Letter], None]) -> None:
    """Throw letters away.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    with _Hold(deployment, choice) as hold:
        for subscriber, letter in hold.letters():
            hold.delete(subscriber, letter)
            told(letter)


class _Hold:
    """Letters while they are held by us; those that are not deleted are let go at the end, whatever ends it."""

    def __init__(self, deployment: Deployment, choice: Choice) -> None:
        self._sqs = deployment.client("sqs")
        self._choice = choice
        self._subscribers = choose_subscribers(deployment, choice.subscriber)
        self._receipts: dict[str, dict[str, str]] = {}

    def __enter__(self) -> "_Hold":
        return self

    def __exit__(self, *_: object) -> None:
        for url, receipts in self._receipts.items():
            self._let_go(url, list(receipts.values()))

    def letters(self) -> Iterator[tuple[Subscriber, Letter]]:
        """The chosen letters, each once and as soon as it is received."""
        for subscriber in self._subscribers:
            for message in self._messages(subscriber.dead_letters_url):
                letter = _letter(subscriber.name, message)
                if self._choice.fits(letter):
                    yield subscriber, letter

    def delete(self, subscriber: Subscriber, letter: Letter) -> None:
        """Delete a letter for good."""
        url = subscriber.dead_letters_url
        with explained():
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=letter.receipt)
        del self._receipts[url][letter.message_id]

    def _messages(self, url: str) -> Iterator[dict[str, Any]]:
        held = self._receipts.setdefault(url, {})
        known: set[str] = set()
        empty = 0
        while empty < EMPTY_RECEIVES:
            with explained():
                answer = self._sqs.receive_message(
                    QueueUrl=url,
                    MaxNumberOfMessages=AT_ONCE,
                    MessageAttributeNames=["All"],
                    MessageSystemAttributeNames=["SentTimestamp"],
                    VisibilityTimeout=HIDDEN_SECONDS,
                )
            messages = answer.get("Messages", [])
            held |= {message["MessageId"]: message["ReceiptHandle"] for message in messages}
            fresh = [message for message in messages if message["MessageId"] not in known]
            known |= {message["MessageId"] for message in fresh}
            empty = 0 if fresh else empty + 1
            yield from fresh

    def _let_go(self, url: str, receipts: list[str]) -> None:
        for start in range(0, len(receipts), AT_ONCE):
            entries = [
                {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                for number, receipt in enumerate(receipts[start : start + AT_ONCE])
            ]
            with explained():
                self._sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)


def _letter(name: str, message: dict[str, Any]) -> Letter:
    said = {key: value.get("StringValue", "") for key, value in message.get("MessageAttributes", {}).items()}
    try:
        event = Event.from_json(message["Body"])
        event_id, kind = event.id, event.type
    except InvalidEventError:
        event_id, kind = "", "not an event"
    return Letter(
        subscriber=name,
        event_id=event_id,
        type=kind,
        reason=said.get(REASON, UNKNOWN_REASON),
        attempts=int(said.get("Attempts", 0)),
        first_attempt=said.get("FirstAttempt", ""),
        last_attempt=said.get("LastAttempt", ""),
        died_at=timestamp(int(message["Attributes"]["SentTimestamp"]) / 1000),
        body=message["Body"],
        message_id=message["MessageId"],
        receipt=message["ReceiptHandle"],
    )
