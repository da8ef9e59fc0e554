"""Verification, normalisation and serialisation of a 20 kB event, without the publish."""

import gc
import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from bench.figure import Figure, percentile
from jamwire.samples import SAMPLES
from jamwire.signing import sign
from lambdas.ingest.endpoints import endpoints_document, read_endpoints
from lambdas.ingest.ingest import Ingest
from lambdas.ingest.request import Request
from lambdas.ingest.sources import CATALOGUE
from lambdas.keyring import Key

BYTES: Final = 20_000
ROUNDS: Final = 3_000
WARM_UP: Final = 300
LABELS: Final = ("netlify/deploy-failed", "github/push", "standard-webhooks/content-published")
SECRET: Final = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of nobody


class Secrets:
    """One secret for all."""

    def keys(self, name: str) -> tuple[Key, ...]:
        """The secret."""
        return (Key("1", SECRET, ""),)

    def refresh(self) -> bool:
        """Nothing else is known."""
        return False


def measure() -> Iterator[Figure]:
    """The 99th percentile for each of three sources, and what parsing and writing the same JSON takes alone."""
    for label in LABELS:
        request = a_request(label)
        times = timed(request)
        yield Figure(name=f"ingest of 20 kB, p99: {label}", value=percentile(times, 99), unit="ms", goal=1.0)
    floor = [elapsed(lambda: json.dumps(json.loads(request.body))) for _ in range(ROUNDS)]
    yield Figure(
        name="json.loads and json.dumps of the same, p50",
        value=percentile(floor, 50),
        unit="ms",
        note=f"ingest's p50 is {percentile(times, 50) / percentile(floor, 50):.2f} x this",
    )


def a_request(label: str) -> Request:
    """A signed sample, made 20 kB large by what senders send most: objects of texts and numbers."""
    sample = SAMPLES[label]
    body = dict(sample.body)
    files = [{"name": f"content/page-{n}.md", "size": n, "changed": True, "by": None} for n in range(1_000)]
    while len(json.dumps(body | {"files": files})) > BYTES:
        files.pop()
    raw = json.dumps(body | {"files": files}, separators=(",", ":")).encode()
    request = Request(endpoint=sample.source, method="POST", headers=sample.headers, body=raw)
    return sign(CATALOGUE[sample.source].scheme, SECRET, request, now=time.time(), delivery_id="msg_1")


def timed(request: Request) -> list[float]:
    """Milliseconds of each round."""

    def publish(text: str, attributes: Mapping[str, str]) -> None:
        """Nowhere."""

    endpoints = read_endpoints(endpoints_document({request.endpoint: request.endpoint}))
    ingest = Ingest(endpoints=endpoints, secrets=Secrets(), publish=publish, random_id=lambda: "0")
    for _ in range(WARM_UP):
        ingest.accept(request)
    gc.collect()
    return [elapsed(lambda: ingest.accept(request)) for _ in range(ROUNDS)]


def elapsed(action: Callable[[], object]) -> float:
    """Milliseconds that an action takes."""
    started = time.perf_counter_ns()
    action()
    return (time.perf_counter_ns() - started) / 1e6
