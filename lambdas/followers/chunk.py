"""A chunk: the recipients of a job who are told together."""

from dataclasses import dataclass

from lambdas.contracts.audience_job import Job
from lambdas.followers.recipients import Recipient, Recipients


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A chunk.

    Attributes:
        recipients: Who follows at this moment.
        cursor: The last id of the job that it covers.
        is_last: Whether nobody comes after it.
        ended: How many of a list of followers do not follow any more.
    """

    recipients: tuple[Recipient, ...]
    cursor: str
    is_last: bool
    ended: int = 0


def next_chunk(recipients: Recipients, partition: str, job: Job, cursor: str, size: int) -> Chunk:
    """The chunk of up to `size` recipients that comes after a cursor."""
    if job.followers:
        return _listed(recipients, partition, job, cursor, size)
    found = recipients.after(partition, job.start, job.end, cursor, size)
    last = found[-1].id if found else cursor
    return Chunk(recipients=tuple(found), cursor=last, is_last=len(found) < size)


def _listed(recipients: Recipients, partition: str, job: Job, cursor: str, size: int) -> Chunk:
    left = [id for id in job.followers if id > cursor]
    ids = left[:size]
    found = recipients.named(partition, ids)
    return Chunk(
        recipients=tuple(found),
        cursor=ids[-1] if ids else cursor,
        is_last=len(left) <= size,
        ended=len(ids) - len(found),
    )
