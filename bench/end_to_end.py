"""From a webhook to the call of Slack's host, on the local account, against the same services without Jamwire."""

import atexit
import json
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import cache
from http.client import HTTPConnection
from typing import Final
from urllib.parse import urlsplit

from bench import bare_chain
from bench.account import the_account
from bench.figure import Figure, percentile
from bench.receiver import Receiver
from jamwire.operations.deployment import Deployment
from jamwire.operations.secrets import add_secret, list_secrets
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request

ROUNDS: Final = 10
APART_SECONDS: Final = 2.0
"""Between two events, so that no rate binds: Slack takes one a second."""

PACED_ROUNDS: Final = 6
PACE_SECONDS: Final = 1.0
"""One event after the other at the rate of Slack's rate limit."""

GOAL: Final = 3.0
GOAL_AT_PACE: Final = 1.2
SHORT_ROUNDS: Final = 2
WARM_UP: Final = 3
REST_SECONDS: Final = 0.1
"""Before each run: the emulator looks into a queue at once, but only 50 ms after what it last found there."""
LABEL: Final = "netlify/deploy-started"

Marked = tuple[str, dict[str, str], bytes]
"""A request: the mark in its body, its headers, its body."""


def measure(*, short: bool) -> Iterator[Figure]:
    """Medians and 99th percentiles of runs that take turns."""
    rounds = SHORT_ROUNDS if short else ROUNDS
    ways = the_ways()
    for _ in range(min(WARM_UP, rounds)):
        every(PACE_SECONDS, ways)
    apart = PACE_SECONDS if short else APART_SECONDS
    runs = [every(apart, ways) for _ in range(rounds)]
    at_pace = {"jamwire": ways["jamwire"]}
    paced = [every(PACE_SECONDS, at_pace)["jamwire"] / 1000 for _ in range(min(PACED_ROUNDS, rounds))]
    for share in (50, 99):
        bare, jamwire = (percentile([run[name] for run in runs], share) for name in ("bare", "jamwire"))
        yield Figure(
            name=f"webhook to Slack call, p{share}",
            value=jamwire / bare,
            unit="x",
            goal=GOAL,
            note=f"{jamwire:.1f} ms against {bare:.1f} ms for HTTP API → Lambda → SNS → SQS → Lambda → POST; "
            f"{rounds} events, {apart:g} s apart",
        )

    yield Figure(
        name="webhook to Slack call, one event a second, p99",
        value=percentile(paced, 99),
        unit="s",
        goal=GOAL_AT_PACE,
        note="at the rate of Slack's rate limit, one after the other",
    )


@cache
def the_ways() -> Mapping[str, Callable[[], float]]:
    """What times each way once.

    Both end at a receiver that is there until the process ends, since Slack's function keeps its webhook.
    """
    account = the_account()
    held = ExitStack()
    atexit.register(held.close)
    receiver = held.enter_context(Receiver())
    bare_url = bare_chain.deploy(account.client, account.deployment.local_url, receiver.url, name="bare")
    add_secret(account.deployment, "slack", f"{receiver.url}/services/T0/B0/bench")
    return {
        "bare": lambda: timed(receiver, bare_url, a_mark),
        "jamwire": jamwire_way(account.deployment, receiver),
    }


def every(seconds: float, ways: Mapping[str, Callable[[], float]]) -> Mapping[str, float]:
    """Milliseconds that each way takes; the next ones begin so many seconds after these."""
    started = time.perf_counter()
    elapsed = {name: way() for name, way in ways.items()}
    time.sleep(max(0.0, seconds - (time.perf_counter() - started)))
    return elapsed


def a_mark() -> Marked:
    """A body that the bare chain passes on."""
    mark = secrets.token_hex(12)
    return mark, {"content-type": "application/json"}, json.dumps({"text": mark}).encode()


def jamwire_way(deployment: Deployment, receiver: Receiver) -> Callable[[], float]:
    """One signed sample to the deployment."""
    endpoint = deployment.endpoint("site")
    secret = list_secrets(deployment, "site")[-1].value

    def sample() -> Marked:
        mark = secrets.token_hex(12)
        request = build_request(SAMPLES[LABEL], endpoint.scheme, secret, now=time.time(), fresh=mark)
        return mark, dict(request.headers), request.body

    return lambda: timed(receiver, endpoint.url, sample)


def timed(receiver: Receiver, url: str, make: Callable[[], Marked]) -> float:
    """Milliseconds from the first byte sent until the receiver was called with the same mark."""
    mark, headers, body = make()
    time.sleep(REST_SECONDS)
    parts = urlsplit(url)
    connection = HTTPConnection(parts.netloc, timeout=10)
    started = time.perf_counter()
    connection.request("POST", parts.path, body, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{url} answered {answer.status}")
    connection.close()
    return (receiver.wait_for(mark) - started) * 1000
