"""The hub's topic: where ingest and subscribers publish events."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lambdas.contracts.event import Event

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

Publish = Callable[[Event], None]


class Publisher:
    """Publishes events with the message attributes by which subscriptions filter.

    Args:
        client: SNS.
        topic_arn: The topic; None where the stack has granted none (`Subscriber(…, publishes=True)`).
    """

    def __init__(self, client: "SNSClient", topic_arn: str | None) -> None:
        self._client = client
        self._topic_arn = topic_arn

    def publish(self, event: Event) -> None:
        """Publish an event."""
        self.publish_text(event.to_json(), event.attributes)

    def publish_text(self, text: str, attributes: Mapping[str, str]) -> None:
        """Publish an event that has been written out already (`Event.to_json`, `Event.attributes`).

        Raises:
            LookupError: There is no topic.
        """
        if self._topic_arn is None:
            raise LookupError("There is no topic to publish on, expected Subscriber(…, publishes=True).")
        self._client.publish(
            TopicArn=self._topic_arn,
            Message=text,
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()
            },
        )
