"""A channel's worker: what its function does with each message of its queues.

    handle = make_worker(channel, services)

A job that is done, and one that somebody else has done, leaves the queue; one whose turn is over comes again as a new
message. What is not due yet, or is in other hands, is hidden for as long; what fails comes again by the queue's own
visibility, and ends in the dead letters.
"""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_table import PENDING_SECONDS
from lambdas.contracts.audience_topics import Channel
from lambdas.followers.job_item import DoneError, JobItems, Lease, LostError, TakenError, job_id
from lambdas.followers.job_queue import JobQueue, Message
from lambdas.followers.job_run import JobRun, Tools
from lambdas.followers.news import News
from lambdas.followers.outcomes import Ask, End, Held, Later, Send, SendDigests
from lambdas.followers.plan import Plan
from lambdas.followers.plans import Plans
from lambdas.followers.recipients import Recipients
from lambdas.followers.rest import Schedule
from lambdas.followers.telling import Leave, Tell, by_digests, of_event
from lambdas.followers.told_records import ToldRecords

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient
    from mypy_boto3_sqs.client import SQSClient

LEASE_MARGIN: Final = 2.0
"""Seconds for which a lease outlives its invocation: by so much clocks may differ."""


class Report(Protocol):
    """Where it is reported how the work on a job ended: one log line and the metrics (`lambdas.runtime.job_report`)."""

    def __call__(self, outcome: str, job: Job, counts: Mapping[str, int], **facts: float) -> None:
        """Report; `counts` are recipients by what became of them (`lambdas.followers.job_item.COUNTS`)."""
        ...


class Context(Protocol):
    """What is used of Lambda's context object (Lambda developer guide, "Using the Lambda context object")."""

    @property
    def aws_request_id(self) -> str:
        """Names the invocation."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends it."""
        ...


