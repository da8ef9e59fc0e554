"""A world of fan-outs: followers, events, workers that die, and services that are down; drawn, and then run to its end.

The planner, the workers, the runs of digests and the followers' store are the real ones, over the modelled services.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final
from unittest import mock

from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_topics import Channel, Topic, Topics
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.followers import job_run
from lambdas.followers import plan as plans_of
from lambdas.followers.digest_runs import DigestRuns
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.job_item import COUNTS
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.plan import Plan, digest_name
from lambdas.followers.planner import Planner
from lambdas.followers.plans import Plans
from lambdas.followers.store import Followers
from lambdas.followers.worker import ChannelWork, Services, make_worker
from tests.fakes.audience_table import AudienceTable
from tests.fakes.choices import Choices
from tests.fakes.clock import Clock
from tests.fakes.lambda_service import EventSource
from tests.fakes.network import Crash, Network, current_task
from tests.fakes.sqs import Queue, Sqs
from tests.simulation.fan_out_channel import ModelledChannel, Service, name_of

START: Final = 1_800_000_000.0
"""08:00 in UTC, when the digests of these worlds are due."""

DAY: Final = 86_400.0
MAX_SECONDS: Final = 20 * DAY
TIMEOUT: Final = 40.0
VISIBILITY: Final = 6 * TIMEOUT
MAX_RECEIVES: Final = 10

TABLE: Final = "audience"
TOPICS: Final = Topics({"line-*": Topic("Line {}", "Delays.")})
TOPIC: Final = "line-12"

CHANNELS: Final[tuple[Channel, ...]] = ("push", "email", "text")
GIVE_UP_AFTER: Final = {"push": 3600.0, "email": 12 * 3600.0, "text": 12 * 3600.0}
SHARE: Final = 3
"""Followers of a job, in place of a thousand."""

TURN: Final = 1.0
"""Seconds of a turn, in place of twenty: about as long as a chunk takes."""

CHUNK: Final = 2
"""Recipients who are told at once, in place of a hundred."""

FOLLOWERS: Final = (1, 2, 2, 3, 3, 4, 5, 7, 9)
EVENTS: Final = (1, 1, 1, 2, 2, 3)
PAUSES: Final = (0.0, 0.3, 5.0, 90.0, 3000.0, 40_000.0)
FIRST: Final = (-600.0, -600.0, -0.01)
"""When the first event comes where there are digests: some time before they are due, or just then."""

EXPIRES: Final = (*[0.0] * 8, 60.0, 900.0)
COPIED_AFTER: Final = (0.0, 5.0, 60.0, 1800.0, 90_000.0)
TROUBLE: Final = (*[0.0] * 8, 30.0, 600.0, 5000.0, 50_000.0)
LEAVES_AFTER: Final = (*[None] * 9, 0.0, 1.0, 4.0, 60.0, 2000.0)
GONE_AFTER: Final = (*[None] * 10, 0.0, 3.0)
MOVES_AFTER: Final = (
    *[None] * 6,
    -400.0,
    -0.01,
    0.3,
    1.0,
    2.0,
    5.0,
    300.0,
    900.3,
    2000.0,
    50_000.0,
    86_400.5,
)
"""When a follower moves its digest to another time of day, or to another time zone."""

OTHER_DIGESTS: Final = (("", "20:00"), ("", "08:15"), ("Asia/Tokyo", "17:00"), ("", "08:00"), ("", ""))
"""20:00 of the day before is due when the function runs at 08:00, 08:15 when it runs next, and 17:00 in Tokyo is 08:00;
no time is at once."""

TICKS: Final = tuple(day * DAY + late for day in range(-1, 4) for late in (0.0, 900.0, 1800.0))
"""When the function that starts digests runs. What one leaves undone the next one does; on the last day nothing is new."""


@contextmanager
def modelled() -> Iterator[None]:
    """While the block lasts, jobs are small and turns short."""
    with (
        mock.patch.object(plans_of, "RECIPIENTS", SHARE),
        mock.patch.object(job_run, "TURN_SECONDS", TURN),
    ):
        yield


class Table(AudienceTable):
    """The audience's table at the end of a network.

    Args:
        network: The network; none while the world is made.
        read_at: Notes when each task reads recipients.
    """

    def __init__(self, network: Network, read_at: dict[Any, float]) -> None:
        super().__init__(page=2)
        self._network = network
        self._read_at = read_at
        self.is_far = False

    def query(self, **call: Any) -> Any:
        return self._call("Query", super().query, call)

    def batch_get_item(self, **call: Any) -> Any:
        return self._call("BatchGetItem", super().batch_get_item, call)

    def get_item(self, **call: Any) -> Any:
        return self._call("GetItem", super().get_item, call)

    def put_item(self, **call: Any) -> Any:
        return self._call("PutItem", super().put_item, call)

    def update_item(self, **call: Any) -> Any:
        return self._call("UpdateItem", super().update_item, call)

    def delete_item(self, **call: Any) -> Any:
        return self._call("DeleteItem", super().delete_item, call)

    def transact_write_items(self, **call: Any) -> Any:
        return self._call("TransactWriteItems", super().transact_write_items, call)

    def _call(self, name: str, effect: Callable[..., Any], call: Mapping[str, Any]) -> Any:
        if not self.is_far:
            return effect(**call)

        def at_once() -> Any:
            if name == "BatchGetItem" or _is_of_recipients(call):
                self._read_at[current_task()] = self._network.clock.now
            return effect(**call)

        return self._network.call(f"DynamoDB {name}", at_once)


class FanOutWorld:
    """A world.

    Args:
        choices: What is in it, and what goes wrong.
        channel: Which channel; drawn where it is left out.
        crowd: How many followers; drawn where it is left out.
        note: Takes the lines of the story, with the time.
    """

    def __init__(
        self,
        choices: Choices,
        *,
        channel: Channel | None = None,
        crowd: int = 0,
        note: Callable[[str], None] | None = None,
    ) -> None:
        self.choices = choices
        self.clock = Clock(START - 2 * DAY)
        self.note: Callable[[str], None] = lambda text: None
        if note:
            self.note = lambda text: note(f"{self.clock.now - START:10.3f}  {text}")
        self.network = Network(self.clock, choices, choices.draw(6), self.note)
        self.deaths = 0
        self.letters = 0
        self.read_at: dict[Any, float] = {}
        self.table = Table(self.network, self.read_at)
        self.sqs = Sqs(self.network)
        drawn = choices.draw(3)
        self.channel_name: Channel = channel or CHANNELS[drawn]
        self.followers = Followers(
            self.table,  # type: ignore[arg-type]
            TABLE,
            clock=lambda: self.clock.now,
            sleep=self.clock.sleep,
            fraction=lambda: 0.5,
        )
        self.plans = Plans(self.table, TABLE)  # type: ignore[arg-type]
        self.left_at: dict[str, float] = {}
        self.reports: Counter[str] = Counter()
        self.digested = frozenset[str]()
        self.moves: dict[str, list[tuple[float, str]]] = {}
        self.ids = self._people(crowd or FOLLOWERS[choices.draw(len(FOLLOWERS))])
        self.channel = self._channel()
        self.jobs, self.dead_jobs = self._queue("jobs")
        self.events, self.dead_events = self._queue("events")
        self._functions()
        self.fan_outs = self._events()
        self.digest_runs = self._digests()

    @property
    def undigested(self) -> dict[str, float]:
        """Who moves from a digest to at once, and when at last."""
        return {
            id: max(when for when, at in moves if not at)
            for id, moves in self.moves.items()
            if not all(at for _, at in moves)
        }

    def run(self) -> bool:
        """Run until nothing is left to do; tells whether that came in time."""
        return self.clock.run(START + MAX_SECONDS)

    def redrive(self) -> bool:
        """Send dead letters once more, as an operator does when nothing goes wrong any more."""
        self.network.faults_left = 0
        for queue, dead in ((self.jobs, self.dead_jobs), (self.events, self.dead_events)):
            for letter in list(dead.messages.values()):
                del dead.messages[letter.id]
                self.letters += 1
                self.sqs.put(queue, letter.body)
        return self.clock.run(self.clock.now + MAX_SECONDS)

    def plan(self, fanout: str) -> Plan | None:
        """A fan-out's plan, if it was made."""
        item = self.table.items.get((f"fanout#{fanout}", "plan"))
        return Plan.of(item) if item else None

    def counted(self, fanout: str) -> Counter[str]:
        """What became of how many of a fan-out's recipients, by the items of its jobs."""
        found: Counter[str] = Counter()
        for item in self.job_items(fanout):
            found.update({word: int(item[word]["N"]) for word in COUNTS if word in item})
        return found

    def job_items(self, fanout: str) -> list[dict[str, Any]]:
        """The items of a fan-out's jobs."""
        items = self.table.partition(f"fanout#{fanout}")
        return [item for item in items if item["sk"]["S"] != "plan"]

    def _people(self, count: int) -> list[str]:
        """Followers, some of whom are where one share ends and the next begins; of e-mail some get digests."""
        draw = self.choices.draw
        ids = list(dict.fromkeys(self._an_id(number) for number in range(count)))
        self.digested = frozenset(id for id in ids if self.channel_name == "email" and draw(2))
        for id in ids:
            self.followers.follow(
                Follower(
                    id=id,
                    channel=self.channel_name,
                    state="following",
                    address=b"sealed",
                    topics=(TOPIC,),
                    at="08:00" if id in self.digested else "",
                    consent=Consent(wording="", asked_at="", confirmed_at=timestamp(START), how="import"),
                )
            )
            if (after := LEAVES_AFTER[draw(len(LEAVES_AFTER))]) is not None:
                self.clock.at(START + after, partial(self._leave, id))
        return ids

    def _an_id(self, number: int) -> str:
        drawn = self.choices.draw(24)
        if drawn >= 21:  # in a world of four to nine there are two or three shares
            return (f"{16**8 * (drawn - 20) // 3:08x}", f"{16**8 // 2:08x}")[number % 2].ljust(32, "0")
        return f"{(drawn * 12 + 1):02x}".ljust(31, "3") + f"{number:x}"

    def _leave(self, id: str) -> None:
        self.table.is_far = False
        if self.followers.end(id, "left"):
            self.left_at.setdefault(id, self.clock.now)
            self.note(f"{name_of(id)} leaves")
        self.table.is_far = True

    def _channel(self) -> ModelledChannel:
        draw = self.choices.draw

        def until() -> float:
            seconds = TROUBLE[draw(len(TROUBLE))]
            return START + seconds if seconds else 0.0

        services = [
            Service(down_until=until(), limited_until=until(), slow_until=until()),
            Service(held_until=until() if self.channel_name == "text" else 0.0),
        ]
        gone_from = {}
        for id in self.ids:
            if (after := GONE_AFTER[draw(len(GONE_AFTER))]) is not None:
                gone_from[id] = START + after
        return ModelledChannel(
            clock=self.clock,
            choices=self.choices,
            note=self.note,
            spend_fault=self._spend_fault,
            services=services,
            service_of={id: draw(2) for id in self.ids},
            gone_from=gone_from,
            refused=frozenset(id for id in self.ids if draw(12) == 11),
            left_at=self.left_at,
            read_at=self.read_at,
        )

    def _queue(self, name: str) -> tuple[Queue, Queue]:
        dead = self.sqs.make(Queue(f"{name}-dead"))
        made = Queue(name, visibility=VISIBILITY, max_receives=MAX_RECEIVES, dead_letters=dead)
        return self.sqs.make(made), dead

    def _functions(self) -> None:
        jobs = JobQueue(self.sqs, "jobs")  # type: ignore[arg-type]
        self.planner = Planner(TOPICS, self.plans, {self.channel_name: jobs}, lambda: self.clock.now)
        self.work = make_worker(
            ChannelWork(
                channel=self.channel_name,
                send=self.channel.send,
                send_digests=self.channel.send_digests,
                leave_digest=self.followers.leave_digest,
                end=self._end,
                chunk=CHUNK,
                give_up_after=GIVE_UP_AFTER[self.channel_name],
                records=self.channel_name == "text",
            ),
            Services(
                dynamodb=self.table,  # type: ignore[arg-type]
                table=TABLE,
                sqs=self.sqs,  # type: ignore[arg-type]
                queue_url="jobs",
                report=self._report,
                clock=lambda: self.clock.now,
                random=self.choices.fraction,
            ),
        )
        for queue, handler in ((self.jobs, self.work), (self.events, self._plan)):
            EventSource(
                clock=self.clock,
                network=self.network,
                choices=self.choices,
                sqs=self.sqs,
                queue=queue,
                handler=handler,
                timeout=TIMEOUT,
                concurrency=3,
                batch=1,
                on_death=self._died,
            )

    def _events(self) -> list[str]:
        """Events come, and some of them come again; gives the names of their fan-outs."""
        draw = self.choices.draw
        pause = PAUSES[draw(len(PAUSES))]
        names = []
        first = START + (FIRST[draw(len(FIRST))] if self.channel_name == "email" else 0.0)
        for number in range(EVENTS[draw(len(EVENTS))]):
            at = first + number * pause
            after = EXPIRES[draw(len(EXPIRES))]
            notice = Notice(title="Late", expires=timestamp(at + after) if after else "")
            event = Event(
                id=f"e{number}", source="/endpoints/bus", type="notice.warning", time=timestamp(at),
                subject=TOPIC, notice=notice,
            )  # fmt: skip
            times = [at]
            if draw(6) == 5:
                times.append(at + COPIED_AFTER[draw(len(COPIED_AFTER))])
            for time in times:
                self.clock.at(time, partial(self.sqs.put, self.events, event.to_json()))
            told = self.planner.told_of(event)
            names += [told.fanout] if told else []
        self.table.is_far = True
        return names

    def _digests(self) -> list[str]:
        """The function that starts digests; gives the names of the runs that there may be."""
        if not self.digested:
            return []
        digests = {("", "08:00"), *self._moves()}
        queue = JobQueue(self.sqs, "jobs")  # type: ignore[arg-type]
        runs = DigestRuns(self.table, TABLE, queue, lambda: self.clock.now)  # type: ignore[arg-type]
        for after in TICKS:
            self.clock.at(START + after, lambda: self.clock.start(lambda: self._start(runs)))
        days = [dt.datetime.fromtimestamp(START + day * DAY, dt.UTC).date() for day in range(-2, 5)]
        return [
            digest_name(zone or "UTC", at, day.isoformat()) for zone, at in sorted(digests) for day in days
        ]

    def _moves(self) -> Iterator[tuple[str, str]]:
        """Some move their digests, once or twice; gives to which."""
        draw = self.choices.draw
        for id in [id for id in self.ids if id in self.digested for _ in range(2)]:
            if (after := MOVES_AFTER[draw(len(MOVES_AFTER))]) is not None:
                zone, at = OTHER_DIGESTS[draw(len(OTHER_DIGESTS))]
                self.clock.at(START + after, partial(self.clock.start, partial(self._move, id, zone, at)))
                self.moves.setdefault(id, []).append((START + after, at))
                if at:
                    yield zone, at

    def _move(self, id: str, zone: str, at: str) -> None:
        """Who gets no answer tries again."""
        for _ in range(3):
            try:
                moved = self.followers.set_preferences(id, (TOPIC,), zone, at)
            except (Crash, Exception) as error:
                self.note(f"{name_of(id)} cannot move: {type(error).__name__}")
                self.clock.sleep(10)
            else:
                self.note(f"{name_of(id)} moves to {zone} {at}" if moved else f"{name_of(id)} cannot move")
                return

    def _start(self, runs: DigestRuns) -> None:
        """Lambda repeats an asynchronous invocation that fails, twice."""
        for _ in range(3):
            try:
                runs.start()
            except (Crash, Exception) as error:
                self.note(f"digests: dies of {type(error).__name__}")
                self.clock.sleep(60)
            else:
                return

    def _plan(self, batch: Mapping[str, Any], context: Any) -> Mapping[str, Any]:
        """The audience's subscriber, as the runtime calls it."""
        for record in batch["Records"]:
            told = self.planner.told_of(Event.from_json(record["body"]))
            if told and not 0 < told.expires <= self.clock.now:
                self.planner.send(self.planner.plan(told))
        return {"batchItemFailures": []}

    def _end(self, id: str, reason: str) -> None:
        if self.followers.end(id, reason):
            self.left_at.setdefault(id, self.clock.now)

    def _report(self, outcome: str, job: Job, counts: Mapping[str, int], **facts: float) -> None:
        self.reports[outcome] += 1
        told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
        self.note(
            f"{job.fanout[:4]} {job.start[:4]}{list(map(name_of, job.followers)) or ''}: {outcome} {told}"
        )

    def _spend_fault(self) -> bool:
        if not self.network.faults_left:
            return False
        self.network.faults_left -= 1
        self.network.faults_made += 1
        return True

    def _died(self, task: Any) -> None:
        self.deaths += 1


def _is_of_recipients(call: Mapping[str, Any]) -> bool:
    partition = call.get("ExpressionAttributeValues", {}).get(":partition", {}).get("S", "")
    return partition.startswith(("topic#", "digest#"))
