"""Telling followers by web push: what one push takes, and how long 100,000 take.

The worker's own code sends pushes over TLS to a push service in another process, which takes each at once. How long
100,000 take on AWS is reckoned from that, with what Lambda lets a queue have of functions.
"""

import gc
import heapq
import json
import math
import time
from collections.abc import Callable, Iterator
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

from bench.figure import Figure
from bench.lambda_memory import WAITS_MS, WHOLE_PROCESSOR_MB
from bench.push_service import PushService, running_push_service
from lambdas.audience_push.sender import THREADS, Sender
from lambdas.clients.push_connections import PushConnections
from lambdas.clients.push_encryption import CURVE, Browser, encrypt, public_bytes
from lambdas.contracts.audience_job import RECIPIENTS
from lambdas.contracts.audience_settings import PushSettings, SiteOfAudience
from lambdas.followers.keys import AudienceKeys, PushKey, encode
from lambdas.followers.outcomes import Outcome, Sent
from lambdas.followers.plan import Told
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer

ROUNDS: Final = 3_000
PUSHES: Final = 10_000
SHORT_ROUNDS: Final = 20
SHORT_PUSHES: Final = 200
CHUNK: Final = 100

ENCRYPTION_GOAL_MS: Final = 1.0
FOLLOWERS: Final = 100_000
GOAL_SECONDS: Final = 60
SIZES_MB: Final = (256, 512, 1024)

FUNCTIONS_AT_FIRST: Final = 5
MORE_FUNCTIONS_A_SECOND: Final = 300 / 60
"""Of one queue, up to 1,250 (Lambda developer guide, "Configuring scaling behavior for SQS event source mappings");
Lambda itself adds 1,000 every ten seconds ("Understanding Lambda function scaling")."""

ANSWER_SECONDS: Final = 0.1
"""Assumed of a push service."""

CALLS: Final = 2
CALL_CPU_MS: Final = 1.0
"""Of the table for each chunk, and what one takes of the processor."""

START_SECONDS: Final = 1.5
"""Of a function, and of the plan before it: assumed for every job, though one function does several."""

PUSH_SERVICES: Final = 4
"""A new function makes a connection to each for each of its threads."""

KEYS: Final = AudienceKeys(
    data=bytes(32), lookup=bytes(32), links=bytes(32), push=(PushKey("1", bytes(31) + b"\1"),)
)
TOLD: Final = Told(
    fanout="0" * 32,
    event_id="bench",
    topic="line-12",
    topic_title="Line 12",
    time="2027-01-15T08:00:00Z",
    title="The 06:15 is 10 min late",
    text="Road works at the harbour. The bus goes by the station in the meantime. " * 3,
    url="https://example.com/line-12/",
)


