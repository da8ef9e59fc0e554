"""Verification, normalisation and serialisation of an event, without the publish, for every source."""

import gc
import json
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any, Final
from urllib.parse import urlencode

from bench.figure import Figure, least, percentile
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.sample import Sample
from jamwire.samples.signing import generate_key_pair, sign
from lambdas.clients.publisher import Message
from lambdas.contracts.keyring import Key
from lambdas.ingest.body import is_json
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.event_ids import EventIds
from lambdas.ingest.ingest import Ingest
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.tokens import EventBridge

GOALS: Final = {20_000: 3.5, 250_000: 2.4}
"""At most so many times `json.loads` and `json.dumps` of the same body, by its size in bytes; 250 kB is what still fits
into a message of SNS with the notice beside it. Verification, a strict parser and a digest take about once more."""

ROUNDS: Final = {20_000: 200, 250_000: 32}
"""So few that a machine that does other things, too, finds the time for a run of them."""

SHORT_ROUNDS: Final = 2
WARM_UP: Final = 20
LOOKS: Final = 5
"""Rounds of each source, whose medians tell which are the slowest."""

SHOWN: Final = 3
RUNS: Final = 7
MAX_RUNS: Final = 40
"""Where the goal is not met by then (`bench.figure.least`)."""


def measure(*, short: bool) -> Iterator[Figure]:
    """The 99th percentile of the slowest sources, as a multiple of what the same JSON takes to read and write alone."""
    samples = {sample.source: sample for sample in reversed(list(SAMPLES.values()))}
    sources = [name for name, source in CATALOGUE.items() if not isinstance(source.scheme, EventBridge)]
    for size, goal in GOALS.items():
        rounds, runs, most, looks = (
            (SHORT_ROUNDS, 1, 1, 1) if short else (ROUNDS[size], RUNS, MAX_RUNS, LOOKS)
        )
        medians = {name: median(timed(*a_request(name, samples[name], size), looks)) for name in sources}
        slowest = sorted(medians, key=medians.__getitem__, reverse=True)[:SHOWN]
        for name in slowest:
            request, secret = a_request(name, samples[name], size)
            floor, value = least(
                partial(p99, floor_of, request.body, rounds),
                partial(p99, timed, request, secret, rounds),
                goal=goal,
                runs=runs,
                most=most,
            )
            yield Figure(
                name=f"ingest of {size // 1000} kB, p99: {name}",
                value=value / floor,
                unit="x",
                goal=goal,
                note=f"{value:.2f} ms against {floor:.2f} ms for json.loads and json.dumps; "
                f"among the {SHOWN} slowest of {len(sources)} sources",
                facts={"ms": value, "bare_ms": floor},
            )


def p99(timed: Callable[..., Sequence[float]], *given: object) -> float:
    """The 99th percentile of what is timed, in milliseconds."""
    return percentile(timed(*given), 99)


def floor_of(body: bytes, rounds: int) -> list[float]:
    """Milliseconds that reading and writing the same takes, or a text as long where it is no JSON."""
    text = body if is_json(body) else json.dumps(body.decode()).encode()
    return [elapsed(lambda: json.dumps(json.loads(text))) for _ in range(rounds)]


def a_request(source: str, sample: Sample, size: int) -> tuple[Request, str]:
    """A signed sample, made large by what senders send most, and what verifies it."""
    signing, verifying = generate_key_pair(CATALOGUE[source].scheme)
    content_type = "application/x-www-form-urlencoded" if sample.form else "application/json"
    request = Request(
        endpoint=source,
        method="POST",
        headers={"content-type": content_type, **sample.headers},
        body=enlarged(sample, size),
        url=f"https://jamwire.example/{source}",
    )
    return sign(CATALOGUE[source].scheme, signing, request, now=time.time(), delivery_id="msg_1"), verifying


def enlarged(sample: Sample, size: int) -> bytes:
    """The sample's body with so much more in it: objects of texts and numbers; in a form one long text."""
    if sample.form:
        plain = urlencode(sample.body)
        return f"{plain}&more={'x' * (size - len(plain) - 6)}".encode()
    files = [
        {"name": f"content/page-{n}.md", "size": n, "changed": True, "by": None} for n in range(size // 72)
    ]
    body: Any = [*sample.body, *files] if isinstance(sample.body, list) else {**sample.body, "files": files}
    return json.dumps(body, separators=(",", ":")).encode()


def timed(request: Request, secret: str, rounds: int) -> list[float]:
    """Milliseconds of each round."""

    class Secrets:
        def keys(self, name: str) -> tuple[Key, ...]:
            return (Key("1", secret, ""),)

        def refresh(self) -> bool:
            return False

    def publish(messages: Sequence[Message]) -> None:
        """Nowhere."""

    def store_payload(name: str, text: str) -> str:
        return f"s3://bench/{name}"

    endpoints = read_endpoints(endpoints_document({request.endpoint: request.endpoint}))
    ingest = Ingest(
        endpoints=endpoints,
        secrets=Secrets(),
        publish=publish,
        store_payload=store_payload,
        ids=EventIds(random_id=lambda: "0"),
    )
    for _ in range(min(WARM_UP, rounds)):
        ingest.accept(request)
    gc.collect()
    gc.freeze()  # as the function does once it has started
    return [elapsed(lambda: ingest.accept(request)) for _ in range(rounds)]


def elapsed(action: Callable[[], object]) -> float:
    """Milliseconds of the processor that an action takes; it waits for nothing, and others may be at work here."""
    started = time.thread_time_ns()
    action()
    return (time.thread_time_ns() - started) / 1e6
