"""One function, given events one at a time, in an interpreter of its own: ``python -m bench.cost.trial NAME``.

It reads its environment as JSON, and prints what one event takes as JSON (`bench.cost.taken`). All that the function
calls answers from here, so that what is left is its own. A warm function is what counts; its first events are not. An
event that a function keeps in its queue as a wake-up is handed over again, the clock put forward, until it is done.
"""

import dataclasses
import hashlib
import importlib
import io
import json
import os
import sys
import time
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

from bench.environment import ENVIRONMENT

_put_forward = 0.0
_time, _monotonic = time.time, time.monotonic
# First: what is imported below takes them as defaults.
time.time = lambda: _time() + _put_forward
time.monotonic = lambda: _monotonic() + _put_forward


from bench.cost.prices import MONTH_SECONDS  # noqa: E402
from bench.cost.services import Services  # noqa: E402
from bench.receiver import Receiver  # noqa: E402
from lambdas.clients.transport import Transport  # noqa: E402
from lambdas.contracts.correlation import correlation_of  # noqa: E402
from lambdas.contracts.event import Event, Notice, timestamp  # noqa: E402
from lambdas.contracts.keyring import Key, write_document  # noqa: E402
from lambdas.contracts.settings import (  # noqa: E402
    ArchiveSettings,
    LiveSettings,
    RebuildSettings,
    SlackSettings,
    StorySettings,
)

APART: Final = 5.0
"""Seconds between two events."""

FLOOD_APART: Final = 0.01
"""Of a stranger's requests, at one of the functions that run at once: about half of what API Gateway lets in."""

WARM_UP: Final = 10
ROUNDS: Final = 180
"""A quarter of an hour of events: secrets are read again now and then, and a ledger is asked what it knows."""

FLOOD_ROUNDS: Final = 6_000

WAKEUP: Final = 15.0
"""Seconds after which a wake-up comes back: what was collected, or begun, is due or over then."""

MAX_INVOCATIONS: Final = 4

LINE_OVERHEAD: Final = 26
"""Bytes that CloudWatch Logs counts for each line beside its text (CloudWatch Logs API reference, `PutLogEvents`)."""

CONTEXT: Final = SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 30_000)

OTHERS: Final = {
    **SlackSettings(secret_arn="bench").to_environment(),  # noqa: S106 - the name of a secret
    **RebuildSettings(
        build_host="netlify",
        secret_arn="bench",  # noqa: S106
        quiet=10,
        longest_wait=120,
        longest_build=1800,
    ).to_environment(),
    **StorySettings(until="deploy.succeeded", patience=3600).to_environment(),
    **LiveSettings(
        http_url="https://live.invalid/event", states_table="states", keep=86_400
    ).to_environment(),
    **ArchiveSettings(events_table="events", keep_seconds=30 * 86_400).to_environment(),
    "AWS_REGION": "us-east-1",
}
"""What functions are told beside what `bench.environment` says."""

NOTICES: Final[dict[str, dict[str, Any]]] = {
    "slack": {"type": "deploy.succeeded"},
    "sms": {"type": "notice.sent", "severity": "critical"},
    "cdn": {"type": "content.published", "paths": ("/news/winter/", "/news/")},
    "rebuild": {"type": "content.published", "paths": ("/news/winter/", "/news/")},
    "story": {"type": "deploy.succeeded"},
    "live": {"type": "notice.sent"},
    "archive": {"type": "deploy.succeeded"},
}
"""What each subscriber is given."""

AFTERWARDS: Final[dict[str, Callable[[Event], dict[str, Any]]]] = {
    "rebuild": lambda publish: {"type": "deploy.succeeded", "correlation": correlation_of(publish.key)},
    "cdn": lambda publish: {"type": "deploy.succeeded", "correlation": ""},
}
"""What it hears in consequence, beside its wake-ups: the end of the build that it has requested, or waits for."""


def a_body(number: int) -> dict[str, Any]:
    """A payload of 2 kB, as a push has it; 3 kB with the event around it."""
    return {
        "title": "6 commits to main",
        "commits": [
            {
                "id": (commit := hashlib.sha256(f"{number}/{n}".encode()).hexdigest()[:40]),
                "message": f"Correct the times of line {n}",
                "url": f"https://github.example/site/commit/{commit}",
                "author": {
                    "name": f"Editor {n}",
                    "email": f"editor-{n}@example.com",
                    "username": f"editor{n}",
                },
                "modified": [f"content/news/page-{n}-{page}.md" for page in range(5)],
            }
            for n in range(6)
        ],
    }


def an_event(number: int, *, type: str, correlation: str | None = None, **notice: Any) -> Event:
    """An event of 3 kB, accepted now."""
    return Event(
        id=hashlib.sha256(f"{number} {type}".encode()).hexdigest()[:32],
        source="/endpoints/site",
        type=type,
        time=timestamp(time.time()),
        subject="line-12",
        correlationid=f"{number:012x}" if correlation is None else correlation,
        notice=Notice(
            **{"title": "6 commits to main", "text": "By three editors", "fields": {"Branch": "main"}}
            | notice
        ),
        body=a_body(number),
    )


def a_request(number: int, endpoint: str, token: str) -> dict[str, Any]:
    """A request as API Gateway hands it over."""
    return {
        "requestContext": {"http": {"method": "POST", "sourceIp": "203.0.113.7"}},
        "pathParameters": {"endpoint": endpoint},
        "headers": {
            "authorization": f"Bearer {token}",
            "content-type": "application/json",
            "idempotency-key": f"delivery-{number}",
        },
        "body": json.dumps(a_body(number)),
    }