def measure(*, short: bool) -> Iterator[Figure]:
    """What one push takes of the processor, what a worker sends a second, and 100,000 on paper."""
    rounds, pushes = (SHORT_ROUNDS, SHORT_PUSHES) if short else (ROUNDS, PUSHES)
    yield Figure(
        name="push: encryption, processor",
        value=encryption_ms(rounds),
        unit="ms",
        goal=ENCRYPTION_GOAL_MS,
        note="RFC 8291, a message of 600 bytes",
    )
    with running_push_service() as service:
        push_ms, a_second = worker(service, pushes)
        handshake_ms = handshake(service, min(pushes, 400))
    yield Figure(
        name="push: a worker's processor",
        value=push_ms,
        unit="ms",
        note=f"opened, encrypted, signed and sent over TLS on a kept connection, by {THREADS} threads",
    )
    yield Figure(name="push: a connection's processor", value=handshake_ms, unit="ms", note="TLS 1.3, P-256")
    yield Figure(
        name="push: pushes a second, one worker on this machine",
        value=a_second,
        unit="",
        note=f"{pushes:,} pushes, each taken; the push service is on the same machine",
    )
    for memory_mb in SIZES_MB:
        job = job_seconds(push_ms, handshake_ms, memory_mb)
        yield Figure(
            name=f"push: {FOLLOWERS:,} followers at {memory_mb} MB, on paper",
            value=START_SECONDS + last_ends(FOLLOWERS // RECIPIENTS, job),
            unit="s",
            goal=GOAL_SECONDS,
            note=f"{FOLLOWERS // RECIPIENTS} jobs of {job:.1f} s, each in a function that has just started",
            facts={"job_s": job, "push_ms": push_ms, "handshake_ms": handshake_ms},
        )


def encryption_ms(rounds: int) -> float:
    """Milliseconds of the processor that the encryption of a push takes."""
    browser, message = Browser(public_bytes(ec.generate_private_key(CURVE)), bytes(16)), bytes(600)
    return cpu_ms(lambda: encrypt(message, browser), rounds)


def worker(service: PushService, pushes: int) -> tuple[float, float]:
    """What a push takes of the processor in milliseconds, and how many a second there are.

    Raises:
        RuntimeError: One was not taken, or twice.
    """
    sender, recipients = a_sender(service), [a_recipient(number) for number in range(CHUNK)]
    sender.send(recipients, TOLD)  # which makes the connections
    taken, outcomes = service.taken(), list[Outcome]()
    gc.collect()
    gc.freeze()  # as the function does once it has started
    began, began_cpu = time.perf_counter(), time.process_time()
    for _ in range(pushes // CHUNK):
        outcomes += sender.send(recipients, TOLD).values()
    seconds, cpu = time.perf_counter() - began, time.process_time() - began_cpu
    if service.taken() - taken != pushes or set(map(type, outcomes)) != {Sent}:
        raise RuntimeError("a push was not taken, or twice")
    return cpu * 1000 / pushes, pushes / seconds


def handshake(service: PushService, rounds: int) -> float:
    """Milliseconds of the processor that a connection takes."""

    def connect() -> None:
        connection = service.connection("")
        connection.connect()
        connection.close()

    return cpu_ms(connect, rounds)


def cpu_ms(action: Callable[[], object], rounds: int) -> float:
    """Milliseconds of the processor that an action takes."""
    action()
    began = time.thread_time()
    for _ in range(rounds):
        action()
    return (time.thread_time() - began) * 1000 / rounds


def a_sender(service: PushService) -> Sender:
    """The worker's, with a push service that is here."""
    return Sender(
        site=SiteOfAudience(name="Harbour Buses", url="https://example.com"),
        settings=PushSettings(push_contact="mailto:web@example.com"),
        keys=lambda: KEYS,
        post=PushConnections(service.connection).post,
    )


def a_recipient(number: int) -> Recipient:
    """A follower with a browser of its own."""
    id = f"{number:032x}"
    said = {"p256dh": encode(public_bytes(ec.generate_private_key(CURVE))), "auth": encode(bytes(16))}
    endpoint = f"https://fcm.googleapis.com/fcm/send/{number:0150}"
    address = Sealer(KEYS.data).seal(json.dumps({"endpoint": endpoint, **said}), id)
    return Recipient(id=id, address=address, push_key="1")


def job_seconds(push_ms: float, handshake_ms: float, memory_mb: int) -> float:
    """How long a job takes in a function that has just started."""
    share = min(1.0, memory_mb / WHOLE_PROCESSOR_MB)
    connecting = THREADS * PUSH_SERVICES * handshake_ms / 1000 / share
    working = (CHUNK * push_ms + CALLS * CALL_CPU_MS) / 1000 / share
    waiting = math.ceil(CHUNK / THREADS) * ANSWER_SECONDS + CALLS * WAITS_MS["dynamodb"] / 1000
    return START_SECONDS + connecting + RECIPIENTS / CHUNK * max(working, waiting)


def last_ends(jobs: int, seconds: float) -> float:
    """After how many seconds the last of so many jobs ends, each of which takes so long."""
    free = [0.0] * FUNCTIONS_AT_FIRST + [n / MORE_FUNCTIONS_A_SECOND for n in range(1, jobs)]
    return max(heapq.heapreplace(free, free[0] + seconds) + seconds for _ in range(jobs))


if __name__ == "__main__":
    for figure in measure(short=False):
        print(figure.name, figure.shown, figure.shown_goal, figure.note)  # noqa: T201
