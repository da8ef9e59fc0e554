"""An audience for tests of fan-outs: its table, its queues, one worker, and a channel that says what it is told to."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_topics import Channel, Topic, Topics
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.followers.items import wire_key
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.outcomes import Digest, Outcome, Sent
from lambdas.followers.plan import Plan, Told
from lambdas.followers.planner import Planner
from lambdas.followers.plans import Plans
from lambdas.followers.recipients import Recipient
from lambdas.followers.worker import ChannelWork, Services, make_worker
from tests.fakes.audience_table import AudienceTable
from tests.fakes.clock import Clock
from tests.fakes.network import DirectNetwork
from tests.fakes.sqs import Queue, Sqs, Stored, system_attributes

START = 1_800_000_000.0
TABLE = "audience"
TOPICS = Topics({"line-*": Topic("Line {}", "Delays."), "news": Topic("News", "New.", ("site.published",))})


def an_id(number: int, of: int = 16) -> str:
    """The id of one of so many followers, who are spread evenly."""
    return f"{(16**32 // of) * number + 7:032x}"


TEN = [an_id(number) for number in range(10)]


def an_event(subject: str = "line-12", **said: Any) -> Event:
    expires = said.pop("expires", "")
    notice = Notice(title="12 is late", severity="warning", expires=expires)
    return Event(
        id=said.pop("id", "e1"),
        source=said.pop("source", "/endpoints/bus"),
        type=said.pop("type", "notice.warning"),
        time=timestamp(said.pop("time", START)),
        subject=subject,
        notice=notice,
        **said,
    )


@dataclass
class FakeChannel:
    """A channel that gives what it is told to, and notes who was told."""

    clock: Clock
    answers: dict[str, list[Outcome]] = field(default_factory=dict)
    seconds: float = 0.1
    told: list[str] = field(default_factory=list)
    chunks: list[int] = field(default_factory=list)
    digests: list[Digest] = field(default_factory=list)
    gone: list[tuple[str, str]] = field(default_factory=list)
    silent: list[str] = field(default_factory=list)
    before_answer: Callable[[], None] | None = None
    dies: bool = False

    def send(self, recipients: Sequence[Recipient], told: Told) -> Mapping[str, Outcome]:
        self.clock.now += self.seconds
        self.chunks.append(len(recipients))
        if self.before_answer:
            action, self.before_answer = self.before_answer, None
            action()
        outcomes = {one.id: self._answer(one.id) for one in recipients}
        self.told += [id for id, outcome in outcomes.items() if outcome == Sent()]
        if self.dies:
            raise RuntimeError("dies")
        if silent := [id for id in self.silent if id in outcomes]:
            self.silent.clear()
        return {id: outcome for id, outcome in outcomes.items() if id not in silent}

    def send_digests(self, digests: Sequence[Digest]) -> Mapping[str, Outcome]:
        self.digests += digests
        if self.before_answer:
            action, self.before_answer = self.before_answer, None
            action()
        return {digest.recipient.id: self._answer(digest.recipient.id) for digest in digests}

    def end(self, id: str, reason: str) -> None:
        self.gone.append((id, reason))

    def _answer(self, id: str) -> Outcome:
        answers = self.answers.get(id, [])
        return answers.pop(0) if answers else Sent()


class Audience:
    """An audience.

    Args:
        work: What differs of the channel's work.
    """

    def __init__(self, channel: Channel = "push", **work: Any) -> None:
        self.clock = Clock(START)
        self.table = AudienceTable()
        self.table.lags = True
        self.sqs = Sqs(DirectNetwork(self.clock))
        self.queue = self.sqs.make(Queue("jobs"))
        self.questions = self.sqs.make(Queue("questions"))
        self.channel_name: Channel = channel
        self.channel = FakeChannel(self.clock)
        self.left: list[str] = []
        self.reports: list[tuple[str, dict[str, int]]] = []
        self.facts: list[dict[str, float]] = []
        self.plans = Plans(self.table, TABLE)  # type: ignore[arg-type]
        self.jobs = JobQueue(self.sqs, "jobs")  # type: ignore[arg-type]
        self.planner = Planner(TOPICS, self.plans, {channel: self.jobs}, lambda: self.clock.now)
        self.invocations = 0
        of_channel: dict[str, Any] = {
            "chunk": 4,
            "give_up_after": 3600.0,
            "send_digests": self.channel.send_digests,
            "leave_digest": self.left.append,
        }
        self.handle = make_worker(
            ChannelWork(channel=channel, send=self.channel.send, end=self.channel.end, **of_channel | work),
            Services(
                dynamodb=self.table,  # type: ignore[arg-type]
                table=TABLE,
                sqs=self.sqs,  # type: ignore[arg-type]
                queue_url="jobs",
                questions_url="questions",
                report=self._report,
                clock=lambda: self.clock.now,
                random=lambda: 0.0,
            ),
        )

    def follow(self, *ids: str, topic: str = "line-12") -> None:
        """These follow a topic."""
        for id in ids:
            item = Recipient(id=id, address=b"sealed").to_item(f"topic#{self.channel_name}#{topic}")
            self.table.put_item(TableName=TABLE, Item=item)
        self.count("topics", f"{self.channel_name}#{topic}#0", len(ids))

    def count(self, partition: str, sort: str, followers: int) -> None:
        """So many follow."""
        item = self.table.items.setdefault((partition, sort), wire_key(partition, sort))
        item["followers"] = {"N": str(followers)}

    def leave(self, id: str, topic: str = "line-12") -> None:
        """This one follows no longer."""
        del self.table.items[f"topic#{self.channel_name}#{topic}", id]

    def fan_out(self, event: Event | None = None) -> Plan:
        """Plan an event and send its jobs."""
        told = self.planner.told_of(event or an_event())
        assert told
        plan = self.planner.plan(told)
        self.planner.send(plan)
        return plan

    def receive(self) -> list[Stored]:
        """What may be received at this moment of what is told."""
        return self.receive_from(self.queue)

    def receive_from(self, queue: Queue) -> list[Stored]:
        """What may be received of a queue at this moment."""
        self.clock.run(self.clock.now)
        return self.sqs.take(queue, 10)

    def work(self, message: Stored, seconds: float = 60.0) -> bool:
        """Give the worker a message; tells whether it has left the queue."""
        self.invocations += 1
        ends_at = self.clock.now + seconds
        context = SimpleNamespace(
            aws_request_id=f"invocation-{self.invocations}",
            get_remaining_time_in_millis=lambda: int((ends_at - self.clock.now) * 1000),
        )
        queue = self.questions if message.id in self.questions.messages else self.queue
        record = {
            "messageId": message.id,
            "receiptHandle": message.receipt,
            "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{queue.name}",
            "body": message.body,
            "attributes": system_attributes(message),
        }
        if self.handle({"Records": [record]}, context)["batchItemFailures"]:
            return False
        self.sqs.delete(queue, message.receipt)
        return True

    def work_off(self, seconds: float = 7200.0) -> None:
        """Work until nothing waits, or for so long."""
        until = self.clock.now + seconds
        while self.waiting() and self.clock.now < until:
            for queue in (self.queue, self.questions):
                for message in self.receive_from(queue):
                    self.work(message)
            self.clock.now = max(self.clock.now, min([*self.waiting(), until]))

    def waiting(self) -> list[float]:
        """When each message of both queues may be received."""
        queues = (self.queue, self.questions)
        return [message.visible_at for queue in queues for message in queue.messages.values()]

    def job_items(self, plan: Plan) -> dict[str, dict[str, Any]]:
        """The items of a plan's jobs by their names."""
        items = self.table.partition(f"fanout#{plan.name}")
        return {item["sk"]["S"]: item for item in items if item["sk"]["S"] != "plan"}

    def counted(self, plan: Plan) -> Counter[str]:
        """What became of how many, by the jobs' items."""
        words = ("sent", "gone", "refused", "later", "held", "expired", "ended", "nothing", "uncertain")
        found: Counter[str] = Counter()
        for item in self.job_items(plan).values():
            found.update({word: int(item[word]["N"]) for word in words if word in item})
        return +found

    def _report(self, outcome: str, job: Job, counts: Mapping[str, int], **facts: float) -> None:
        self.facts.append(facts)
        self.reports.append((outcome, {word: count for word, count in counts.items() if count}))


def an_audience(**work: object) -> Audience:
    """Whose topic ten follow."""
    audience = Audience(**work)  # type: ignore[arg-type]
    audience.follow(*TEN)
    return audience
