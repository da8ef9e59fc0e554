"""A thousand notices a second over fifty topics, as of a stock ticker: how old is what a page shows, and what it takes.

It begins at the hub's topic, ten notices a call: the local account, which is one process, takes some fifty webhooks a
second. What it carries of the thousand is stated.
"""

import base64
import json
import socket
import threading
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench.end_to_end import an_account
from bench.figure import Figure, percentile
from jamwire.operations.deployment import Deployment
from jamwire.operations.live import Listening, listening_to
from lambdas.clients.publisher import Message, Publisher
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.outputs import LiveOutput
from lambdas.live.turn import INTERVAL_MS

TOPICS: Final = 50
RATE: Final = 1_000
SECONDS: Final = 60
SHORT_NOTICES: Final = 100
BATCH: Final = 10
CALLS_AT_ONCE: Final = 8
PATIENCE_SECONDS: Final = 60
MAX_AGE_MS: Final = 1_500
MAX_PUSHES: Final = 1000 / INTERVAL_MS
PUSHES_PATH: Final = "/_ministack/appsync-events/pushes"
AT: Final = "At"
"""The field that says when a notice was published, unix milliseconds; the newest has the greatest."""


@dataclass
class Ticker:
    """What was published and what came of it, each with its time in unix milliseconds, by topic."""

    published: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    pushed: dict[str, list[tuple[float, int]]] = field(default_factory=lambda: defaultdict(list))

    def ages(self) -> list[float]:
        """Of each notice the milliseconds until a page showed it, or a newer one."""
        ages = []
        for topic, published in self.published.items():
            shown, newest = [], 0
            for at, said in self.pushed[topic]:
                newest = max(newest, said)
                shown.append((newest, at))
            for said in published:
                place = bisect_left(shown, (said, 0.0))
                ages.append(shown[place][1] - said if place < len(shown) else float("inf"))
        return ages

    def is_over(self) -> bool:
        """Whether the newest of each topic has come."""
        return all(
            self.pushed[topic] and max(said for _, said in self.pushed[topic]) == max(published)
            for topic, published in self.published.items()
        )


def measure(*, short: bool) -> Iterator[Figure]:
    """The rate that was carried, the age of what a page shows, pushes, and calls for each notice."""
    notices = SHORT_NOTICES if short else RATE * SECONDS
    with an_account(short=short) as account:
        [listening] = listening_to(account.deployment)
        ticker = Ticker()
        with listened(listening, ticker):
            took = publish(account.deployment, ticker, notices)
            until_over(ticker)
        writes = writes_of(account.deployment)
        most = pushes_a_second(account.deployment.local_url)
    yield Figure(
        name=f"{RATE:,} notices a second over {TOPICS} topics: carried by the local account",
        value=notices / took,
        unit="/s",
    )
    yield Figure(
        name="ticker: age of what a page shows, p99",
        value=percentile(ticker.ages(), 99),
        unit="ms",
        goal=MAX_AGE_MS,
    )
    yield Figure(name="ticker: pushes of one topic in any second", value=most, unit="", goal=MAX_PUSHES)
    pushes = sum(map(len, ticker.pushed.values()))
    for name, many in (("AppSync publishes", pushes), ("DynamoDB writes", writes)):
        yield Figure(name=f"ticker: {name} for each notice", value=many / notices, unit="")


def pushes_a_second(account: str) -> int:
    """The most pushes of one topic that were sent within any second, by the account's own clock."""
    times: dict[str, list[float]] = defaultdict(list)
    with urlopen(f"{account}{PUSHES_PATH}") as answer:  # noqa: S310 - the local account
        for push in json.loads(answer.read())["pushes"]:
            times[push["channel"]].append(push["at"])
    return max(bisect_left(its, at + 1) - n for its in times.values() for n, at in enumerate(its))


def publish(deployment: Deployment, ticker: Ticker, notices: int) -> float:
    """Publish so many, at the rate or as fast as they are taken; gives the seconds that it took."""
    publisher = Publisher(deployment.client("sns"), deployment.hub.outputs["TopicArn"])
    started = time.time()

    def send(first: int) -> None:
        time.sleep(max(0.0, started + first / RATE - time.time()))
        publisher.publish_all([a_notice(ticker, number) for number in range(first, first + BATCH)])

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        list(pool.map(send, range(0, notices, BATCH)))
    return time.time() - started


def a_notice(ticker: Ticker, number: int) -> Message:
    """The price of a stock, with the time at which it was said."""
    topic, now = f"price/{number % TOPICS}", time.time()
    said = round(now * 1000)
    ticker.published[topic].append(said)
    event = Event(
        id=f"{number:08}",
        source="/subscribers/bench",
        type="notice.sent",
        time=timestamp(now),
        subject=topic,
        notice=Notice(title="Price", fields={AT: f"{said}"}),
    )
    return Message(event.to_json(), event.attributes)


@contextmanager
def listened(listening: Listening, ticker: Ticker) -> Iterator[None]:
    """A page that follows all topics."""
    shown = {"host": urlsplit(listening.publish_url).netloc, "x-api-key": listening.key}
    header = base64.urlsafe_b64encode(json.dumps(shown).encode()).decode().rstrip("=")
    protocols = [Subprotocol("aws-appsync-event-ws"), Subprotocol(f"header-{header}")]
    there = socket.create_connection(("127.0.0.1", urlsplit(listening.url).port or 80))
    with connect(listening.url, sock=there, subprotocols=protocols, proxy=None) as page:
        page.send('{"type": "connection_init"}')
        message = {"type": "subscribe", "id": "1", "channel": "notice/price/*", "authorization": shown}
        page.send(json.dumps(message))
        while json.loads(page.recv())["type"] != "subscribe_success":
            pass
        threading.Thread(target=hear, args=(page, ticker), daemon=True).start()
        yield


def hear(page: ClientConnection, ticker: Ticker) -> None:
    """Note what comes, until the connection is closed."""
    for text in page:
        message = json.loads(text)
        if message["type"] == "data":
            told = json.loads(message["event"])
            ticker.pushed[told["topic"]].append((time.time() * 1000, newest(told)))


def newest(told: dict[str, Any]) -> int:
    """When that was said which a push tells."""
    entries: dict[str, Sequence[Any]] = told.get("entries", {})
    return int(entries[f"fields.{AT}"][0] if entries else told["fields"][AT])


def until_over(ticker: Ticker) -> None:
    """Wait until the newest of each topic has come.

    Raises:
        RuntimeError: One did not.
    """
    deadline = time.time() + PATIENCE_SECONDS
    while not ticker.is_over():
        if time.time() > deadline:
            raise RuntimeError("the newest of a topic did not come")
        time.sleep(0.1)


def writes_of(deployment: Deployment) -> int:
    """How often the states were written."""
    [live] = [stack for stack in deployment.stacks if LiveOutput.STATES_TABLE in stack.outputs]
    table = live.outputs[LiveOutput.STATES_TABLE]
    pages = deployment.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    return sum(int(item["version"]["N"]) for page in pages for item in page["Items"])
