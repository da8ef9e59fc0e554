"""A queue of a channel's jobs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.audience_job import Job
from lambdas.contracts.batched import batched
from lambdas.contracts.retry_schedule import hidden_for

if TYPE_CHECKING:
    from mypy_boto3_sqs.client import SQSClient

MAX_MESSAGES: Final = 10
"""Messages of one call (SQS API reference, `SendMessageBatch`)."""

MAX_DELAY: Final = 900
"""Seconds for which a message can be delayed as it is sent (SQS API reference, `SendMessage`)."""

MAX_TRIES: Final = 3


class NotSentError(Exception):
    """SQS took a call, and refused some jobs of it."""


@dataclass(frozen=True, slots=True)
class Message:
    """A job as it was received.

    Attributes:
        id: SQS's message id, by which a partial batch response names it.
        receipt: Handle of this receipt.
        job: The job.
        sent_at: When it came into the queue, unix seconds.
        queue: The queue's name.
    """

    id: str
    receipt: str
    job: Job
    sent_at: float
    queue: str

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> "Message":
        """Read a record of Lambda's batch ("Using Lambda with Amazon SQS")."""
        sent_at = int(record["attributes"]["SentTimestamp"]) / 1000
        return cls(
            id=record["messageId"],
            receipt=record["receiptHandle"],
            job=Job.from_json(record["body"]),
            sent_at=sent_at,
            queue=record["eventSourceARN"].rpartition(":")[2],
        )


class JobQueue:
    """The queue.

    Args:
        client: SQS.
        url: The queue's.
    """

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def has(self, message: Message) -> bool:
        """Whether a message is of this queue."""
        return self._url.rpartition("/")[2] == message.queue

    def put(self, jobs: Iterable[Job], now: float) -> None:
        """Send jobs, in as few calls as SQS allows; each comes at its time, or before it and is hidden once more.

        Raises:
            NotSentError: SQS refused some of them; others may have been sent.
        """
        for batch in batched(jobs, MAX_MESSAGES):
            entries = [_entry(str(number), job, now) for number, job in enumerate(batch)]
            for _ in range(MAX_TRIES):
                answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)
                failed = {entry["Id"] for entry in answer.get("Failed", ())}
                entries = [entry for entry in entries if entry["Id"] in failed]
                if not entries:
                    break
            else:
                raise NotSentError("SQS does not take all jobs")

    def hide(self, message: Message, seconds: float) -> None:
        """Give a message back, to come again after so many seconds, or earlier where SQS cannot hide it for so long."""
        self._client.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message.receipt, VisibilityTimeout=hidden_for(seconds)
        )


def _entry(id: str, job: Job, now: float) -> Any:
    delay = min(max(ceil(job.not_before - now), 0), MAX_DELAY)
    return {"Id": id, "MessageBody": job.to_json(), **({"DelaySeconds": delay} if delay else {})}
