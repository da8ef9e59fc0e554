"""A thousand notices a second over fifty topics for some time: the real subscriber of open pages on modelled services.

The local account, which is one process, carries a tenth of it. So the rest is virtual time: the runtime, the functions'
turns and the states are the real ones, on the simulation's queue, table and clock; a call and a processor's time take
what was measured (`docs/performance.md`), and Lambda has no more functions at work than it begins with.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, cast
from unittest import mock

import lambdas.live.handler
from bench.burst import Quick
from bench.figure import Figure, percentile
from bench.ticker import TOPICS, Ticker, a_notice
from lambdas.clients.live_states import LiveStates
from lambdas.contracts.event import Event
from lambdas.contracts.settings import LiveSettings, SubscriberSettings
from lambdas.live.delivery import Outcome, Pages
from lambdas.live.handler import Failed
from lambdas.live.turn import INTERVAL_MS
from lambdas.runtime.decorator import Services, make_worker
from lambdas.runtime.worker import Worker
from stacks.constructs.function import memory_of
from stacks.constructs.queues import VISIBILITY_FACTOR
from stacks.live import GIVE_UP_AFTER, KEEP, TIMEOUT
from tests.fakes.clock import Clock
from tests.fakes.dynamodb import DynamoDB
from tests.fakes.lambda_service import Environments, EventSource
from tests.fakes.live_table import LiveTable
from tests.fakes.network import Network
from tests.fakes.sqs import Queue, Sqs

RATE: Final = 1_000
SECONDS: Final = 60
SHORT_SECONDS: Final = 1
START: Final = 1_800_000_000.0

WRITE_SECONDS: Final = 0.005
PUBLISH_SECONDS: Final = 0.015
CPU_SECONDS: Final = 0.005
"""Of an invocation, and as much again for each hundred of its notices; a function has a share of a processor."""

WHOLE_PROCESSOR_MB: Final = 1_769
FUNCTIONS: Final = 5
"""Invocations at once with which Lambda begins to read a queue (Lambda developer guide, "Scaling behavior" of SQS)."""

MAX_AGE_MS: Final = 1_500
MAX_PUSHES: Final = 1_000 // INTERVAL_MS


@dataclass
class World:
    """AppSync's end and the table of states, each call of which takes its time; and who was told what."""

    clock: Clock
    ticker: Ticker = field(default_factory=Ticker)
    calls: Counter[str] = field(default_factory=Counter)
    table: LiveTable = field(default_factory=LiveTable)
    working: Pages | None = None

    def publish(self, channel: str, texts: Sequence[str]) -> Sequence[Outcome | None]:
        """Push texts to open pages."""
        self._take("AppSync publishes", PUBLISH_SECONDS)
        for text in texts:
            self.ticker.hear(json.loads(text), self.clock.now * 1000)
        return [None] * len(texts)

    def put_item(self, **call: Any) -> Any:
        """Write a state."""
        self._take("DynamoDB writes", WRITE_SECONDS)
        return self.table.put_item(**call)

    def get_item(self, **call: Any) -> Any:
        """Read a state."""
        self._take("DynamoDB reads", WRITE_SECONDS)
        return self.table.get_item(**call)

    @property
    def exceptions(self) -> Any:
        """Of DynamoDB's client."""
        return self.table.exceptions

    def pages(self) -> Pages:
        """Where an execution environment tells visitors: what it remembers of the states is its own."""
        return Pages(
            publish=self.publish,
            states=LiveStates(cast(Any, self), "states"),
            keep=KEEP.to_seconds(),
            clock=lambda: self.clock.now,
            sleep=self.clock.sleep,
        )

    def pages_at_work(self, now: float) -> Pages | None:
        """Those of the environment whose handler has just begun."""
        return self.working

    def work(self, notices: int) -> None:
        """Let a function's processor work on so many notices."""
        share = min(1.0, memory_of("lambdas.live.handler.handle") / WHOLE_PROCESSOR_MB)
        self.clock.sleep(CPU_SECONDS * (1 + notices / 100) / share)

    def _take(self, name: str, seconds: float) -> None:
        self.calls[name] += 1
        self.clock.sleep(seconds)


