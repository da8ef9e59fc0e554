"""A job's item: who works on it until when, how far it is, and what became of its recipients.

A chunk of recipients is recorded by one conditional write, which says at once that the next chunk begins. Who takes a
job over whose worker died finds a chunk in progress: some of its recipients were told, and nobody knows which.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_table import FANOUT_SECONDS, fanout_partition
from lambdas.followers.items import wire_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

_CLAIMABLE: Final = (
    "attribute_not_exists(#done_at) "
    "AND (attribute_not_exists(#owner) OR #lease_until <= :now OR #owner = :owner)"
)

COUNTS: Final = ("sent", "gone", "refused", "later", "held", "expired", "ended", "nothing", "uncertain")
"""The attributes that count recipients."""

_OURS: Final = "#owner = :owner AND #cursor = :from"
"""Nobody has taken it over, and this chunk is not recorded yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobItem:
    """The item.

    Attributes:
        cursor: The id of the last recipient of the last chunk that is recorded; empty for none.
        lease_until: When the worker's lease lapses, unix milliseconds.
        sending: Recipients of the chunk in progress.
        done_at: When the job ended, unix milliseconds; 0 for not yet.
        sent: Recipients who were told.
        gone: Whose address is no more.
        refused: Whom the service refused.
        later: Who come later, each time.
        held: Who come later since it was not the time.
        expired: For whom it was too late.
        ended: Who had ended it before the rest came.
        nothing: For whom a digest had nothing new.
        uncertain: Who may have been told twice; where each has a record, who may not have been told.
    """

    cursor: str
    lease_until: int
    sending: int
    done_at: int
    sent: int
    gone: int
    refused: int
    later: int
    held: int
    expired: int
    ended: int
    nothing: int
    uncertain: int

    @classmethod
    def of(cls, item: Mapping[str, Any]) -> "JobItem":
        """Read an item in DynamoDB's own JSON."""
        names = ("lease_until", "sending", "done_at", *COUNTS)
        numbers = {name: int(item.get(name, {}).get("N", 0)) for name in names}
        return cls(cursor=item.get("cursor", {}).get("S", ""), **numbers)


class TakenError(Exception):
    """Another worker is at work on the job.

    Attributes:
        until: When its lease lapses, unix seconds.
    """

    def __init__(self, until: float) -> None:
        super().__init__("the job is taken")
        self.until = until


class DoneError(Exception):
    """The job is done."""


class LostError(Exception):
    """The lease lapsed, and another worker has taken the job over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A worker's hold of a job.

    Attributes:
        key: The item's.
        owner: Names the worker's invocation.
        until: When it lapses, unix seconds.
        cursor: The id of the last recipient of the last chunk that is recorded; empty for none.
        doubtful: Recipients of the chunk that was in progress when the worker before died.
    """

    key: Mapping[str, Any]
    owner: str
    until: float
    cursor: str
    doubtful: int


