"""A message of the subscriber's queue: what Lambda hands over and what can be done with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lambdas.event import timestamp

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient


@dataclass(frozen=True, slots=True)
class Message:
    """One record of an SQS batch (Lambda guide, "Using Lambda with Amazon SQS").

    Attributes:
        id: SQS's message id, by which a partial batch response names it.
        receipt: Handle of this receipt.
        body: The text.
        attempt: How often it has been received, this time included.
        sent_at: When it came into the queue, unix seconds.
        first_received_at: When it was first received, unix seconds.
    """

    id: str
    receipt: str
    body: str
    attempt: int
    sent_at: float
    first_received_at: float

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "Message":
        """Read a record of the batch."""
        attributes = record["attributes"]
        sent_at = int(attributes["SentTimestamp"]) / 1000
        return cls(
            id=record["messageId"],
            receipt=record["receiptHandle"],
            body=record["body"],
            attempt=int(attributes["ApproximateReceiveCount"]),
            sent_at=sent_at,
            first_received_at=int(attributes.get("ApproximateFirstReceiveTimestamp", 0)) / 1000 or sent_at,
        )


class Queue:
    """The subscriber's queue and its dead letters."""

    def __init__(self, client: "SQSClient", url: str, dead_letters_url: str, subscriber: str) -> None:
        self._client = client
        self._url = url
        self._dead_letters_url = dead_letters_url
        self._subscriber = subscriber

    def postpone(self, message: Message, seconds: int) -> None:
        """Hide the message for so long; it comes back by itself."""
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=seconds
        )

    def bury(self, message: Message, reason: str, now: float) -> None:
        """Send the message to the dead letters, with what a person needs to know as message attributes."""
        facts = {
            "Reason": reason[:_REASON_LENGTH],
            "Subscriber": self._subscriber,
            "Attempts": str(message.attempt),
            "FirstAttempt": timestamp(message.first_received_at),
            "LastAttempt": timestamp(now),
        }
        self._client.send_message(
            QueueUrl=self._dead_letters_url,
            MessageBody=message.body,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in facts.items()
            },
        )


_REASON_LENGTH = 1000