def measure(*, short: bool) -> Iterator[Figure]:
    """The age of what a page shows, pushes, and calls for each notice."""
    notices = RATE * (SHORT_SECONDS if short else SECONDS)
    world, calls = run(notices)
    if not world.ticker.is_over():
        raise RuntimeError("the newest of a topic did not come")
    name = "ticker, modelled"
    age = percentile(world.ticker.ages(), 99)
    note = f"{RATE:,} a second over {TOPICS} topics, on {FUNCTIONS} functions; the newest of each topic came last"
    yield Figure(
        name=f"{name}: age of what a page shows, p99", value=age, unit="ms", goal=MAX_AGE_MS, note=note
    )
    yield Figure(
        name=f"{name}: pushes of one topic in any second",
        value=world.ticker.most_pushes(),
        unit="",
        goal=MAX_PUSHES,
    )
    for what, many in sorted((world.calls + calls).items()):
        yield Figure(name=f"{name}: {what} for each notice", value=many / notices, unit="")


def run(notices: int) -> tuple[World, Counter[str]]:
    """Run it; gives the visitors' end, and the calls of the queue."""
    clock, choices = Clock(START), Quick("ticker")
    world, network = World(clock), Network(clock, choices, 0, lambda text: None)
    sqs = Sqs(network)
    dead_letters = sqs.make(Queue("dead"))
    timeout = TIMEOUT.to_seconds()
    queue = sqs.make(Queue("live", visibility=timeout * VISIBILITY_FACTOR, dead_letters=dead_letters))
    EventSource(
        clock=clock,
        network=network,
        choices=choices,
        sqs=sqs,
        queue=queue,
        handler=Environments(partial(_worker, world, sqs, DynamoDB(network)), choices).handle,
        timeout=timeout,
        concurrency=FUNCTIONS,
        on_death=lambda task: None,
    )
    for number in range(notices):
        clock.at(START + number / RATE, partial(_put, sqs, queue, world, number))
    run_jobs = partial(_run_jobs, clock)
    with (
        mock.patch("lambdas.live.handler._run", run_jobs),
        mock.patch("lambdas.live.handler._settings", _settings),
        mock.patch("lambdas.live.handler._pages", world.pages_at_work),
    ):
        clock.run(START + 86_400)
    if queue.messages or dead_letters.messages:
        raise RuntimeError("a notice is left in the queue or dead")
    return world, Counter({"receives of the queue by functions": len(sqs.polls)})


def _put(sqs: Sqs, queue: Queue, world: World, number: int) -> None:
    sqs.put(queue, a_notice(world.ticker, number, world.clock.now).to_json())


def _worker(world: World, sqs: Sqs, dynamodb: DynamoDB, environment: str) -> Worker:
    pages, clock = world.pages(), world.clock

    def handle(events: Sequence[Event]) -> None:
        world.work(len(events))
        world.calls["invocations"] += 1
        world.working = pages  # the handler asks for it before it gives way to anybody
        lambdas.live.handler.handle.__wrapped__(events)  # type: ignore[attr-defined]

    return make_worker(
        handle,
        batch=True,
        gather=True,
        services=Services(
            sqs=sqs,  # type: ignore[arg-type]
            dynamodb=dynamodb,  # type: ignore[arg-type]
            report=lambda outcome, message, event, **facts: None,
            clock=lambda: clock.now,
            random=lambda: 0.0,
            sleep=clock.sleep,
            beside=lambda call: call,
            environment=environment,
        ),
        settings=SubscriberSettings(
            stack_id="Live",
            queue_url="live",
            dead_letters_url="dead",
            ledger_table="ledger",
            give_up_after=GIVE_UP_AFTER.to_seconds(),
            idempotent=True,
        ),
        service="live",
    )


def _run_jobs(clock: Clock, jobs: Sequence[Callable[[], Iterable[Failed]]]) -> list[Failed]:
    """As the handler runs them, side by side, but in virtual time."""
    failed: list[Failed] = []
    left = len(jobs)
    done: list[Callable[[], None]] = []

    def run(job: Callable[[], Iterable[Failed]]) -> None:
        nonlocal left
        failed.extend(job())
        left -= 1
        if not left and done:
            done.pop()()

    for job in jobs:
        clock.start(partial(run, job))
    clock.wait(clock.now + TIMEOUT.to_seconds(), done)
    return failed


def _settings() -> LiveSettings:
    return LiveSettings(http_url="", states_table="states", keep=KEEP.to_seconds(), private="")
