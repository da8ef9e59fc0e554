"""Events that a subscriber itself makes, for the others: told on the hub's topic like any event that came in.

Their source is ``/subscribers/<name>``, which no endpoint can say of itself. Their id is derived from what they tell,
so that one told again after a crash is known again.
"""

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.event import Event, Notice, timestamp

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient

SUBSCRIBERS: Final = "/subscribers/"

Announce = Callable[[Event], None]


def announcement(
    subscriber: str, type: str, cause: str, notice: Notice, *, now: float, correlation: str, body: Any
) -> Event:
    """An event of a subscriber's own.

    Args:
        subscriber: Its name, the stack's.
        type: A word of the vocabulary.
        cause: What it tells of; the same cause is the same event.
        notice: What to show.
        now: Unix seconds.
        correlation: Ties it to others.
        body: What machines read.
    """
    digest = hashlib.sha256("\n".join([subscriber, type, cause]).encode()).hexdigest()
    return Event(
        id=digest[:32],
        source=f"{SUBSCRIBERS}{subscriber}",
        type=type,
        time=timestamp(now),
        notice=notice,
        correlationid=correlation,
        body=body,
    )


def is_own(event: Event) -> bool:
    """Whether one of our subscribers made it: what it says of builds and purges is then believed."""
    return event.source.startswith(SUBSCRIBERS)


def publish_on(client: "SNSClient", topic: str) -> Announce:
    """Publishes on a topic as ingest does, with the attributes by which subscriptions filter."""

    def announce(event: Event) -> None:
        client.publish(
            TopicArn=topic,
            Message=event.to_json(),
            MessageAttributes={
                name: {"DataType": "String", "StringValue": value} for name, value in event.attributes.items()
            },
        )

    return announce
