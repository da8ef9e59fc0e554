"""Webhooks at a steady rate through the local account to Slack's host: ``python -m bench.load``.

It counts what was accepted and what Slack was told of, and how old each event was then. ``--write`` draws the ages into
``docs/load.svg``. The exit code is 1 where an event was not delivered, or more than once.
"""

import argparse
import json
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from bench.account import the_account
from bench.end_to_end import LABEL
from bench.figure import percentile
from bench.picture import Line, picture
from bench.receiver import Receiver
from jamwire.operations.secrets import add_secret, list_secrets
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request
from lambdas.slack.digest import ID_PREFIX_LENGTH
from tests.fakes.slack import events_of

PICTURE: Final = Path(__file__).parents[1] / "docs" / "load.svg"
SENDERS: Final = 16
SENDER_SECONDS: Final = 30.0
PATIENCE_SECONDS: Final = 180.0
BUCKET_SECONDS: Final = 5.0

Sent = tuple[float, str]
"""When a webhook was sent, and the beginning of its event's id."""


class Slack(Receiver):
    """Slack's host, which keeps when it was told of which event."""

    def __init__(self) -> None:
        super().__init__()
        self.told: dict[str, list[float]] = {}
        self.messages = 0
        self._all = threading.Lock()

    def _note(self, body: str) -> None:
        now = time.perf_counter()
        with self._all:
            self.messages += 1
            for id in events_of(json.loads(body)):
                self.told.setdefault(id[:ID_PREFIX_LENGTH], []).append(now)


@dataclass
class Load:
    """What was sent, and what became of it.

    Attributes:
        sent: What was accepted.
        refused: What was answered instead, by status; no answer by the exception.
        slack: Slack's host.
    """

    slack: Slack
    sent: list[Sent] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    @property
    def ages(self) -> list[tuple[float, float]]:
        """When each event was sent, and how old it was when Slack was told of it, in seconds."""
        start = min(at for at, _ in self.sent)
        return sorted(
            (at - start, self.slack.told[id][0] - at) for at, id in self.sent if id in self.slack.told
        )

    @property
    def missing(self) -> int:
        """How many accepted events Slack was not told of."""
        return sum(id not in self.slack.told for _, id in self.sent)

    @property
    def repeated(self) -> int:
        """How many times Slack was told again."""
        return sum(len(times) - 1 for times in self.slack.told.values())


def send(load: Load, url: str, scheme: Any, secret: str, number: int, due: float) -> None:
    """Send one signed webhook when it is due."""
    time.sleep(max(0.0, due - time.perf_counter()))
    request = build_request(SAMPLES[LABEL], scheme, secret, now=time.time(), fresh=f"{number:024x}")
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=SENDER_SECONDS)
    at = time.perf_counter()
    connection.request("POST", parts.path, request.body, dict(request.headers))
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status == 200:
        load.sent.append((at, json.loads(body)["id"][:ID_PREFIX_LENGTH]))
    else:
        load.refused[str(answer.status)] += 1


def sent_or_refused(load: Load, *arguments: Any) -> None:
    """As `send`; a sender that gets no answer gives up."""
    try:
        send(load, *arguments)
    except (OSError, HTTPException) as error:
        load.refused[type(error).__name__] += 1


def run(rate: float, seconds: float) -> Load:
    """Send at a rate for so many seconds, and wait until Slack has been told of everything."""
    slack, account = Slack(), the_account()
    with slack:
        add_secret(account.deployment, "slack", f"{slack.url}/services/T0/B0/load")
        endpoint = account.deployment.endpoint("site")
        secret = list_secrets(account.deployment, "site")[-1].value
        load, start = Load(slack), time.perf_counter() + 1.0
        with ThreadPoolExecutor(SENDERS) as senders:
            for number in range(int(rate * seconds)):
                due = start + number / rate
                senders.submit(sent_or_refused, load, endpoint.url, endpoint.scheme, secret, number, due)
        until = time.perf_counter() + PATIENCE_SECONDS
        while load.missing and time.perf_counter() < until:
            time.sleep(0.5)
        time.sleep(2.0)  # what is told twice is told soon
    return load


def lines_of(ages: Sequence[tuple[float, float]]) -> list[Line]:
    """Median and 99th percentile of what was sent within some seconds."""
    buckets: dict[int, list[float]] = {}
    for at, age in ages:
        buckets.setdefault(math.floor(at / BUCKET_SECONDS), []).append(age)
    full = {bucket: its for bucket, its in buckets.items() if len(its) > 1}
    return [
        Line(f"p{share}", [(bucket * BUCKET_SECONDS, percentile(its, share)) for bucket, its in full.items()])
        for share in (50, 99)
    ]


def report(load: Load, rate: float, seconds: float) -> Mapping[str, Any]:
    """The figures of a load."""
    ages = [age for _, age in load.ages]
    return {
        "rate": rate,
        "seconds": seconds,
        "sent": len(load.sent) + load.refused.total(),
        "refused": dict(load.refused),
        "delivered": len(load.sent) - load.missing,
        "missing": load.missing,
        "repeated": load.repeated,
        "messages": load.slack.messages,
        "age_p50_s": round(percentile(ages, 50), 2),
        "age_p99_s": round(percentile(ages, 99), 2),
    }


def main() -> int:
    """Run it, print the figures, draw the picture; gives the exit code."""
    parser = argparse.ArgumentParser(prog="load", description=__doc__)
    parser.add_argument("--rate", type=float, default=10.0, help="webhooks a second")
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--write", action="store_true", help="draw docs/load.svg")
    options = parser.parse_args()
    load = run(options.rate, options.seconds)
    found = report(load, options.rate, options.seconds)
    print(json.dumps(found, indent=2))  # noqa: T201
    if options.write:
        title = f"Age at delivery, {options.rate:g} webhooks a second"
        PICTURE.write_text(picture(title, "seconds since the first webhook", "seconds", lines_of(load.ages)))
    return 1 if load.missing or load.repeated else 0


if __name__ == "__main__":
    sys.exit(main())
