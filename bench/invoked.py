"""One function, called again and again in an interpreter of its own: ``python -m bench.invoked NAME ROUNDS``.

It writes to standard error what one delivery takes, as JSON: milliseconds of the processor, what they are spent on,
and calls of services. A delivery is one invocation. An event that a function keeps in its queue as a wake-up is handed
over again, the clock put forward, until it is done: each time is a delivery, and all together are what the event takes.
Between two deliveries there is a rest, since one that comes at once after another costs half of it; on the function's
clock there are seconds between two events, so that no rate binds.
"""

import contextlib
import hashlib
import importlib
import json
import os
import statistics
import sys
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import boto3

from bench.clock import put_forward
from bench.meter import Meter, Parts, instrument
from lambdas.contracts.correlation import correlation_of
from lambdas.contracts.event import Event, Notice, timestamp

APART_SECONDS: Final = 5.0
WAKEUP_SECONDS: Final = 15.0
MAX_WAKEUPS: Final = 5
REST_SECONDS: Final = 0.05
WARM_UP: Final = 6
CONTEXT: Final = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 30_000)

Action = Callable[[int, Meter], None]
"""Gives a function what belongs to a number, by a meter."""


def an_event(number: int, type: str, subject: str = "page", *, correlation: str = "", **notice: Any) -> Event:
    """An event of about 2 kB, accepted now."""
    return Event(
        id=hashlib.sha256(f"{number} {type}".encode()).hexdigest()[:32],
        source="/endpoints/site",
        type=type,
        time=timestamp(time.time()),
        subject=subject,
        correlationid=correlation,
        notice=Notice(**{"title": "Summer news", "text": "x" * 300, "fields": {"Branch": "main"}} | notice),
        body={"data": {"message": "x" * 1000}},
    )


def a_publish(number: int) -> Event:
    """An entry is published, as it was before."""
    page = number % WARM_UP
    return an_event(number, "content.published", f"page-{page}", paths=(f"/news/{page}", "/news/"))


def of_a_rebuild(number: int) -> Iterator[Event]:
    """A publish, and the deploy of the build that it leads to."""
    publish = a_publish(number)
    yield publish
    yield an_event(number, "deploy.succeeded", correlation=correlation_of(publish.key))


def of_a_story(number: int) -> Iterator[Event]:
    """Two steps of a story."""
    for type in ("deploy.started", "deploy.succeeded"):
        yield an_event(number, type, correlation=f"{number:012x}")


EVENTS: Final[Mapping[str, Callable[[int], Iterable[Event]]]] = {
    "slack": lambda number: [an_event(number, "deploy.succeeded")],
    "sms": lambda number: [an_event(number, "notice.sent", severity="critical")],
    "live": lambda number: [an_event(number, "notice.sent")],
    "archive": lambda number: [an_event(number, "deploy.succeeded")],
    "story": of_a_story,
    "cdn": lambda number: [
        a_publish(number),
        *(an_event(number, type) for type in ("deploy.started", "deploy.succeeded")),
    ],
    "rebuild": of_a_rebuild,
}
"""What each subscriber is given."""


def subscriber(name: str) -> Action:
    """What hands a subscriber its events until they are done."""
    handle = importlib.import_module(f"lambdas.{name}.handler").handle

    def deliver(number: int, meter: Meter) -> None:
        for event in EVENTS[name](number):
            meter.events += 1
            put_forward(APART_SECONDS)
            _deliver(name, handle, event, meter)

    return deliver


def _deliver(name: str, handle: Any, event: Event, meter: Meter) -> None:
    sent_at = time.time()
    for receives in range(1, MAX_WAKEUPS + 2):
        time.sleep(REST_SECONDS)
        batch = {"Records": [a_record(event, receives, sent_at)]}
        answer = meter.call(handle, batch, CONTEXT)
        if not answer["batchItemFailures"]:
            return
        put_forward(WAKEUP_SECONDS)
    raise RuntimeError(f"{name} is not done with {event.type}")


def a_record(event: Event, receives: int, sent_at: float) -> dict[str, Any]:
    """A message, as Lambda hands it over."""
    return {
        "messageId": event.id,
        "receiptHandle": event.id,
        "body": event.to_json(),
        "attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": str(round(sent_at * 1000))},
    }


def ingest() -> Action:
    """What sends ingest a request of about 2 kB."""
    handle = importlib.import_module("lambdas.ingest.handler").handle

    def send(number: int, meter: Meter) -> None:
        meter.events += 1
        time.sleep(REST_SECONDS)
        answer = meter.call(handle, a_request(number), None)
        if answer["statusCode"] != 200:
            raise RuntimeError(f"ingest answered {answer}")

    return send


def a_request(number: int) -> dict[str, Any]:
    """A request, as API Gateway hands it over."""
    return {
        "requestContext": {"http": {"method": "POST"}},
        "pathParameters": {"endpoint": "zap"},
        "headers": {"authorization": "Bearer secret", "content-type": "application/json"},
        "body": json.dumps({"title": "Summer news", "id": number, "more": "y" * 1500}),
    }


def bare_publish() -> Action:
    """The floor: what a function pays that publishes a message with boto3 and does nothing else."""
    sns = boto3.client("sns")

    def publish() -> None:
        sns.publish(TopicArn=os.environ["TOPIC_ARN"], Message="x" * 2000)

    return _alone(publish)


def bare_post() -> Action:
    """The floor: what a function pays that posts a message with `urllib` and does nothing else."""

    def post() -> None:
        url = f"{os.environ['AWS_ENDPOINT_URL']}/bare"
        request = urllib.request.Request(url, data=b"x" * 2000, method="POST")  # noqa: S310 - the stand-in
        with urllib.request.urlopen(request) as answer:  # noqa: S310
            answer.read()

    return _alone(post)


def _alone(function: Callable[[], None]) -> Action:
    def action(number: int, meter: Meter) -> None:
        meter.events += 1
        time.sleep(REST_SECONDS)
        meter.call(function)

    return action


OTHERS: Final[Mapping[str, Callable[[], Action]]] = {
    "ingest": ingest,
    "bare publish": bare_publish,
    "bare post": bare_post,
}


def taken(name: str, rounds: int) -> dict[str, Any]:
    """What a delivery takes: the median of the processor's milliseconds, in parts, and what it is of calls."""
    parts = Parts()
    instrument(parts)  # first: functions keep what they find when they start
    action = OTHERS[name]() if name in OTHERS else subscriber(name)
    for number in range(min(WARM_UP, rounds)):
        action(number, Meter(parts))
    parts.clear()
    meters = [Meter(parts) for _ in range(rounds)]
    for number, meter in enumerate(meters, rounds):
        action(number, meter)
    cpu = statistics.median(meter.nanoseconds / meter.invocations for meter in meters) / 1e6
    invocations = sum(meter.invocations for meter in meters)
    return {
        "cpu_ms": cpu,
        "parts_ms": {part: cpu * spent / parts.spent.total() for part, spent in parts.spent.most_common()},
        "calls": {call: count / invocations for call, count in sorted(parts.calls.items())},
        "deliveries": invocations / sum(meter.events for meter in meters),
    }


def main() -> None:
    """Measure what the command line names."""
    name, rounds = sys.argv[1:]
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        result = taken(name, int(rounds))
    sys.stderr.write(json.dumps(result))


if __name__ == "__main__":
    main()
