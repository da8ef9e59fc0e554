"""Asks ingest's own handler, in this process, and looks at each answer."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from unittest import mock

from lambdas.contracts.event import Event
from lambdas.ingest import handler
from lambdas.ingest.answer import TEXT
from lambdas.ingest.ingest import MAX_EVENT_BYTES
from lambdas.ingest.request_log import RequestLog
from tests.fakes.choices import Choices, shrink
from tests.fakes.ingest import NOW, IngestHarness
from tests.fuzz.requests import Fuzzed, as_api_gateway, fuzzed
from tests.fuzz.senders import CONFIGURED, everyone

ANSWERS: Final = frozenset({200, 201, 202, 204, 400, 401, 404, 405, 413, 415})
"""What docs/connect.md lists, but for 503: no service is away here."""

TYPES: Final = ("application/json", "application/problem+json", "text/plain", "text/xml")
"""Content types of answers."""

BUDGET_SECONDS: Final = 1.0
"""Of a processor, for one request. With 256 MB, Lambda gives a seventh of one, and ingest has 15 s."""


@dataclass
class Totals:
    """What happened to many requests.

    Attributes:
        requests: How many.
        statuses: How many were answered by each status.
        events: How many events were published.
        handshakes: How many handshakes were answered.
        slowest: Seconds of a processor of the slowest; over HTTP, until its answer.
        failures: Names of those that failed, as ``seed:number``.
        seconds: How long all took.
    """

    requests: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    events: int = 0
    handshakes: int = 0
    slowest: float = 0.0
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, other: "Totals") -> None:
        """Count another's in."""
        self.requests += other.requests
        self.statuses += other.statuses
        self.events += other.events
        self.handshakes += other.handshakes
        self.slowest = max(self.slowest, other.slowest)
        self.failures += other.failures


def unsafe(answer: dict[str, Any]) -> Iterator[str]:
    """What a browser or a proxy could make something else of."""
    json.dumps(answer)
    headers = answer["headers"]
    if not headers["content-type"].startswith(TYPES):
        yield f"answered as {headers['content-type']}"
    if headers["content-type"] == TEXT and headers.get("x-content-type-options") != "nosniff":
        yield "answered as text that a browser may take for a page"
    if not all(" " <= character <= "~" for value in headers.values() for character in value):
        yield f"answered with the headers {headers}"


class Asked:
    """Ingest's handler with fakes for all that it depends on; one for many requests."""

    def __init__(self) -> None:
        self.senders = everyone()
        self.harness = IngestHarness(
            CONFIGURED, secrets={sender.name: (sender.verifying,) for sender in self.senders}
        )
        self.lines: list[str] = []
        self.seconds = 0.0
        self.log = RequestLog("Jamwire-Ingest", "Jamwire", clock=self._clock)

    def _clock(self) -> float:
        """A second later each time: every line is written in full."""
        self.harness.now += 1
        return self.harness.now

    @contextmanager
    def wired(self) -> Iterator[None]:
        """Let the handler use these."""
        with (
            mock.patch.object(handler, "_ingest", return_value=self.harness.ingest),
            mock.patch.object(handler, "_request_log", return_value=self.log),
            mock.patch.object(handler, "_log", self.lines.append),
        ):
            yield

    def ask(self, choices: Choices) -> tuple[Fuzzed, dict[str, Any]]:
        """Make a request and ask."""
        self.harness.now = NOW
        for told in (self.harness.published, self.harness.kept, self.harness.remembered, self.lines):
            told.clear()
        made = fuzzed(choices, self.senders, NOW)
        event = as_api_gateway(choices, made.request)
        started = time.process_time()
        answer = handler.handle(event, None)
        self.seconds = time.process_time() - started
        return made, answer

    def violations(self, made: Fuzzed, answer: dict[str, Any]) -> Iterator[str]:
        """What does not hold of an answer."""
        if answer["statusCode"] not in ANSWERS:
            yield f"answered {answer['statusCode']}: {self.lines}"
        if self.seconds > BUDGET_SECONDS:
            yield f"took {self.seconds:.1f} s of a processor"
        yield from unsafe(answer)
        if len(self.lines) != 1 or "\n" in self.lines[0] or not json.loads(self.lines[0]):
            yield f"logged {len(self.lines)} lines"
        published = self.harness.published
        if published and (made.forged or answer["statusCode"] >= 300):
            yield f"published {len(published)} events, though it is forged or refused"
        for text, _ in published:
            if len(text.encode()) > MAX_EVENT_BYTES:
                yield f"published {len(text.encode())} bytes"
            Event.from_json(text, fetch=lambda name: json.loads(self.harness.kept[name]))


def run_requests(seed: str, numbers: Sequence[int], *, max_failures: int = 1) -> Totals:
    """Ask with the requests of these numbers, until so many have failed."""
    totals, asked = Totals(), Asked()
    with asked.wired():
        for number in numbers:
            if not _holds(asked, Choices(f"{seed}:{number}"), totals):
                totals.failures.append(f"{seed}:{number}")
            if len(totals.failures) >= max_failures:
                break
    return totals


def _holds(asked: Asked, choices: Choices, totals: Totals) -> bool:
    totals.requests += 1
    try:
        made, answer = asked.ask(choices)
        found = list(asked.violations(made, answer))
    except Exception:  # whatever is raised is told by the story
        return False
    totals.statuses[answer["statusCode"]] += 1
    totals.events += len(asked.harness.published)
    totals.handshakes += json.loads(asked.lines[0]).get("event_type") == "handshake"
    totals.slowest = max(totals.slowest, asked.seconds)
    return not found


def story(name: str) -> Iterator[str]:
    """Tell one request, made small if it fails."""
    asked = Asked()
    choices = Choices(name)
    with asked.wired():
        found = _violations(asked, choices)
        if found:
            made = shrink(choices.made, lambda given: bool(_violations(asked, Choices(given=given))), 500)
            choices = Choices(given=made)
            found = _violations(asked, choices)
        made_again, answer = asked.ask(Choices(given=choices.made))
    request = made_again.request
    yield f"{request.method} {request.url} to {request.endpoint!r}, forged: {made_again.forged}"
    yield f"headers: {dict(request.headers)!r:.2000}"
    yield f"body, {len(request.body)} bytes: {request.body[:2000]!r}"
    yield f"answer: {answer!r:.1000}"
    yield from (f"=> {what}" for what in found)


def _violations(asked: Asked, choices: Choices) -> list[str]:
    try:
        return list(asked.violations(*asked.ask(choices)))
    except Exception as raised:
        return [f"raised {raised!r}"]
