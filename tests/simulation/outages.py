"""How late an event arrives after an outage of its destination, by how long it lasted and how many events waited.

The runtime is the real one, on the modelled services without a fault: each of their calls takes 2 ms, the destination's
50. The destination fails at once while it is away: what our own crash costs, or a destination that hangs until its time
is over, is not in the table; a function that dies in a probe is among what must hold.
"""

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from lambdas.contracts.event import Event
from lambdas.contracts.settings import SubscriberSettings
from lambdas.runtime import Retry
from lambdas.runtime.decorator import Services, make_worker
from lambdas.runtime.queue import Message
from tests.fakes.choices import Choices
from tests.fakes.clock import Clock
from tests.fakes.dynamodb import DynamoDB
from tests.fakes.events import an_event
from tests.fakes.lambda_service import Environments, EventSource
from tests.fakes.network import Crash, Network
from tests.fakes.sqs import Queue, Sqs
from tests.simulation.invariants import longest_wait
from tests.simulation.subscribers import GIVE_UP_AFTER, RATE_LIMIT, TIMEOUT

START: Final = 1_800_000_000.0
ANSWER_SECONDS: Final = 0.05
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
LENGTHS: Final[Mapping[str, float]] = {
    "1 s": 1,
    "5 s": 5,
    "30 s": 30,
    "1 min": MINUTE,
    "5 min": 5 * MINUTE,
    "1 h": HOUR,
    "6 h": 6 * HOUR,
    "24 h": DAY,
    "3 days": 3 * DAY,
}
CROWD: Final = 1000
SPREAD: Final = 0.9
"""Share of the outage in which a crowd's events come, evenly."""

MAX_ATTEMPTS: Final = 120
ROUNDING: Final = 3.0
"""Seconds by which an event may be later than the schedule says: the queue's whole seconds, a second in which the one
that failed last gives way, and one in which the rest wait for the probe."""