class JobItems:
    """The jobs' items.

    Args:
        client: DynamoDB.
        table: The audience's table.
        records: Whether each recipient has a record of its own, by which doubt is counted.
    """

    def __init__(self, client: "DynamoDBClient", table: str, *, records: bool) -> None:
        self._client = client
        self._table = table
        self._doubt = (
            ""
            if records
            else ", #uncertain = if_not_exists(#uncertain, :none) + if_not_exists(#sending, :none)"
        )

    def claim(self, job: Job, owner: str, *, now: float, until: float) -> Lease:
        """Take a job; a chunk that was in progress is counted as uncertain by the same write.

        Raises:
            TakenError: Somebody else has it.
            DoneError: Nothing is left to do.
        """
        item_key = wire_key(fanout_partition(job.fanout), f"{job.channel}#{job_id(job)}")
        names = ("owner", "lease_until", "cursor", "sending", "done_at", "ttl")
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=item_key,
                UpdateExpression=(
                    "SET #owner = :owner, #lease_until = :until, #ttl = :ttl, #sending = :none, "
                    f"#cursor = if_not_exists(#cursor, :start){self._doubt}"
                ),
                ConditionExpression=_CLAIMABLE,
                ExpressionAttributeNames=_aliases(*names, *(("uncertain",) if self._doubt else ())),
                ExpressionAttributeValues={
                    ":owner": {"S": owner},
                    ":until": _time(until),
                    ":now": _time(now),
                    ":ttl": _number(int(now) + FANOUT_SECONDS),
                    ":none": _number(0),
                    ":start": {"S": ""},
                },
                ReturnValues="ALL_OLD",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as failed:
            found: Any = failed.response.get("Item", {})
            if JobItem.of(found).done_at:
                raise DoneError from None
            raise TakenError(JobItem.of(found).lease_until / 1000) from None
        old = JobItem.of(answer.get("Attributes", {}))
        return Lease(
            key=item_key,
            owner=owner,
            until=until,
            cursor=old.cursor,
            doubtful=old.sending,
        )

    def begin(self, lease: Lease, sending: int) -> Lease:
        """Say that the first chunk of so many recipients begins.

        Raises:
            LostError: The job is another's.
        """
        return self._write(lease, "SET #sending = :sending", {":sending": _number(sending)}, lease.cursor)

    def record(self, lease: Lease, cursor: str, counts: Counter[str], sending: int) -> Lease:
        """Record a chunk, and say that the next one begins.

        Raises:
            LostError: The job is another's.
        """
        values = {":sending": _number(sending)}
        return self._write(lease, "SET #cursor = :cursor, #sending = :sending", values, cursor, counts)

    def release(self, lease: Lease, cursor: str, counts: Counter[str]) -> Lease:
        """Record a chunk and give the job back: another worker goes on.

        Raises:
            LostError: The job is another's.
        """
        values = {":sending": _number(0), ":until": _time(0)}
        words = "SET #cursor = :cursor, #sending = :sending, #lease_until = :until"
        return self._write(lease, words, values, cursor, counts)

    def end(self, lease: Lease, cursor: str, counts: Counter[str], now: float) -> Lease:
        """Record the last chunk: the job is done.

        Raises:
            LostError: The job is another's.
        """
        values = {":sending": _number(0), ":now": _time(now)}
        words = "SET #cursor = :cursor, #sending = :sending, #done_at = :now"
        return self._write(lease, words, values, cursor, counts)

    def _write(
        self,
        lease: Lease,
        words: str,
        values: Mapping[str, Any],
        cursor: str,
        counts: Counter[str] | None = None,
    ) -> Lease:
        """Write while the job is ours and where we left it; a call that the client repeats counts once."""
        counted = dict(counts or {})
        adds = f" ADD {', '.join(f'#{word} :{word}' for word in counted)}" if counted else ""
        used = [word[1:] for word in words.replace(",", "").split() if word.startswith("#")]
        try:
            self._client.update_item(
                TableName=self._table,
                Key=dict(lease.key),
                UpdateExpression=words + adds,
                ConditionExpression=_OURS,
                ExpressionAttributeNames=_aliases(*dict.fromkeys((*used, *counted, "owner", "cursor"))),
                ExpressionAttributeValues={
                    **values,
                    **{f":{word}": _number(count) for word, count in counted.items()},
                    ":owner": {"S": lease.owner},
                    ":from": {"S": lease.cursor},
                    **({":cursor": {"S": cursor}} if ":cursor" in words else {}),
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as failed:
            item: Any = failed.response.get("Item", {})
            if item.get("owner") != {"S": lease.owner} or item["cursor"] != {"S": cursor}:
                raise LostError from None
        return replace(lease, cursor=cursor)


def job_id(job: Job) -> str:
    """The name of a job within its fan-out and channel: the start of its share, or what its list and attempt make."""
    if not job.followers:
        return f"share-{job.start or '0'}"
    listed = hashlib.sha256(",".join((str(job.attempt), *job.followers)).encode())
    return f"rest-{job.attempt}-{listed.hexdigest()[:32]}"


def _aliases(*names: str) -> dict[str, str]:
    return {f"#{name}": name for name in names}


def _number(value: int) -> dict[str, str]:
    return {"N": str(value)}


def _time(seconds: float) -> dict[str, str]:
    return _number(round(seconds * 1000))
