"""A change of followers as one transaction: their items, their places among the recipients, and the counts."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from lambdas.contracts.audience_table import (
    DIGESTS,
    FOLLOWER,
    FOLLOWERS,
    PARTITION_KEY,
    PROOF,
    TOPICS,
    digest_partition,
    follower_partition,
    topic_count,
    topic_partition,
)
from lambdas.followers.follower import Follower
from lambdas.followers.items import follower_item, wire_key
from lambdas.followers.recipients import Recipient, untold

MAX_WRITES: Final = 100
"""Items of one transaction (DynamoDB API reference, `TransactWriteItems`). Twenty topics for twenty others are 81."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What becomes of a follower.

    Attributes:
        id: Its id.
        version: The version of the item that was read; 0 where there was none.
        old: The follower that was read; None for none, or one that is forgotten.
        new: The follower that is to be; None for none.
        proof: What is left of a consent that `new` has no place for.
    """

    id: str
    version: int
    old: Follower | None
    new: Follower | None
    proof: Follower | None = None


class Place(NamedTuple):
    """Where a recipient stands, and where those who stand there are counted.

    Attributes:
        partition: The topic's or the digest's partition.
        counter: The sort key of its count.
        kind: The partition of its count: `TOPICS` or `DIGESTS`.
    """

    partition: str
    counter: str
    kind: str


def places_of(follower: Follower | None) -> dict[Place, Recipient]:
    """Where a follower stands: with each topic, or with its digest; nowhere unless it has confirmed.

    Who has moved from a digest to at once stands with both, until that digest has come once more.
    """
    if follower is None or follower.state != "following":
        return {}
    recipient = Recipient(
        id=follower.id, address=follower.address, push_key=follower.push_key, zone=follower.zone
    )
    places = {} if follower.at else {_with(follower, topic): recipient for topic in follower.topics}
    if digest := follower.digest:
        zone, _, at = digest.rpartition("#")
        places[Place(digest_partition(zone, at), digest, DIGESTS)] = _of_digest(follower)
    return places


def transaction_of(table: str, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """The writes of one `TransactWriteItems`: all of it happens, or nothing."""
    before = {(place, c.id): who for c in changes for place, who in places_of(c.old).items()}
    after = {(place, c.id): who for c in changes for place, who in places_of(c.new).items()}
    return [
        *(write for change in changes for write in _of_follower(table, change)),
        *_of_places(table, before, after),
        *_of_counts(table, (place for place, _ in before), (place for place, _ in after)),
    ]


def _of_places(
    table: str, before: Mapping[tuple[Place, str], Recipient], after: Mapping[tuple[Place, str], Recipient]
) -> Iterator[dict[str, Any]]:
    """A digest's recipient is changed, or leaves, only as it was read: a worker may have told it meanwhile."""
    untold_yet = {key: untold(who.told_until) for key, who in before.items() if key[0].kind == DIGESTS}
    for (place, id), who in after.items():
        if before.get((place, id)) != who:
            item = who.to_item(place.partition)
            yield {"Put": {"TableName": table, "Item": item, **untold_yet.get((place, id), {})}}
    for place, id in before:
        if (place, id) not in after:
            key = wire_key(place.partition, id)
            yield {"Delete": {"TableName": table, "Key": key, **untold_yet.get((place, id), {})}}


def _of_follower(table: str, change: Change) -> Iterator[dict[str, Any]]:
    """The item is written only over the version that was read."""
    if change.new:
        yield {"Put": {"TableName": table, "Item": follower_item(change.new), **_condition(change.version)}}
        if change.proof:
            proof = follower_item(change.proof, f"{PROOF}{change.proof.consent.confirmed_at}")
            yield {"Put": {"TableName": table, "Item": proof}}
    elif change.version:
        key = wire_key(follower_partition(change.id), FOLLOWER)
        yield {"Delete": {"TableName": table, "Key": key, **_condition(change.version)}}


def _condition(version: int) -> dict[str, Any]:
    if not version:
        return {
            "ConditionExpression": "attribute_not_exists(#key)",
            "ExpressionAttributeNames": {"#key": PARTITION_KEY},
        }
    return {
        "ConditionExpression": "#version = :version",
        "ExpressionAttributeNames": {"#version": "version"},
        "ExpressionAttributeValues": {":version": {"N": str(version)}},
    }


def _of_counts(table: str, before: Iterable[Place], after: Iterable[Place]) -> Iterator[dict[str, Any]]:
    more = Counter(after)
    more.subtract(before)
    for place, count in more.items():
        if count:
            yield {
                "Update": {
                    "TableName": table,
                    "Key": wire_key(place.kind, place.counter),
                    "UpdateExpression": "ADD #followers :count",
                    "ExpressionAttributeNames": {"#followers": FOLLOWERS},
                    "ExpressionAttributeValues": {":count": {"N": str(count)}},
                }
            }


def _with(follower: Follower, topic: str) -> Place:
    channel = follower.channel
    return Place(topic_partition(channel, topic), topic_count(channel, topic, follower.id), TOPICS)


def _of_digest(follower: Follower) -> Recipient:
    return Recipient(
        id=follower.id,
        address=follower.address,
        zone=follower.zone,
        topics=tuple(sorted(follower.topics)),
        told_until=follower.told_until,
        until=follower.last_until,
    )
