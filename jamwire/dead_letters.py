"""Dead letters: what could not be delivered, over all subscribers, with the reason; and what to do with them.

They are read by receiving them, which hides them from others for a while; a letter that is only looked at is let go at
once. A letter that is sent on is sent before it is deleted: killed between the two, it is in both places, and the
subscriber's own memory of deliveries keeps it from being told twice.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from jamwire.deployment import Deployment, OperationError, explained
from lambdas.event import Event, InvalidEventError, timestamp

HIDDEN_SECONDS: Final = 120
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
    with _held(deployment, choice) as letters:
        return letters


def redrive(deployment: Deployment, choice: Choice, *, told: Callable[[Letter], None]) -> None:
    """Send letters to their subscriber once more, with a whole new schedule of tries.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    sqs = deployment.client("sqs")
    with _held(deployment, choice) as letters:
        while letters:
            letter = letters[0]
            with explained():
                sqs.send_message(QueueUrl=_queues(deployment)[letter.subscriber][0], MessageBody=letter.body)
            _delete(deployment, letters.pop(0))
            told(letter)


def discard(deployment: Deployment, choice: Choice, *, told: Callable[[Letter], None]) -> None:
    """Throw letters away.

    Raises:
        OperationError: There is no such subscriber, or the account cannot be asked.
    """
    with _held(deployment, choice) as letters:
        while letters:
            letter = letters.pop(0)
            _delete(deployment, letter)
            told(letter)


@contextmanager
def _held(deployment: Deployment, choice: Choice) -> Iterator[list[Letter]]:
    """The chosen letters, held by us; those still in the list at the end are let go."""
    found = list(_receive_all(deployment, choice.subscriber))
    chosen = sorted((letter for letter in found if choice.fits(letter)), key=lambda letter: letter.died_at)
    _let_go(deployment, [letter for letter in found if not choice.fits(letter)])
    kept = list(chosen)
    try:
        yield chosen
    finally:
        _let_go(deployment, [letter for letter in kept if letter in chosen])


def _queues(deployment: Deployment) -> dict[str, tuple[str, str]]:
    """Each subscriber's queue and its dead letters; it is known by its stack, and where that has several, by both."""
    queues: dict[str, tuple[str, str]] = {}
    for stack in deployment.stacks:
        for key, url in stack.outputs.items():
            id, is_dead_letters, _ = key.partition("DeadLettersUrl")
            if is_dead_letters:
                name = stack.short_name if id == "Subscriber" else f"{stack.short_name}-{id}"
                queues[name] = (stack.outputs[f"{id}QueueUrl"], url)
    return queues


def _receive_all(deployment: Deployment, subscriber: str) -> Iterator[Letter]:
    queues = _queues(deployment)
    chosen = {name: urls for name, urls in queues.items() if subscriber.lower() in ("", name.lower())}
    if not chosen:
        raise OperationError(f"There is no subscriber {subscriber!r}; there are: {', '.join(queues)}")
    for name, (_, url) in chosen.items():
        yield from _receive(deployment, name, url)


def _receive(deployment: Deployment, name: str, url: str) -> Iterator[Letter]:
    empty = 0
    while empty < EMPTY_RECEIVES:
        with explained():
            answer = deployment.client("sqs").receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                MessageSystemAttributeNames=["SentTimestamp"],
                VisibilityTimeout=HIDDEN_SECONDS,
            )
        messages = answer.get("Messages", [])
        empty = 0 if messages else empty + 1
        yield from (_letter(name, message) for message in messages)


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
        reason=said.get("Reason", UNKNOWN_REASON),
        attempts=int(said.get("Attempts", 0)),
        first_attempt=said.get("FirstAttempt", ""),
        last_attempt=said.get("LastAttempt", ""),
        died_at=timestamp(int(message["Attributes"]["SentTimestamp"]) / 1000),
        body=message["Body"],
        receipt=message["ReceiptHandle"],
    )


def _delete(deployment: Deployment, letter: Letter) -> None:
    with explained():
        deployment.client("sqs").delete_message(
            QueueUrl=_queues(deployment)[letter.subscriber][1], ReceiptHandle=letter.receipt
        )


def _let_go(deployment: Deployment, letters: Iterable[Letter]) -> None:
    for letter in letters:
        with explained():
            deployment.client("sqs").change_message_visibility(
                QueueUrl=_queues(deployment)[letter.subscriber][1],
                ReceiptHandle=letter.receipt,
                VisibilityTimeout=0,
            )


def age(letter: Letter, now: dt.datetime) -> str:
    """How long a letter has been dead, in the largest unit that fits."""
    seconds = int((now - dt.datetime.fromisoformat(letter.died_at)).total_seconds())
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= length:
            return f"{seconds // length} {unit}"
    return f"{max(seconds, 0)} s"
