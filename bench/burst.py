"""10,000 events in one second to one Slack channel: the real subscriber on the simulation's services and clock."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final
from unittest import mock

from slack_sdk.webhook import WebhookClient, WebhookResponse

import lambdas.slack.handler
from bench.figure import Figure
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.settings import SubscriberSettings
from lambdas.runtime.decorator import Services, make_worker
from stacks.constructs.queues import VISIBILITY_FACTOR
from stacks.constructs.subscriber import GIVE_UP_AFTER, RATE_LIMITED_CONCURRENCY, TIMEOUT
from stacks.slack import RATE_LIMIT
from tests.fakes.choices import Choices
from tests.fakes.clock import Clock
from tests.fakes.dynamodb import DynamoDB
from tests.fakes.lambda_service import Environments, EventSource
from tests.fakes.network import Network
from tests.fakes.slack import events_of, slack_webhook
from tests.fakes.sqs import Queue, Sqs

EVENTS: Final = 10_000
SHORT_EVENTS: Final = 200
START: Final = 1_800_000_000.0
SLACK_SECONDS: Final = 0.2
TYPES: Final = ("form.submitted",) * 7 + ("deploy.failed", "order.created", "notice.sent")


class Quick(Choices):
    """Every call is quick and nothing goes wrong; only who of two is faster is left to chance."""

    def draw(self, count: int) -> int:
        """One of two, or the first."""
        return super().draw(count) if count == 2 else 0


@dataclass
class Channel:
    """Slack's end: when it was called, and which events it was sent."""

    clock: Clock
    requests: list[float] = field(default_factory=list)
    delivered: Counter[str] = field(default_factory=Counter)

    def answer(self, client: WebhookClient, message: Mapping[str, Any]) -> WebhookResponse:
        """Take a message."""
        self.requests.append(self.clock.now)
        self.clock.sleep(SLACK_SECONDS)
        self.delivered.update(mark[:9] for mark in events_of(message))
        return WebhookResponse(url="", status_code=200, body="ok", headers={})


def measure(*, short: bool) -> Iterator[Figure]:
    """Messages, the time until the last event is delivered, and the calls that it takes."""
    events = SHORT_EVENTS if short else EVENTS
    outcomes: Counter[str] = Counter()
    channel, calls = run(events, outcomes)
    ids = [event_id(number) for number in range(events)]
    if channel.delivered != Counter(id[:9] for id in ids):
        raise RuntimeError("not every event was delivered exactly once")
    seconds = channel.requests[-1] - START
    over = max(_beyond_the_rate_limit(channel.requests))
    note = f"{events:,} events in one second, each delivered exactly once"
    yield Figure(name="burst to Slack: messages", value=len(channel.requests), unit="", note=note)
    yield Figure(name="burst to Slack: until the last is delivered", value=seconds, unit="s")
    yield Figure(
        name=f"burst to Slack: requests beyond {RATE_LIMIT.burst} at once and {RATE_LIMIT.per_second:g} a second",
        value=max(0.0, over),
        unit="",
        goal=0,
        note="in any stretch of time, however long",
    )
    turns = calls.pop("rate-limit")
    yield Figure(
        name="burst to Slack: calls of the ledger for each event",
        value=calls.total() / events,
        unit="",
        goal=2,
    )
    note = f"{outcomes['paced']:,} batches found that it was not their turn"
    yield Figure(
        name="burst to Slack: calls of the clock for each event", value=turns / events, unit="", note=note
    )


def run(events: int, outcomes: Counter[str]) -> tuple[Channel, Counter[str]]:
    """Run it; gives Slack's end, and the calls of DynamoDB by item."""
    clock, choices = Clock(START), Quick("burst")
    network = Network(clock, choices, 0, lambda text: None)
    sqs, dynamodb = Sqs(network), DynamoDB(network)
    timeout = TIMEOUT.to_seconds()
    dead_letters = sqs.make(Queue("dead"))
    queue = sqs.make(Queue("slack", visibility=timeout * VISIBILITY_FACTOR, dead_letters=dead_letters))
    settings = SubscriberSettings(
        stack_id="Slack",
        queue_url="slack",
        dead_letters_url="dead",
        ledger_table="ledger",
        give_up_after=GIVE_UP_AFTER.to_seconds(),
        rate_limit=RATE_LIMIT,
    )
    services = Services(
        sqs=sqs,  # type: ignore[arg-type]
        dynamodb=dynamodb,  # type: ignore[arg-type]
        report=lambda outcome, message, event, **facts: outcomes.update([outcome]),
        clock=lambda: clock.now,
        random=lambda: 0.0,
        sleep=clock.sleep,
        beside=lambda call: call,
    )
    environments = Environments(
        lambda name: make_worker(
            lambdas.slack.handler.handle.__wrapped__,  # type: ignore[attr-defined]
            batch=True,
            services=replace(services, environment=name),
            settings=settings,
            service="slack",
        ),
        choices,
    )
    EventSource(
        clock=clock,
        network=network,
        choices=choices,
        sqs=sqs,
        queue=queue,
        handler=environments.handle,
        timeout=timeout,
        concurrency=RATE_LIMITED_CONCURRENCY,
        on_death=lambda task: None,
    )
    for number in range(events):
        at = START + number / events
        clock.at(at, partial(sqs.put, queue, an_event(number, at)))
    channel = Channel(clock)
    with (
        mock.patch("lambdas.slack.handler._webhook", slack_webhook),
        mock.patch.object(
            WebhookClient, "send_dict", lambda client, message: channel.answer(client, message)
        ),
    ):
        clock.run(START + 86_400)
    if queue.messages or dead_letters.messages:
        raise RuntimeError("an event is left in the queue or dead")
    return channel, dynamodb.calls


def _beyond_the_rate_limit(requests: list[float]) -> Iterator[float]:
    """For each stretch of requests, how many it has more than the rate limit allows."""
    for last, end in enumerate(requests):
        for first in range(last + 1):
            yield (
                last
                - first
                + 1
                - (RATE_LIMIT.burst + (end - requests[first]) * RATE_LIMIT.per_second + 0.001)
            )


def event_id(number: int) -> str:
    """An event's id."""
    return hashlib.sha256(str(number).encode()).hexdigest()[:32]


def an_event(number: int, at: float) -> str:
    """An event as it travels."""
    kind = TYPES[number % len(TYPES)]
    notice = Notice(title=f"{kind} number {number}", text="Some words.", url=f"https://example.com/{number}")
    event = Event(id=event_id(number), source="/endpoints/site", type=kind, time=timestamp(at), notice=notice)
    return event.to_json()
