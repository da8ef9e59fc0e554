"""The followers of an audience in its table: each change is one transaction, so that the counts are exact."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

from lambdas.contracts.audience_table import (
    FOLLOWER,
    PARTITION_KEY,
    PROOF,
    SORT_KEY,
    digest_partition,
    follower_partition,
)
from lambdas.contracts.audience_topics import Channel
from lambdas.followers import transitions
from lambdas.followers.changes import Change, transaction_of
from lambdas.followers.follower import Follower
from lambdas.followers.items import Item, follower_of, wire_key
from lambdas.followers.recipients import Recipient
from lambdas.followers.transitions import Asked

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

Result = TypeVar("Result")

TRIES: Final = 8
FIRST_WAIT: Final = 0.02
"""Seconds; each further one is up to twice as long. A transaction takes about as long, and those who follow the same
topic at once meet at its count."""

_PASSING: Final = frozenset(
    {
        "ConditionalCheckFailed",
        "TransactionConflict",
        "ThrottlingError",
        "ProvisionedThroughputExceeded",
        "None",
    }
)
"""Why a transaction may be cancelled that succeeds later (DynamoDB API reference, `TransactWriteItems`)."""


class BusyError(Exception):
    """Others have changed the same again and again; it may be tried later."""


class Followers:
    """The followers.

    Every call may be repeated when its answer was lost. A follower's item is written only over the version that was
    read, so that two calls at once come one after the other.

    Args:
        client: DynamoDB.
        table: The audience's table (`lambdas.contracts.audience_table`).
        clock: Unix seconds.
        sleep: Waits for so many seconds.
        fraction: A random number below 1.
    """

    def __init__(
        self,
        client: "DynamoDBClient",
        table: str,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        fraction: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._table = table
        self._clock = clock
        self._sleep = sleep
        self._fraction = fraction

    def get(self, id: str) -> Follower | None:
        """A follower, in whatever state; None where nothing is known of it any more."""
        return _alive(self._read(id), self._clock())

    def put_question(self, follower: Follower) -> Asked:
        """Somebody asked in the name of a person.

        Args:
            follower: Who is to be asked, with `question`; what it is when it confirms.

        Returns:
            What is to be done about it. The same question again is asked again, since its message may be lost.
        """

        def decide(found: Follower | None, now: float) -> tuple[Asked, Follower | None]:
            return transitions.asked(found, follower, now)

        return self._change(follower.id, decide)

    def take_back_question(self, id: str, question: str, since: float) -> None:
        """A question was certainly not sent: whoever asks next is heard, and need not wait for a day.

        Args:
            id: The follower's.
            question: The answer's digest.
            since: When it was tried, unix seconds; one that was put before stays.
        """
        self._change(id, lambda found, now: (None, transitions.not_asked(found, question, since)))

    def confirm(self, id: str, question: str, at: str) -> Follower | None:
        """A person answers the question; twice does no harm.

        Args:
            id: The follower's.
            question: The answer's digest (`lambdas.followers.question.answer_digest`).
            at: Now, RFC 3339 in UTC.

        Returns:
            Who follows now; None where this answers no question, or a code comes too late or after too many others.
        """
        return self._change(id, lambda found, now: transitions.confirmed(found, question, at, now))

    def follow(self, follower: Follower) -> Follower:
        """A person follows at once, since it is known to be that person: a browser, or an import with its proof.

        Returns:
            The follower with all that it follows.

        Raises:
            SuppressedError: It must never be written to.
            TooManyTopicsError: It would follow too many topics.
        """

        def decide(found: Follower | None, now: float) -> tuple[Follower, Follower]:
            new = transitions.followed(found, follower)
            return new, new

        return self._change(follower.id, decide)

    def set_preferences(self, id: str, topics: tuple[str, ...], zone: str, at: str) -> Follower | None:
        """A follower says anew what it follows; with no topics it ends.

        Args:
            id: The follower's.
            topics: All that it follows from now on.
            zone: Its time zone; empty for UTC.
            at: The time of day of its digest; empty for at once, and where there are none in its channel.

        Returns:
            The follower; None where it follows nothing, now or before.

        Raises:
            TooManyTopicsError: These are too many.
        """

        def decide(found: Follower | None, now: float) -> tuple[Follower | None, Follower | None]:
            new = transitions.preferred(found, topics, zone, at, now)
            return (new if new and new.state == "following" else None), new

        return self._change(id, decide)

    def renew(self, old_id: str, follower: Follower) -> Follower | None:
        """A browser's new subscription takes over what its old one followed, and the old one is forgotten.

        Args:
            old_id: Who had the old subscription; it may be the same.
            follower: The new one; its topics and its consent are the old one's.

        Returns:
            The new one; None where there is nothing to take over.
        """
        if old_id == follower.id:
            return self._change(old_id, lambda found, now: _renewed(found, follower))

        def decide(found: list[Follower | None], now: float) -> tuple[Follower | None, list[Follower | None]]:
            old, known = found
            new = transitions.renewed(old, known, follower)
            return new, [None if new else old, new or known]

        return self._change_all([old_id, follower.id], decide)

    def leave_digest(self, id: str) -> None:
        """The last digest of one who is told at once has come."""
        self._change(id, lambda found, now: (None, transitions.left_digest(found)))

    def end(self, id: str, reason: str) -> bool:
        """A follower does not want it any more; tells whether it was following."""

        def decide(found: Follower | None, now: float) -> tuple[bool, Follower | None]:
            return found is not None and found.state == "following", transitions.ended(found, reason, now)

        return self._change(id, decide)

    def suppress(self, id: str, channel: Channel, reason: str) -> bool:
        """A person must never be written to again, known or not; tells whether it was following.

        Args:
            id: The follower's.
            channel: The channel.
            reason: ``bounce``, ``complaint``, ``stop``.
        """

        def decide(found: Follower | None, now: float) -> tuple[bool, Follower]:
            was = found is not None and found.state == "following"
            return was, transitions.suppressed(found, id, channel, reason)

        return self._change(id, decide)

    def allow(self, id: str) -> bool:
        """A person may be asked again; tells whether it was suppressed. It follows nothing by that."""

        def decide(found: Follower | None, now: float) -> tuple[bool, Follower | None]:
            return found is not None and found.state == "suppressed", transitions.allowed(found)

        return self._change(id, decide)

    def erase(self, id: str) -> Follower | None:
        """Forget a follower: its item, its places, its proofs, and that it is suppressed; gives what there was.

        What is counted of it in other partitions expires by itself (`lambdas.contracts.audience_table`).
        """
        was = self._change(id, lambda found, now: (found, None))
        for item in self._proof_items(id):
            key = {name: item[name] for name in (PARTITION_KEY, SORT_KEY)}
            self._client.delete_item(TableName=self._table, Key=key)
        return was

    def proofs(self, id: str) -> list[Follower]:
        """What is left of a person's earlier consents, the oldest first."""
        return [follower_of(item) for item in self._proof_items(id)]

    def all(self) -> Iterator[Follower]:
        """Every follower, in whatever state, in no order; the table is read whole."""
        start: dict[str, Any] = {}
        while True:
            page = self._client.scan(
                TableName=self._table,
                FilterExpression="#sort = :follower",
                ExpressionAttributeNames={"#sort": SORT_KEY},
                ExpressionAttributeValues={":follower": {"S": FOLLOWER}},
                **start,
            )
            now = self._clock()
            yield from (who for item in page["Items"] if (who := _alive(follower_of(item), now)))
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def _change(
        self, id: str, decide: Callable[[Follower | None, float], tuple[Result, Follower | None]]
    ) -> Result:
        def decide_one(found: list[Follower | None], now: float) -> tuple[Result, list[Follower | None]]:
            result, new = decide(found[0], now)
            return result, [new]

        return self._change_all([id], decide_one)

    def _change_all(
        self,
        ids: list[str],
        decide: Callable[[list[Follower | None], float], tuple[Result, list[Follower | None]]],
    ) -> Result:
        for attempt in range(TRIES):
            read, now = [self._with_digest(self._read(id)) for id in ids], self._clock()
            found = [_alive(item, now) for item in read]
            result, wanted = decide(found, now)
            changes = [
                _change_of(id, item, old, new, now)
                for id, item, old, new in zip(ids, read, found, wanted, strict=True)
                if new != item
            ]
            if not changes or self._write(changes):
                return result
            self._sleep(self._fraction() * FIRST_WAIT * 2**attempt)
        raise BusyError

    def _read(self, id: str) -> Follower | None:
        item = self._item(follower_partition(id), FOLLOWER)
        return follower_of(item) if item else None

    def _with_digest(self, found: Follower | None) -> Follower | None:
        """What its digest's recipient says of a follower that gets one, too."""
        if found is None or found.state != "following" or not found.digest:
            return found
        zone, _, at = found.digest.rpartition("#")
        item = self._item(digest_partition(zone, at), found.id)
        place = Recipient.of(item) if item else None
        return replace(found, told_until=place.told_until, last_until=place.until) if place else found

    def _item(self, partition: str, sort: str) -> Item | None:
        key = wire_key(partition, sort)
        return self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")

    def _write(self, changes: list[Change]) -> bool:
        """Write the changes; tells whether nobody else came between."""
        writes: Any = transaction_of(self._table, changes)
        try:
            self._client.transact_write_items(TransactItems=writes)
        except self._client.exceptions.TransactionCanceledException as error:
            reasons: Any = error.response.get("CancellationReasons", [])
            if all(reason.get("Code") in _PASSING for reason in reasons):
                return False
            raise
        return True

    def _proof_items(self, id: str) -> Sequence[Item]:
        """They fit on one page."""
        return self._client.query(
            TableName=self._table,
            KeyConditionExpression="#key = :key AND begins_with(#sort, :proof)",
            ExpressionAttributeNames={"#key": PARTITION_KEY, "#sort": SORT_KEY},
            ExpressionAttributeValues={":key": {"S": follower_partition(id)}, ":proof": {"S": PROOF}},
            ConsistentRead=True,
        )["Items"]


def _alive(found: Follower | None, now: float) -> Follower | None:
    """What has expired is not known any more, though it may still be read (DynamoDB developer guide, "TTL")."""
    return None if found and found.ttl and found.ttl <= now else found


def _change_of(
    id: str, item: Follower | None, old: Follower | None, new: Follower | None, now: float
) -> Change:
    """The change of one follower. A version is never used twice, even by one who was forgotten between."""
    version = item.version if item else 0
    if new:
        new = transitions.in_digest(old, new, now)
        new = replace(new, version=max(version, round(now * 1000)) + 1)
    return Change(id=id, version=version, old=old, new=new, proof=transitions.proof_left(old, new, now))


def _renewed(found: Follower | None, wanted: Follower) -> tuple[Follower | None, Follower | None]:
    new = transitions.renewed(found, found, wanted)
    return new, new or found
