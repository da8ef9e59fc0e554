"""The fan-out with one thing wrong in it: the simulation must notice each of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, Final

from lambdas.contracts.audience_job import Job
from lambdas.followers import changes, digest_runs, job_item, recipients, transitions, worker
from lambdas.followers.digest_runs import DigestItem
from lambdas.followers.follower import Follower
from lambdas.followers.job_item import JobItems, Lease
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.job_run import JobRun
from lambdas.followers.news import news_item
from lambdas.followers.outcomes import Later
from lambdas.followers.plan import Plan, Told
from lambdas.followers.planner import Planner
from lambdas.followers.recipients import Recipients
from lambdas.followers.store import Followers
from lambdas.followers.told_records import TAKEN, ToldRecords
from tests.simulation.mutations import Mutation


def _records_first(self: JobRun) -> bool:
    chunk = self._read(self.lease.cursor)
    while not chunk.is_last:
        self.lease = self.tools.items.record(self.lease, chunk.cursor, Counter(), 0)
        self.counts += self._tell(chunk)
        chunk = self._read(chunk.cursor)
    self.lease = self.tools.items.end(self.lease, chunk.cursor, Counter(), self.tools.clock())
    self.counts += self._tell(chunk)
    return True


class _Deferred:
    """A queue and items of jobs: a rest leaves only when something was recorded."""

    def __init__(self, queue: JobQueue, items: JobItems, job: Job) -> None:
        self._queue, self._items, self._job = queue, items, job
        self._waiting: list[tuple[Sequence[Job], float]] = []

    def put(self, jobs: Sequence[Job], now: float) -> None:
        if list(jobs) == [self._job]:  # its turn is over, and that is recorded
            self._queue.put(jobs, now)
        else:
            self._waiting.append((jobs, now))

    def __getattr__(self, name: str) -> Any:
        def write(*of: Any) -> Lease:
            written: Lease = getattr(self._items, name)(*of)
            while self._waiting:
                self._queue.put(*self._waiting.pop())
            return written

        return write


def _rest_last(self: JobRun, run: Any = JobRun.run) -> bool:
    deferred: Any = _Deferred(self.tools.queue, self.tools.items, self.job)
    self.tools = replace(self.tools, queue=deferred, items=deferred)
    done: bool = run(self)
    return done


def _turn_not_put_back(self: JobRun, run: Any = JobRun.run) -> bool:
    put = self.tools.queue.put

    def put_rests(jobs: Any, now: float) -> None:
        put([job for job in jobs if job != self.job], now)

    self.tools = replace(self.tools, queue=SimpleNamespace(put=put_rests))  # type: ignore[arg-type]
    done: bool = run(self)
    return done


def _id_by_attempt(job: Job, job_id: Any = job_item.job_id) -> str:
    return f"rest-{job.attempt}" if job.followers else str(job_id(job))


def _plans_anew(self: Planner, told: Told) -> Plan:
    plans = self._plans
    followers = plans.followers(told.topic, self._queues)
    made = Plan(name=told.fanout, at=self._clock(), followers=followers, told=told)
    news = [plans.put(news_item(made, told))] if "email" in self._queues else []
    plans._client.transact_write_items(TransactItems=[plans.put(made.to_item()), *news])  # type: ignore[list-item]
    return made


def _news_after_the_plan(self: Planner, told: Told) -> Plan:
    if plan := self._plans.get(told.fanout):
        return plan
    followers = self._plans.followers(told.topic, self._queues)
    made = Plan(name=told.fanout, at=self._clock(), followers=followers, told=told)
    self._plans.write(made)
    self._plans._client.put_item(TableName=self._plans._table, Item=news_item(made, told))
    return made


def _forgets_the_cursor(self: JobItems, *of: Any, claim: Any = JobItems.claim, **times: Any) -> Lease:
    return replace(claim(self, *of, **times), cursor="")


def _keeps_the_lease(self: JobItems, lease: Lease, cursor: str, counts: Any) -> Lease:
    return self.record(lease, cursor, counts, 0)


def _never_lapses(
    self: JobItems, job: Job, owner: str, *, now: float, until: float, claim: Any = JobItems.claim
) -> Any:
    return claim(self, job, owner, now=now, until=until + 100 * 86_400)


def _counts_no_doubt(
    self: JobItems, client: Any, table: str, *, records: bool, init: Any = JobItems.__init__
) -> None:
    init(self, client, table, records=True)


def _counts_nothing(
    self: JobItems,
    lease: Any,
    words: Any,
    values: Any,
    cursor: Any,
    counts: Any = None,
    write: Any = JobItems._write,
) -> Any:
    return write(self, lease, words, values, cursor)


def _fails_as_a_whole(self: JobRun, outcomes: Any, *of: Any, settle: Any = JobRun._settle) -> Any:
    if any(isinstance(outcome, Later) for outcome in outcomes.values()):
        raise RuntimeError("one of them comes later")
    return settle(self, outcomes, *of)


def _sends_no_rest(self: JobQueue, jobs: Any, now: float, put: Any = JobQueue.put) -> None:
    put(self, [job for job in jobs if not job.followers], now)


def _halves_waits(self: JobQueue, jobs: Any, now: float, put: Any = JobQueue.put) -> None:
    put(
        self,
        [replace(job, not_before=(job.not_before + now) / 2 if job.followers else 0.0) for job in jobs],
        now,
    )


def _doubts_nothing(self: JobQueue, jobs: Any, now: float, put: Any = JobQueue.put) -> None:
    put(self, [replace(job, doubtful=False) for job in jobs], now)


def _always_done(self: Any, *of: Any, work: Any = worker._Worker.work) -> bool:
    work(self, *of)
    return True


def _ends_nobody(self: JobRun, *of: Any, settle: Any = JobRun._settle) -> Any:
    self.tools = replace(self.tools, end=lambda id, reason: None)
    return settle(self, *of)


def _is_false(*_: Any) -> bool:
    return False


def _is_true(*_: Any) -> bool:
    return True


def _does_nothing(*_: Any, **__: Any) -> None:
    """Nothing."""


def _drops_the_taken(self: ToldRecords, id: str, now: float, claim: Any = ToldRecords.claim) -> str:
    word: str = claim(self, id, now)
    return "later" if word == TAKEN else word


def _claims_all(self: ToldRecords, id: str, now: float) -> str:
    self.record({id: "sending"}, now)
    return ""


def _knows_of_no_begun_run(item: Any, of: Any = DigestItem.of) -> DigestItem:
    slot: DigestItem = of(item)
    return replace(slot, sent=slot.ran)


def _since_yesterday(*of: Any, record: Any, leave: Any, by_digests: Any = worker.by_digests) -> Any:
    def moved(recipient: Any, seconds: float) -> Any:
        return replace(recipient, told_until=recipient.told_until and recipient.told_until + seconds)

    def record_as_read(recipient: Any, until: float) -> Any:
        return record(moved(recipient, 86_400.0), until)

    tell = by_digests(*of, record=record_as_read, leave=leave)
    return lambda recipients: tell([moved(one, -86_400.0) for one in recipients])


def _begins_with_the_run(old: Any, new: Follower, now: float) -> Follower:
    return replace(new, told_until=0.0)


def _begins_with_the_move(old: Any, new: Follower, now: float) -> Follower:
    return replace(new, told_until=now if new.at else 0.0)


def _leaves_at_once(old: Any, new: Follower, now: float, in_digest: Any = transitions.in_digest) -> Follower:
    moved: Follower = in_digest(old, new, now)
    return replace(moved, last="", told_until=moved.told_until if moved.at else 0.0)


def _no_condition(*_: Any) -> Mapping[str, Any]:
    return {}


def _records_blindly(self: Any, *of: Any, record: Any = Recipients.record) -> bool:
    record(self, *of)
    return True


_NOT_DONE: Final = "attribute_not_exists(#done_at)"
_EMAIL: Final = {"channel": "email"}
_TEXT: Final = {"channel": "text"}

FAN_OUT_MUTATIONS: Final[Mapping[str, Mutation]] = {
    "recorded-before-sent": Mutation(
        "a chunk is recorded before it is told", {(JobRun, "run"): _records_first}
    ),
    "rest-after-record": Mutation(
        "the rest is sent after the chunk is recorded",
        {(JobRun, "run"): _rest_last},
        first=57,
    ),
    "turn-not-put-back": Mutation(
        "what a turn leaves of a job is not put back", {(JobRun, "run"): _turn_not_put_back}
    ),
    "turn-keeps-the-lease": Mutation(
        "a job whose turn is over stays in the worker's hands", {(JobItems, "release"): _keeps_the_lease}
    ),
    "rest-without-list": Mutation(
        "a rest is named by its attempt alone",
        {(job_item, "job_id"): _id_by_attempt, (worker, "job_id"): _id_by_attempt},
    ),
    "rest-not-sent": Mutation("nobody is tried again", {(JobQueue, "put"): _sends_no_rest}),
    "rest-too-early": Mutation("who comes later comes too early", {(JobQueue, "put"): _halves_waits}),
    "rest-fails-the-job": Mutation(
        "a job fails as a whole where one recipient comes later", {(JobRun, "_settle"): _fails_as_a_whole}
    ),
    "lease-not-checked": Mutation("every claim is granted", {(job_item, "_CLAIMABLE"): _NOT_DONE}),
    "lease-never-lapses": Mutation("a dead worker keeps its job", {(JobItems, "claim"): _never_lapses}),
    "owner-not-checked": Mutation(
        "a worker goes on that has lost its job",
        {(job_item, "_OURS"): "#cursor = :from", (job_item, "_CLAIMABLE"): _NOT_DONE},
    ),
    "cursor-forgotten": Mutation(
        "a job that is resumed begins anew", {(JobItems, "claim"): _forgets_the_cursor}
    ),
    "doubt-not-counted": Mutation(
        "a dead worker's chunk is told again uncounted",
        {(JobItems, "__init__"): _counts_no_doubt},
        first=96,
    ),
    "lost-answer-not-counted": Mutation(
        "who may have been told is told again uncounted",
        {(JobQueue, "put"): _doubts_nothing},
        first=45,
    ),
    "nothing-counted": Mutation(
        "what became of recipients is not counted", {(JobItems, "_write"): _counts_nothing}
    ),
    "out-of-time": Mutation(
        "chunks are begun up to the last moment",
        {(JobRun, "_has_time"): _is_true},
        world={"crowd": 12},
        first=243,
    ),
    "message-dropped": Mutation(
        "a message leaves the queue though its job waits", {(worker._Worker, "work"): _always_done}
    ),
    "expiry-ignored": Mutation("nothing is ever too late", {(JobRun, "_is_late"): _is_false}),
    "range-end-inclusive": Mutation(
        "who is where a share ends belongs to both", {(recipients, "_before"): lambda id: id}
    ),
    "gone-not-ended": Mutation("who is gone follows on", {(JobRun, "_settle"): _ends_nobody}),
    "records-not-checked": Mutation(
        "a text message is sent whatever is recorded", {(ToldRecords, "claim"): _claims_all}, world=_TEXT
    ),
    "records-not-forgotten": Mutation(
        "who comes later counts as being told",
        {(ToldRecords, "forget"): _does_nothing},
        world=_TEXT,
        first=274,
    ),
    "taken-dropped": Mutation(
        "whom another job is telling is left to it",
        {(ToldRecords, "claim"): _drops_the_taken},
        world=_TEXT,
        first=1811,
    ),
    "plan-not-conditional": Mutation(
        "an event that is repeated is planned anew", {(Planner, "plan"): _plans_anew}, world=_EMAIL
    ),
    "news-after-plan": Mutation(
        "news are written after the plan and not with it",
        {(Planner, "plan"): _news_after_the_plan},
        world=_EMAIL,
    ),
    "digest-begun-forgotten": Mutation(
        "a run that was begun is not finished", {(DigestItem, "of"): _knows_of_no_begun_run}, world=_EMAIL
    ),
    "digest-since-yesterday": Mutation(
        "a digest has a day's news whenever the last one was",
        {(worker, "by_digests"): _since_yesterday},
        world=_EMAIL,
    ),
    "digest-told-not-recorded": Mutation(
        "up to when a digest has told is not recorded", {(Recipients, "record"): _is_true}, world=_EMAIL
    ),
    "digest-move-forgets": Mutation(
        "another digest begins with its own last run",
        {(transitions, "in_digest"): _begins_with_the_run},
        world=_EMAIL,
    ),
    "digest-move-begins-anew": Mutation(
        "another digest begins with the move",
        {(transitions, "in_digest"): _begins_with_the_move},
        world=_EMAIL,
    ),
    "digest-left-at-once": Mutation(
        "who moves from a digest to at once leaves what waited",
        {(transitions, "in_digest"): _leaves_at_once},
        world=_EMAIL,
    ),
    "digest-never-left": Mutation(
        "the last digest of who is told at once comes again and again",
        {(Followers, "leave_digest"): _does_nothing},
        world=_EMAIL,
    ),
    "digest-last-without-end": Mutation(
        "the last digest of who is told at once has all that is new",
        {(transitions, "CHANGE_SECONDS"): 2 * 86_400.0},
        world=_EMAIL,
    ),
    "digest-move-unconditional": Mutation(
        "who is being told by a digest moves as if it were not",
        {(changes, "untold"): _no_condition},
        world=_EMAIL,
        first=121,
    ),
    "digest-move-not-counted": Mutation(
        "who moves while being told is not counted",
        {(Recipients, "record"): _records_blindly},
        world=_EMAIL,
    ),
    "digest-not-settled": Mutation(
        "a digest has what may not be written yet",
        {(digest_runs, "SETTLING_SECONDS"): -1.0},
        world=_EMAIL,
        first=496,
    ),
}