Handler = Callable[[Mapping[str, Any], Context], dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a worker stands on.

    Attributes:
        dynamodb: The client.
        table: The audience's table.
        sqs: The client.
        queue_url: The queue of what is told.
        questions_url: The queue of questions; empty for a channel without.
        report: Where the work is reported.
        clock: Unix time in seconds.
        random: A number in [0, 1).
    """

    dynamodb: "DynamoDBClient"
    table: str
    sqs: "SQSClient"
    queue_url: str
    questions_url: str = ""
    report: Report
    clock: Callable[[], float] = time.time
    random: Callable[[], float] = random.random


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelWork:
    """A channel's part of the work.

    Attributes:
        channel: Which.
        send: Tells recipients of an event.
        end: Ends a follower whose address is no more.
        chunk: Recipients who are told at once.
        give_up_after: Seconds after which nobody is told any more, where the notice does not say.
        records: Whether each recipient has a record, so that nobody is told twice in any case.
        send_digests: Sends digests; None for a channel without.
        leave_digest: Ends the digests of a follower whose last one has come; None for a channel without.
        ask: Asks one person; None for a channel without questions.
    """

    channel: Channel
    send: Send
    end: End
    chunk: int
    give_up_after: float
    records: bool = False
    send_digests: SendDigests | None = None
    leave_digest: Leave | None = None
    ask: Ask | None = None


def make_worker(work: ChannelWork, services: Services) -> Handler:
    """The handler of a channel's function; its event source gives it one message at a time."""
    worker = _Worker(work, services)

    def handle(event: Mapping[str, Any], context: Context) -> dict[str, Any]:
        messages = [Message.of_record(record) for record in event["Records"]]
        staying = [message for message in messages if not worker.work(message, context)]
        return {"batchItemFailures": [{"itemIdentifier": message.id} for message in staying]}

    return handle


class _Worker:
    def __init__(self, work: ChannelWork, services: Services) -> None:
        self._work = work
        self._services = services
        self._queue = JobQueue(services.sqs, services.queue_url)
        self._questions = JobQueue(services.sqs, services.questions_url)
        self._items = JobItems(services.dynamodb, services.table, records=work.records)
        self._plans = Plans(services.dynamodb, services.table)

    def work(self, message: Message, context: Context) -> bool:
        """Work on a message's job; tells whether the message may leave the queue."""
        job, now = message.job, self._services.clock()
        if job.not_before > now:
            return self._hide("waiting", message, job.not_before - now)
        if job.kind == "question":
            return self._ask(message)
        plan = self._plans.get(job.fanout)
        if plan is None:
            return self._report("forgotten", job)
        ends_at = now + context.get_remaining_time_in_millis() / 1000
        try:
            lease = self._items.claim(job, context.aws_request_id, now=now, until=ends_at + LEASE_MARGIN)
        except TakenError as taken:
            return self._hide("taken", message, taken.until - now)
        except DoneError:
            return self._report("done_before", job)
        return self._run(message, self._job_run(job, plan, lease, ends_at))

    def _run(self, message: Message, run: JobRun) -> bool:
        began, outcome = self._services.clock(), "failed"
        run.counts["uncertain"] = 0 if self._work.records else run.lease.doubtful
        try:
            outcome = "told" if run.run() else "returned"
        except LostError:
            outcome = "lost"
        finally:
            seconds = self._services.clock() - began
            self._services.report(outcome, run.job, run.counts, seconds=seconds)
        if outcome == "lost":
            self._give_back(message, 0)
        return outcome != "lost"

    def _job_run(self, job: Job, plan: Plan, lease: Lease, ends_at: float) -> JobRun:
        work, services = self._work, self._services
        dynamodb, table = services.dynamodb, services.table
        own = (job.fanout, job_id(job), lease.owner)
        records = ToldRecords(dynamodb, table, *own) if work.records else None
        tools = Tools(
            items=self._items,
            queue=self._queue,
            recipients=Recipients(dynamodb, table),
            tell=self._tell(plan),
            end=work.end,
            records=records,
            clock=services.clock,
            random=services.random,
        )
        return JobRun(
            job=job,
            partition=plan.partition(work.channel),
            give_up_at=plan.give_up_at(work.give_up_after),
            size=work.chunk,
            ends_at=ends_at,
            tools=tools,
            lease=lease,
        )

    def _tell(self, plan: Plan) -> Tell:
        work, services = self._work, self._services
        if plan.told:
            return of_event(work.send, plan.told)
        if work.send_digests is None or work.leave_digest is None:
            raise LookupError(f"the {work.channel} channel sends no digests")
        news = News(services.dynamodb, services.table)
        recipients = Recipients(services.dynamodb, services.table)
        record = partial(recipients.record, plan.partition(work.channel))
        now = services.clock()
        return by_digests(work.send_digests, news, plan, now, record=record, leave=work.leave_digest)

    def _ask(self, message: Message) -> bool:
        """Ask one person, or try so again later."""
        if self._work.ask is None:
            raise LookupError(f"the {self._work.channel} channel asks no questions")
        outcome, now = self._work.ask(message.job), self._services.clock()
        if isinstance(outcome, Later | Held):
            return self._ask_later(message, outcome, now)
        return self._report("asked", message.job)

    def _ask_later(self, message: Message, outcome: Later | Held, now: float) -> bool:
        """By a job of its own, since a message that is received again and again becomes a dead letter; for a day."""
        job = replace(message.job, first_at=message.job.first_at or message.sent_at)
        give_up_at = job.first_at + PENDING_SECONDS
        schedule = Schedule.at(job, now, give_up_at, self._services.random, repeats=False)
        rests = schedule.sort({job.fanout: outcome}).rests
        if not rests:
            return self._report("given_up", job)
        self._questions.put(rests, now)
        self._services.report("postponed", job, {}, next_try_in=rests[0].not_before - now)
        return True

    def _hide(self, outcome: str, message: Message, seconds: float) -> bool:
        self._give_back(message, seconds)
        self._services.report(outcome, message.job, {}, next_try_in=seconds)
        return False

    def _give_back(self, message: Message, seconds: float) -> None:
        """To the queue that it came from: an older deployment put questions into that of what is told."""
        queue = self._questions if self._questions.has(message) else self._queue
        queue.hide(message, seconds)

    def _report(self, outcome: str, job: Job) -> bool:
        self._services.report(outcome, job, {})
        return True
