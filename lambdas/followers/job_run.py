"""A worker's work on one job: chunk after chunk, each recorded before the next one begins.

The order is the guarantee. A chunk's recipients are told; those who come later are put into the queue; then the chunk
is recorded. A worker that dies before the record leaves a chunk that is told once more, and counted; one that dies
anywhere else leaves nothing.

Workers take turns. A job that is not done after a while goes to the end of the queue as a new message, so that another
event's jobs do not wait for the whole of it. It is given back before that message is sent, and the old message leaves
after: a worker that dies in between leaves the old one.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lambdas.contracts.audience_job import Job
from lambdas.followers.chunk import Chunk, next_chunk
from lambdas.followers.job_item import JobItems, Lease
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.outcomes import End, Gone, Later, Outcome
from lambdas.followers.recipients import Recipient, Recipients
from lambdas.followers.rest import Schedule
from lambdas.followers.telling import Tell
from lambdas.followers.told_records import TAKEN, ToldRecords

MIN_SECONDS: Final = 5.0
"""No further chunk is begun with less time left than this and twice the longest chunk so far."""

TURN_SECONDS: Final = 20.0
"""No further chunk is begun after so long: it is the next job's turn. A turn costs two writes, a read and three
requests of SQS, some tenth of a second; a job of pushes ends before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What a job's run stands on.

    Attributes:
        items: The jobs' items.
        queue: Where the rest goes.
        recipients: Reads recipients.
        tell: Tells a chunk.
        end: Ends who is gone.
        records: Each recipient's record; None where none is kept.
        clock: Unix time in seconds.
        random: A number in [0, 1).
    """

    items: JobItems
    queue: JobQueue
    recipients: Recipients
    tell: Tell
    end: End
    records: ToldRecords | None
    clock: Callable[[], float]
    random: Callable[[], float]


@dataclass(slots=True, kw_only=True)
class JobRun:
    """The work of one invocation on a job.

    Attributes:
        job: The job.
        partition: Where its recipients are.
        give_up_at: When it is too late to tell anybody, unix seconds.
        size: Recipients of a chunk.
        ends_at: When the invocation ends, unix seconds.
        tools: What it stands on.
        lease: The hold of the job.
        counts: What became of how many.
    """

    job: Job
    partition: str
    give_up_at: float
    size: int
    ends_at: float
    tools: Tools
    lease: Lease
    counts: Counter[str] = field(default_factory=Counter)
    _began: float = 0.0
    _longest: float = 0.0

    def run(self) -> bool:
        """Do what a turn has time for; tells whether the job is done. Otherwise it waits at the end of the queue.

        Raises:
            LostError: Another worker has taken the job over.
        """
        self._began = self.tools.clock()
        chunk = self._read(self.lease.cursor)
        self.lease = self.tools.items.begin(self.lease, self._in_doubt(chunk))
        while True:
            began = self.tools.clock()
            counts = self._tell(chunk)
            self._longest = max(self._longest, self.tools.clock() - began)
            if chunk.is_last:
                self.lease = self.tools.items.end(self.lease, chunk.cursor, counts, self.tools.clock())
                self.counts += counts
                return True
            if not self._has_time():
                self.lease = self.tools.items.release(self.lease, chunk.cursor, counts)
                self.counts += counts
                self.tools.queue.put([self.job], self.tools.clock())
                return False
            following = self._read(chunk.cursor)
            self.lease = self.tools.items.record(self.lease, chunk.cursor, counts, self._in_doubt(following))
            self.counts += counts
            chunk = following

    def _read(self, cursor: str) -> Chunk:
        return next_chunk(self.tools.recipients, self.partition, self.job, cursor, self.size)

    def _is_late(self) -> bool:
        return self.tools.clock() >= self.give_up_at

    def _in_doubt(self, chunk: Chunk) -> int:
        """How many nobody knows about if this worker dies during a chunk."""
        return 0 if self._is_late() else len(chunk.recipients)

    def _has_time(self) -> bool:
        now = self.tools.clock()
        return now - self._began < TURN_SECONDS and self.ends_at - now > MIN_SECONDS + 2 * self._longest

    def _tell(self, chunk: Chunk) -> Counter[str]:
        known = self._known(chunk.recipients)
        free = [one for one in chunk.recipients if one.id not in known]
        taken = [id for id, word in known.items() if word == TAKEN]
        if self._is_late():
            words = self._expire(free) | dict.fromkeys(taken, "later")
        else:
            words = self._settle(self.tools.tell(free) if free else {}, taken)
        doubtful = len(chunk.recipients) + chunk.ended if self.job.doubtful else 0
        counts = Counter([*(known | words).values()])
        return counts + Counter(ended=chunk.ended, uncertain=doubtful)

    def _expire(self, recipients: Sequence[Recipient]) -> dict[str, str]:
        """It is too late for these."""
        words = {one.id: "expired" for one in recipients}
        if records := self.tools.records:
            records.record(words, self.tools.clock())
        return words

    def _known(self, recipients: Sequence[Recipient]) -> dict[str, str]:
        """What records say of recipients whom a worker before has told, or has begun to."""
        if not (records := self.tools.records):
            return {}
        now = self.tools.clock()
        return {one.id: word for one in recipients if (word := records.claim(one.id, now))}

    def _settle(self, outcomes: Mapping[str, Outcome], taken: Sequence[str]) -> dict[str, str]:
        """Do what outcomes ask for: those who are gone end, the rest goes into the queue, with those who are taken."""
        now, records = self.tools.clock(), self.tools.records
        for id, outcome in outcomes.items():
            if isinstance(outcome, Gone):
                self.tools.end(id, outcome.reason)
        schedule = Schedule.at(self.job, now, self.give_up_at, self.tools.random, repeats=records is None)
        settled = schedule.sort({**outcomes, **{id: Later(None, "taken") for id in taken}})
        later = {id for rest in settled.rests for id in rest.followers}
        if records:
            records.record({id: settled.words[id] for id in outcomes if id not in later}, now)
            records.forget(id for id in outcomes if id in later)
        self.tools.queue.put(settled.rests, now)
        return dict(settled.words)