REQUESTS: Final = {
    "ingest": ("zap", "secret"),
    "unknown endpoint": ("nothing", "secret"),
    "bad signature": ("zap", "wrong"),
}
"""What ingest is given: the endpoint, and the token of who calls."""

STRANGERS: Final = ("unknown endpoint", "bad signature")


class Destination(Receiver):
    """Slack, or a build host; it counts its calls."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def _note(self, body: str) -> None:
        self.calls += 1


@dataclasses.dataclass
class Trial:
    """A function at work, and what it has taken so far."""

    name: str
    handle: Any
    invocations: int = 0
    hidden: int = 0
    cpu_ms: float = 0.0

    @property
    def apart(self) -> float:
        """Seconds between what it is given."""
        return FLOOD_APART if self.name in STRANGERS else APART

    @property
    def rounds(self) -> int:
        """How often it is given something."""
        return FLOOD_ROUNDS if self.name in STRANGERS else ROUNDS

    def give(self, number: int) -> None:
        """Let it see to an event until it is done."""
        global _put_forward
        if self.name in REQUESTS:
            self.invoke(a_request(number, *REQUESTS[self.name]))
            return
        self._deliver(published := an_event(number, **NOTICES[self.name]))
        if self.name in AFTERWARDS:
            self._deliver(an_event(number, **AFTERWARDS[self.name](published)))

    def _deliver(self, event: Event) -> None:
        global _put_forward
        sent_at = time.time()
        for receives in range(1, MAX_INVOCATIONS + 1):
            answer = self.invoke({"Records": [_record(event, receives, sent_at)]})
            if not answer["batchItemFailures"]:
                return
            self.hidden += 1
            _put_forward += WAKEUP
        raise RuntimeError(f"{self.name} is not done with its event after {MAX_INVOCATIONS} invocations")

    def invoke(self, event: dict[str, Any]) -> dict[str, Any]:
        """Call it, as Lambda does."""
        self.invocations += 1
        started = time.process_time()
        answer: dict[str, Any] = self.handle(event, CONTEXT)
        self.cpu_ms += (time.process_time() - started) * 1000
        return answer


def _record(event: Event, receives: int, sent_at: float) -> dict[str, Any]:
    return {
        "messageId": event.id,
        "receiptHandle": event.id,
        "body": event.to_json(),
        "attributes": {"ApproximateReceiveCount": str(receives), "SentTimestamp": str(round(sent_at * 1000))},
    }


def metrics_in(log: str) -> set[str]:
    """Custom metrics that these lines make, each with its dimensions (CloudWatch embedded metric format)."""
    found = set()
    for line in log.splitlines():
        for directive in json.loads(line).get("_aws", {}).get("CloudWatchMetrics", []):
            for dimensions in directive["Dimensions"]:
                found |= {f"{metric['Name']} by {', '.join(dimensions)}" for metric in directive["Metrics"]}
    return found


def main(name: str) -> dict[str, Any]:
    """Give it its events; gives what each of them has taken."""
    global _put_forward
    log = sys.stdout = io.StringIO()  # first: a logger takes it when it is made
    destination = Destination()
    with destination:
        hook = f"{destination.url}/build_hooks/0123456789abcdef01234567"
        secret = write_document({"destination": [Key("1", hook, "")], "zap": [Key("1", "secret", "")]})
        services = Services(secret, time.time)
        Transport.send = lambda self, request: services.send(request)  # type: ignore[method-assign]
        module = "ingest" if name in REQUESTS else name
        trial = Trial(name, importlib.import_module(f"lambdas.{module}.handler").handle)
        for number in range(WARM_UP + trial.rounds):
            if number == WARM_UP:
                trial = Trial(name, trial.handle)
                services.forget()
                destination.calls = 0
                log.seek(0)
                log.truncate()
            trial.give(number)
            _put_forward += trial.apart
    if destination.calls:
        services.calls["destination.POST"] = destination.calls
    return _taken(trial, services, log.getvalue())


def _taken(trial: Trial, services: Services, log: str) -> dict[str, Any]:
    lines = log.splitlines()
    byte_months = sum(size * seconds for size, seconds in services.kept.values()) / MONTH_SECONDS

    def each(amount: float) -> float:
        return round(amount / trial.rounds, 6)

    return {
        "invocations": each(trial.invocations),
        "hidden": each(trial.hidden),
        "cpu_ms": each(trial.cpu_ms),
        "log_bytes": each(len(log.encode()) + (LINE_OVERHEAD - 1) * len(lines)),
        "byte_months": each(byte_months),
        "units": {unit: each(amount) for unit, amount in sorted(services.units.items())},
        "calls": {call: each(amount) for call, amount in sorted(services.calls.items())},
        "metrics": sorted(metrics_in(log)),
    }


if __name__ == "__main__":
    os.environ |= ENVIRONMENT | OTHERS | json.load(sys.stdin)
    os.environ["ENDPOINTS_FILE"] = ENVIRONMENT[
        "ENDPOINTS_FILE"
    ]  # the deployed one lies beside the code there
    taken = main(sys.argv[1])
    sys.__stdout__.write(json.dumps(taken))  # type: ignore[union-attr]
