"""What the subscriber's runtime costs by itself for each event: every service answers at once, from here."""

import contextlib
import logging
import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from bench.figure import Figure, percentile
from lambdas.contracts.event import Event, Notice
from lambdas.runtime import subscriber
from lambdas.runtime.report import logger

BATCH: Final = 10
ROUNDS: Final = 300
SHORT_ROUNDS: Final = 2
WARM_UP: Final = 20
GOAL_MS: Final = 0.5

CONTEXT: Final = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 30_000)


class Answering:
    """A client that answers everything at once, and counts."""

    def __init__(self) -> None:
        self.calls: dict[str, int] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**_: Any) -> dict[str, Any]:
            self.calls[name] = self.calls.get(name, 0) + 1
            return {}

        return call


def measure(*, short: bool) -> Iterator[Figure]:
    """Milliseconds and calls of the ledger for each event: claimed, delivered, recorded, logged and counted."""
    rounds = SHORT_ROUNDS if short else ROUNDS
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        for handler in logger.handlers:
            if isinstance(handler, logging.StreamHandler):  # it took the output before
                handler.setStream(nowhere)
        elapsed, one_by_one = timed(rounds, together=False)
        _, together = timed(rounds, together=True)
    for share in (50, 99):
        yield Figure(
            name=f"runtime's own cost for each event, p{share}",
            value=percentile(elapsed, share) / BATCH,
            unit="ms",
            goal=GOAL_MS if share == 50 else None,
            note=f"batches of {BATCH}: read, claim, deliver, record, log and count",
        )
    yield Figure(name="ledger: calls for each event", value=one_by_one, unit="", goal=2)
    yield Figure(name=f"ledger: calls for each event of a batch of {BATCH}", value=together, unit="", goal=2)


def timed(rounds: int, *, together: bool) -> tuple[list[float], float]:
    """Milliseconds of each batch, and calls of DynamoDB for each event."""
    clients = {"sqs": Answering(), "dynamodb": Answering()}

    def take(event: Event | Sequence[Event]) -> None:
        """Take it."""

    handle = subscriber(batch=True)(take) if together else subscriber(take)
    batches = min(WARM_UP, rounds) + rounds
    with mock.patch("lambdas.runtime.decorator.client", clients.__getitem__):
        elapsed = [a_batch(handle, number) for number in range(batches)][-rounds:]
    return elapsed, sum(clients["dynamodb"].calls.values()) / batches / BATCH


def a_batch(handle: Any, number: int) -> float:
    """Milliseconds that a batch takes."""
    records = [a_record(f"{number}-{n}") for n in range(BATCH)]
    started = time.perf_counter_ns()
    answer = handle({"Records": records}, CONTEXT)
    elapsed = (time.perf_counter_ns() - started) / 1e6
    if answer != {"batchItemFailures": []}:
        raise RuntimeError(f"the batch was not delivered: {answer}")
    return elapsed


def a_record(id: str) -> dict[str, Any]:
    """A message of about 2 kB, as Lambda hands it over."""
    event = Event(
        id=id,
        source="/endpoints/site",
        type="form.submitted",
        time="2027-01-15T08:00:00.000Z",
        notice=Notice(title="New contact form", text="x" * 500, fields={"E-mail": "a@example.com"}),
        body={"data": {"message": "x" * 1000}},
    )
    now = str(int(time.time() * 1000))
    return {
        "messageId": id,
        "receiptHandle": id,
        "body": event.to_json(),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": now},
    }
