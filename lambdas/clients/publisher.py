"""The hub's topic: where ingest and subscribers publish events, one or many in as few calls of SNS as it takes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lambdas.contracts.event import Event

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

MAX_BATCH: Final = 10
MAX_BATCH_BYTES: Final = 256 * 1024
"""Messages of one call, and their bytes together with their attributes (SNS API reference, `PublishBatch`)."""

CALLS_AT_ONCE: Final = 8
"""A call waits for its answer most of the time, so that one after the other would take several times as long."""

Publish = Callable[[Event], None]


class Message(NamedTuple):
    """An event as SNS takes it: its JSON, and the message attributes by which subscriptions filter."""

    text: str
    attributes: Mapping[str, str]


class NotPublishedError(Exception):
    """SNS took a call, and refused some messages of it."""


class Publisher:
    """Publishes events.

    Args:
        client: SNS.
        topic_arn: The topic; None where the stack has granted none (`Subscriber(…, publishes=True)`).
    """

    def __init__(self, client: "SNSClient", topic_arn: str | None) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, event: Event) -> None:
        """Publish an event."""
        self.publish_all([Message(event.to_json(), event.attributes)])

    def publish_all(self, messages: Sequence[Message]) -> None:
        """Publish all messages; where one call fails, others may have been made.

        Raises:
            LookupError: There is no topic.
            NotPublishedError: SNS refused some of them.
            BotoCoreError: SNS did not answer.
            ClientError: SNS refused a call.
        """
        if self._topic_arn is None:
            raise LookupError("There is no topic to publish on, expected Subscriber(…, publishes=True).")
        if len(messages) == 1:
            [message] = messages
            self._client.publish(
                TopicArn=self._topic_arn, Message=message.text, MessageAttributes=_attributes(message)
            )
        elif messages:
            _publish_batches(self._client, self._topic_arn, list(batches(messages)))


def size_of(message: Message) -> int:
    """Bytes that SNS counts: the text, and the attributes with the name of their type."""
    attributes = sum(len(name) + len(value) + len("String") for name, value in message.attributes.items())
    return len(message.text.encode()) + attributes


def batches(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """Messages in the groups that SNS takes in one call, in order."""
    batch: list[Message] = []
    taken = 0
    for message in messages:
        size = size_of(message)
        if batch and (len(batch) == MAX_BATCH or taken + size > MAX_BATCH_BYTES):
            yield batch
            batch, taken = [], 0
        batch.append(message)
        taken += size
    if batch:
        yield batch


def _publish_batches(sns: "SNSClient", topic_arn: str, groups: Sequence[list[Message]]) -> None:
    # Not imported at import: most requests are one event.
    from concurrent.futures import ThreadPoolExecutor

    def publish(group: list[Message]) -> int:
        answer = sns.publish_batch(TopicArn=topic_arn, PublishBatchRequestEntries=_entries(group))
        return len(answer.get("Failed", []))

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        if sum(pool.map(publish, groups)):
            raise NotPublishedError


def _entries(group: Sequence[Message]) -> Any:
    return [
        {"Id": str(place), "Message": message.text, "MessageAttributes": _attributes(message)}
        for place, message in enumerate(group)
    ]


def _attributes(message: Message) -> Any:
    return {name: {"DataType": "String", "StringValue": value} for name, value in message.attributes.items()}
