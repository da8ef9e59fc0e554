"""The topics that are followed, with the numbers of their followers."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from jamwire.operations.audience.audience import Audience
from jamwire.operations.dynamodb import query_items, to_item
from jamwire.operations.errors import OperationError
from jamwire.operations.http_client import get
from lambdas.contracts.audience_table import DIGESTS, FOLLOWERS, SORT_KEY, TOPICS, digest_partition
from lambdas.contracts.audience_topics import CHANNELS, Topic, Topics


@dataclass(frozen=True, slots=True)
class FollowedTopic:
    """A topic.

    Attributes:
        topic: Its name.
        push: How many are told by web push.
        email: How many are told by e-mail, at once.
        text: How many are told by text message.
        digest: How many read of it in a digest.
    """

    topic: str
    push: int = 0
    email: int = 0
    text: int = 0
    digest: int = 0

    @property
    def followers(self) -> int:
        """How many in all."""
        return self.push + self.email + self.text + self.digest


def followed_topics(audience: Audience) -> list[FollowedTopic]:
    """Every topic that somebody follows, by name. Of digests each follower is read, since they are counted as wholes.

    Raises:
        OperationError: The account cannot be asked.
    """
    counts = Counter[tuple[str, str]]()
    for item in _partition(audience, TOPICS):
        channel, topic, _ = item[SORT_KEY].split("#")
        counts[topic, channel] += item[FOLLOWERS]
    for item in _partition(audience, DIGESTS):
        if item.get(FOLLOWERS):
            zone, _, at = item[SORT_KEY].rpartition("#")
            for follower in _partition(audience, digest_partition(zone, at)):
                if "until" not in follower:  # it is told at once, and counted there
                    counts.update((topic, "digest") for topic in follower["topics"])
    topics = sorted({topic for (topic, _), count in counts.items() if count})
    return [
        FollowedTopic(topic, **{kind: counts[topic, kind] for kind in (*CHANNELS, "digest")})
        for topic in topics
    ]


@dataclass(frozen=True, slots=True)
class PublicSettings:
    """What the public endpoint says of the audience.

    Attributes:
        topics: What can be followed.
        countries: Those whose numbers may follow; none where there are no text messages.
        zone: The time zone of who says none; empty for UTC.
    """

    topics: Topics
    countries: tuple[str, ...] = ()
    zone: str = ""


def public_settings(audience: Audience) -> PublicSettings:
    """What the public endpoint says of what can be followed, and by whom.

    Raises:
        OperationError: It does not say.
    """
    said = get(f"{audience.url}settings")
    try:
        document = json.loads(said.body)
        return PublicSettings(
            Topics({topic["name"]: Topic(topic["title"], topic["text"]) for topic in document["topics"]}),
            tuple(document["channels"].get("text", {}).get("countries", ())),
            document["site"].get("zone", ""),
        )
    except (ValueError, KeyError):
        raise OperationError(f"The endpoint of {audience.name} does not say what can be followed") from None


def _partition(audience: Audience, partition: str) -> Any:
    return query_items(
        audience.dynamodb,
        audience.table,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": "pk"},
        ExpressionAttributeValues=to_item({":key": partition}),
    )
