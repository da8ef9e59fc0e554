"""Notices as of a stock ticker: how old is what a page shows, and what it takes.

A thousand a second over fifty topics are modelled (`bench.ticker_model`). On the local account, which is one process,
so many are published as it carries, over fewer topics, so that more is said of each than it may be pushed. It begins at
the hub's topic, ten notices a call, since one request may carry many.
"""

import base64
import json
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from typing import Final
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol

from bench import ticker_model
from bench.account import the_account
from bench.figure import Figure, percentile
from bench.ticker import Ticker, a_notice
from bench.ticker_model import MAX_AGE_MS
from jamwire.operations.deployment import Deployment
from jamwire.operations.live import Listening, listening_to
from lambdas.clients.publisher import Message, Publisher
from lambdas.contracts.outputs import LiveOutput

TOPICS: Final = 5
RATE: Final = 50
SECONDS: Final = 10
SHORT_SECONDS: Final = 2
BATCH: Final = 10
CALLS_AT_ONCE: Final = 8
PATIENCE_SECONDS: Final = 60
AT_ONCE_MS: Final = 10
"""What comes within so short a time was published at once, up to five notices a call."""


def measure(*, short: bool) -> Iterator[Figure]:
    """The age of what a page shows, pushes, and calls for each notice."""
    yield from ticker_model.measure(short=short)
    notices = RATE * (SHORT_SECONDS if short else SECONDS)
    account = the_account()
    [listening] = listening_to(account.deployment)
    warm_up, ticker = Ticker(), Ticker()
    with listened(listening, warm_up):
        publish(account.deployment, warm_up, RATE)
        until_over(warm_up)
    written = writes_of(account.deployment)
    with listened(listening, ticker):
        took = publish(account.deployment, ticker, notices)
        until_over(ticker)
    times = [publishes(its) for its in ticker.pushed.values()]
    writes = writes_of(account.deployment) - written
    name = "ticker, local account"
    age = percentile(ticker.ages(), 99)
    note = f"{notices / took:.0f} a second over {TOPICS} topics; the newest of each topic came last"
    yield Figure(
        name=f"{name}: age of what a page shows, p99", value=age, unit="ms", goal=MAX_AGE_MS, note=note
    )
    yield Figure(
        name=f"{name}: publishes of one topic a second",
        value=max(map(rate_of, times)),
        unit="",
        note="after the first second; a function that was idle for one takes a topic for quiet",
    )
    for what, many in (("AppSync publishes", sum(map(len, times))), ("DynamoDB writes", writes)):
        yield Figure(name=f"{name}: {what} for each notice", value=many / notices, unit="")


def publishes(pushed: Sequence[tuple[float, int]]) -> list[float]:
    """When there was a publish of a topic, in milliseconds, of what was heard."""
    times = [at for at, _ in pushed]
    return times[:1] + [later for at, later in pairwise(times) if later - at > AT_ONCE_MS]


def rate_of(times: Sequence[float]) -> float:
    """How many there are a second, from a second after the first to the last; 0 where too few came to tell."""
    steady = [at for at in times if at >= times[0] + 1_000]
    return (len(steady) - 1) * 1000 / (steady[-1] - steady[0]) if len(steady) > 1 else 0.0


def publish(deployment: Deployment, ticker: Ticker, notices: int) -> float:
    """Publish so many, at the rate or as fast as they are taken; gives the seconds that it took."""
    publisher = Publisher(deployment.client("sns"), deployment.hub.outputs["TopicArn"])
    started = time.time()

    def send(first: int) -> None:
        time.sleep(max(0.0, started + first / RATE - time.time()))
        events = [a_notice(ticker, number, time.time(), TOPICS) for number in range(first, first + BATCH)]
        publisher.publish_all([Message(event.to_json(), event.attributes) for event in events])

    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        list(pool.map(send, range(0, notices, BATCH)))
    return time.time() - started


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
            ticker.hear(json.loads(message["event"]), time.time() * 1000)


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
