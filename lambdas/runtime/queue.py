"""A message of the subscriber's queue: what Lambda hands over and what can be done with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.batched import batched
from lambdas.contracts.dead_letter import ATTEMPTS, FIRST_ATTEMPT, LAST_ATTEMPT, REASON, SUBSCRIBER
from lambdas.contracts.event import timestamp
from lambdas.contracts.probe import PROBE
from lambdas.contracts.retried import RETRIED

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

MAX_MESSAGES: Final = 10
"""Messages of one call (SQS API reference: `ReceiveMessage`, `DeleteMessageBatch`, `ChangeMessageVisibilityBatch`)."""

_MAX_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class Message:
    """One message, of an SQS batch (Lambda guide, "Using Lambda with Amazon SQS") or received by ourselves.

    Attributes:
        id: SQS's message id, by which a partial batch response names it.
        receipt: Handle of this receipt.
        body: The text.
        receives: How often it has been received, this time included; throttled functions and rate limits
            count, so it says nothing of attempts.
        sent_at: When it came into the queue, unix seconds.
        first_received_at: When it was first received, unix seconds.
        redriven: Whether it is a dead letter that was sent once more: it carries what was written on it.
        retried: Whether an operator has sent it so that its event, which waits, is tried now.
        probe: The name of the probe that it is; empty for what is to be delivered.
    """

    id: str
    receipt: str
    body: str
    receives: int
    sent_at: float
    first_received_at: float
    redriven: bool
    retried: bool
    probe: str = ""

    @property
    def is_first(self) -> bool:
        """Whether nobody has received it before, and no operator has sent it."""
        return self.receives == 1 and not self.redriven and not self.retried

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Message":
        """Read a record of Lambda's batch."""
        written = {n: v.get("stringValue", "") for n, v in record.get("messageAttributes", {}).items()}
        return cls._of(
            record["messageId"], record["receiptHandle"], record["body"], record["attributes"], written
        )

    @classmethod
    def of_answer(cls, message: Mapping[str, Any]) -> "Message":
        """Read a message of `ReceiveMessage`'s answer."""
        written = {n: v.get("StringValue", "") for n, v in message.get("MessageAttributes", {}).items()}
        return cls._of(
            message["MessageId"], message["ReceiptHandle"], message["Body"], message["Attributes"], written
        )

    @classmethod
    def _of(
        cls, id: str, receipt: str, body: str, attributes: Mapping[str, str], written: Mapping[str, str]
    ) -> "Message":
        sent_at = int(attributes["SentTimestamp"]) / 1000
        first = int(attributes.get("ApproximateFirstReceiveTimestamp", 0)) / 1000
        receives = int(attributes["ApproximateReceiveCount"])
        return cls(
            id,
            receipt,
            body,
            receives,
            sent_at,
            first or sent_at,
            redriven=REASON in written,
            retried=RETRIED in written,
            probe=written.get(PROBE, ""),
        )


class Queue:
    """The subscriber's queue and its dead letters.

    Args:
        client: Of SQS.
        url: The queue's.
        dead_letters_url: The dead letters'.
        subscriber: Written on each dead letter.
    """

    def __init__(self, client: "SQSClient", url: str, dead_letters_url: str, subscriber: str) -> None:
        self._client = client
        self._url = url
        self._dead_letters_url = dead_letters_url
        self._subscriber = subscriber

    def change_visibility(self, waits: Sequence[tuple[Message, int]]) -> list[Message]:
        """Hide messages for so many seconds each; they come back by themselves.

        Returns:
            Those that SQS did not hide; they come back after the queue's own visibility.
        """
        unchanged: list[Message] = []
        for batch in batched(waits, MAX_MESSAGES):
            answer = self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(n), "ReceiptHandle": message.receipt, "VisibilityTimeout": seconds}
                    for n, (message, seconds) in enumerate(batch)
                ],
            )
            unchanged += [batch[int(failed["Id"])][0] for failed in answer.get("Failed", [])]
        return unchanged

    def receive(self, *, wait: bool) -> list[Message]:
        """Take more of what waits; empty where nothing does, as far as one look can tell.

        Args:
            wait: Whether to look out for a second, which overlooks nothing (SQS guide, "Short and long polling").
        """
        answer = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=MAX_MESSAGES,
            MessageAttributeNames=[REASON, RETRIED, PROBE],
            WaitTimeSeconds=1 if wait else 0,
            MessageSystemAttributeNames=[
                "ApproximateReceiveCount",
                "SentTimestamp",
                "ApproximateFirstReceiveTimestamp",
            ],
        )
        return [Message.of_answer(message) for message in answer.get("Messages", [])]

    def delete(self, messages: Sequence[Message]) -> None:
        """Delete messages that we received ourselves; one that stays comes back as a duplicate."""
        for batch in batched(messages, MAX_MESSAGES):
            self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[{"Id": str(n), "ReceiptHandle": message.receipt} for n, message in enumerate(batch)],
            )

    def dead_letter(self, message: Message, *, reason: str, attempts: int, now: float) -> None:
        """Send the message to the dead letters, with what a person needs to know as message attributes."""
        facts = {
            REASON: reason[:_MAX_REASON],
            SUBSCRIBER: self._subscriber,
            ATTEMPTS: str(attempts),
            FIRST_ATTEMPT: timestamp(message.first_received_at),
            LAST_ATTEMPT: timestamp(now),
        }
        self._client.send_message(
            QueueUrl=self._dead_letters_url,
            MessageBody=message.body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in facts.items()
            },
        )
