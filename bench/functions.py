"""What a delivery takes of each function's processor, and what for, against a bare publish with boto3.

The functions are called as Lambda calls them, in interpreters of their own, with boto3 as it is; all services and
destinations answer at once from another process (`bench.services`).
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.environment import ENVIRONMENT, ROOT, settings_of
from bench.figure import Figure
from bench.lambda_memory import SIZES_MB, dollars_of_a_million, takes_ms, waits_ms
from bench.services import running_services
from stacks.constructs.function import memory_of

ROUNDS: Final = 16
"""A multiple of what a state knows again before it asks the ledger (`lambdas.runtime.stateful`)."""
SHORT_ROUNDS: Final = 1

FLOORS: Final = ("bare publish", "bare post")
GOALS: Final = {
    "ingest": 1.6,
    "slack": 3.4,
    "sms": 6.0,
    "live": 3.0,
    "archive": 1.6,
    "story": 1.9,
    "cdn": 4.4,
    "rebuild": 4.4,
}
"""At most so many times a bare publish: what is reached stays reached (`docs/performance.md` has what was aimed at)."""

ABOUT: Final = {
    "ingest": "a webhook of 2 kB",
    "slack": "a message",
    "sms": "a text message to one number, within two budgets",
    "live": "a push to one channel",
    "archive": "an event kept",
    "story": "a step of a publish",
    "cdn": "a quarter of a publish, of its deploy's begin and end with the purge, and of the look after it",
    "rebuild": "a third of a publish, of the look after its quiet time with the build, and of the build's end",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What a delivery takes of a function, or a call of a floor.

    Attributes:
        cpu_ms: Milliseconds of the processor.
        parts_ms: What these are spent on.
        calls: Calls of services by their names (`bench.lambda_memory.call_name`).
        deliveries: How many an event takes: more than one where it is kept as a wake-up.
    """

    cpu_ms: float
    parts_ms: Mapping[str, float]
    calls: Mapping[str, float]
    deliveries: float


def measure(*, short: bool) -> Iterator[Figure]:
    """The processor's milliseconds for each function, as a multiple of the floor's."""
    rounds = SHORT_ROUNDS if short else ROUNDS
    with running_services() as url:
        publish, post = (taken(name, url, rounds) for name in FLOORS)
        for name, goal in GOALS.items():
            yield _figure(name, taken(name, url, rounds), publish, goal)
    yield Figure(
        name="bare publish: processor", value=publish.cpu_ms, unit="ms", note="sns.publish with boto3"
    )
    yield Figure(name="bare post: processor", value=post.cpu_ms, unit="ms", note="urllib, without TLS")


def measured_by_event() -> dict[str, float]:
    """The processor's milliseconds that an event takes of each function, in all of its deliveries."""
    with running_services() as url:
        found = {name: taken(name, url, ROUNDS) for name in GOALS}
    return {name: each.cpu_ms * each.deliveries for name, each in found.items()}


def taken(name: str, url: str, rounds: int) -> Taken:
    """Measure one function, or a floor.

    Raises:
        RuntimeError: It failed; the text is what it wrote.
    """
    environment = {**ENVIRONMENT, **settings_of(name), "AWS_ENDPOINT_URL": url}
    command = [sys.executable, "-m", "bench.invoked", name, str(rounds)]
    run = subprocess.run(  # noqa: S603 - our own
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(run.stderr)
    found: dict[str, Any] = json.loads(run.stderr)
    return Taken(**found)


def _figure(name: str, taken: Taken, floor: Taken, goal: float) -> Figure:
    calls = sum(taken.calls.values())
    return Figure(
        name=f"{name}: processor for a delivery",
        value=taken.cpu_ms / floor.cpu_ms,
        unit="x",
        goal=goal,
        note=f"{taken.cpu_ms:.1f} ms against {floor.cpu_ms:.1f} ms; {calls:.1f} calls for {ABOUT[name]}; "
        f"an event takes {taken.deliveries:.1f} of them, {taken.cpu_ms * taken.deliveries:.1f} ms",
        facts={
            "cpu_ms": taken.cpu_ms,
            "parts_ms": dict(taken.parts_ms),
            "calls": dict(taken.calls),
            "deliveries": taken.deliveries,
            "waits_ms": waits_ms(name, taken.calls),
            "memory": {str(size): _at(size, name, taken) for size in SIZES_MB},
            "memory_mb": memory_of(f"lambdas.{name}.handler.handle"),
        },
    )


def _at(memory_mb: int, name: str, taken: Taken) -> dict[str, float]:
    """How long a delivery takes at a memory, and what a million of them cost."""
    ms = takes_ms(taken.cpu_ms, waits_ms(name, taken.calls), memory_mb)
    return {"ms": ms, "dollars": dollars_of_a_million(ms, memory_mb)}