DIGESTS: Final = 6.0
"""Seconds in which a rate-limited subscriber tells a small crowd, a message a second."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """An outage, and the events that come meanwhile.

    Attributes:
        length: How long the destination is away, seconds.
        count: How many events come; the first one at the beginning.
        batch: Whether the subscriber is a digest with a rate limit, as Slack's; or takes one event after the other.
        poisonous: How many of the first events fail also while the destination is well.
        dies: The number of the call in which the function dies; 0 for none.
    """

    length: float
    count: int
    batch: bool = False
    poisonous: int = 0
    dies: int = 0


@dataclass
class Outcome:
    """What came of an outage.

    Attributes:
        told: When each event was delivered, by its id.
        lags: Seconds from the destination's return, or the event's coming, to its delivery; sorted.
        attempts: How often each event was attempted, by its id.
        calls: How often the destination was called while it was away.
        dead: How many events were given up.
    """

    told: dict[str, float] = field(default_factory=dict)
    lags: list[float] = field(default_factory=list)
    attempts: Counter[str] = field(default_factory=Counter)
    calls: int = 0
    dead: int = 0

    @property
    def most_attempts(self) -> int:
        """How often an event was attempted at most."""
        return max(self.attempts.values())


def simulate(outage: Outage, seed: str = "1") -> Outcome:
    """Let the destination be away, and events come for it meanwhile; the seed is for jitter and for who takes a batch."""
    clock = Clock(START)
    network = Network(clock, Choices(given=()), 0, lambda text: None)
    sqs = Sqs(network)
    dead = sqs.make(Queue("dead"))
    queue = sqs.make(Queue("queue", visibility=6 * TIMEOUT, dead_letters=dead))
    poison = {f"e{n}" for n in range(outage.poisonous)}
    back, outcome, number = START + outage.length, Outcome(), 0

    def deliver(events: Any) -> None:
        nonlocal number
        number += 1
        ids = [event.id for event in (events if outage.batch else [events])]
        outcome.attempts.update(ids)
        outcome.calls += clock.now < back
        clock.sleep(ANSWER_SECONDS)
        if number == outage.dies:
            raise Crash
        if clock.now < back or poison & set(ids):
            raise Retry(reason="answered 500")
        outcome.told |= dict.fromkeys(ids, clock.now)

    come = {f"e{n}": START + n * outage.length * SPREAD / outage.count for n in range(outage.count)}
    for id, at in come.items():
        clock.at(at, partial(sqs.put, queue, an_event(id).to_json()))
    _start(clock, network, sqs, queue, deliver, Choices(seed), batch=outage.batch)
    clock.run(back + GIVE_UP_AFTER)
    outcome.lags = sorted(at - max(back, come[id]) for id, at in outcome.told.items())
    outcome.dead = len(dead.messages)
    return outcome


def _start(
    clock: Clock,
    network: Network,
    sqs: Sqs,
    queue: Queue,
    notifier: Callable[[Any], None],
    choices: Choices,
    *,
    batch: bool,
) -> None:
    dynamodb = DynamoDB(network)
    environments = Environments(
        lambda name: make_worker(
            notifier,
            batch=batch,
            services=Services(
                sqs=sqs,  # type: ignore[arg-type]
                dynamodb=dynamodb,  # type: ignore[arg-type]
                report=_report,
                clock=lambda: clock.now,
                random=choices.fraction,
                sleep=clock.sleep,
                beside=lambda call: call,
                environment=name,
            ),
            settings=SubscriberSettings(
                stack_id="it",
                queue_url="queue",
                dead_letters_url="dead",
                ledger_table="ledger",
                give_up_after=GIVE_UP_AFTER,
                rate_limit=RATE_LIMIT if batch else None,
            ),
            service="it",
        ),
        choices,
    )
    EventSource(
        clock=clock,
        network=network,
        choices=network.choices,
        sqs=sqs,
        queue=queue,
        handler=environments.handle,
        timeout=TIMEOUT,
        concurrency=2 if batch else 10,
        on_death=lambda task: None,
    )


def _report(outcome: str, message: Message | None, event: Event | None, **facts: Any) -> None:
    """Nobody reads it."""


SCENARIOS: Final = (
    *(Outage(length=length, count=1) for length in LENGTHS.values()),
    *(Outage(length=length, count=2) for length in (30, HOUR, DAY)),
    *(Outage(length=length, count=40) for length in (1, 5, 30, 5 * MINUTE, 5 * HOUR, DAY)),
    *(Outage(length=length, count=40, batch=True) for length in (5, 5 * MINUTE, DAY)),
    *(Outage(length=length, count=10, poisonous=count) for length in (1, 30) for count in (1, 2)),
    Outage(length=10 * MINUTE, count=10, dies=10),
)
"""Outages in which all that is promised must hold; the crowds are small enough to be digested at once."""


def violations(outage: Outage, seed: str) -> Iterator[str]:
    """What does not hold in an outage, one line each."""
    outcome = simulate(outage, seed)
    good = outage.count - outage.poisonous
    probes = (
        2 ** (outage.poisonous + 1) - 1
    )  # each that fails for nothing doubles the time since the beginning
    digests = DIGESTS if outage.batch else 0
    allowed = longest_wait(outage.length) * probes + ROUNDING + digests + (TIMEOUT if outage.dies else 0)
    if len(outcome.told) < good:
        yield f"{outage}: {good - len(outcome.told)} are never told"
    if outcome.lags and outcome.lags[-1] > allowed:
        yield f"{outage}: told {outcome.lags[-1]:.1f} s after it, allowed are {allowed:.1f} s"
    if outcome.most_attempts > MAX_ATTEMPTS:
        yield f"{outage}: {outcome.most_attempts} attempts of one event"


def all_violations(seed: str) -> Iterator[str]:
    """What does not hold in all of them."""
    for outage in SCENARIOS:
        yield from violations(outage, seed)


def rows() -> Iterator[tuple[str, ...]]:
    """The table's rows: for one event and for a crowd, the lag and how often an event was attempted."""
    for name, length in LENGTHS.items():
        one = simulate(Outage(length=length, count=1))
        crowd = simulate(Outage(length=length, count=CROWD, batch=True))
        yield (
            name,
            span(one.lags[-1]),
            str(one.most_attempts),
            span(statistics.median(crowd.lags)),
            span(crowd.lags[-1]),
            str(crowd.most_attempts),
            f"{crowd.calls:,}",
        )


def span(seconds: float) -> str:
    """A time in words: ``2.4 s``, ``7.5 min``."""
    return f"{seconds:.1f} s" if seconds < 2 * MINUTE else f"{seconds / MINUTE:.1f} min"


COLUMNS: Final = (
    "Outage", "One event: lag", "attempts", f"{CROWD:,} events: lag p50", "max", "attempts of one", "calls meanwhile",
)  # fmt: skip


def tell() -> int:
    """Print the table of lags; 1 where something does not hold."""
    table = Table(*COLUMNS, box=None, header_style="dim")
    for row in rows():
        table.add_row(*row)
    console = Console(width=140)
    console.print(table)
    found = list(all_violations("1"))
    for violation in found:
        console.print(violation)
    return bool(found)
