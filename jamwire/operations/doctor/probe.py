"""The probe: a marked event on the topic and a marked message in each queue, and how long each took into its function.

The runtime ends both before any notifier sees them (`lambdas.runtime.probes`), and says so in the function's log. A
subscriber whose rule does not match the event is reached by the message in its queue only.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each, unchecked
from jamwire.operations.doctor.subscriptions import takes
from jamwire.operations.errors import OperationError
from jamwire.operations.filter_policy import FilterPolicies
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import Event
from lambdas.contracts.outputs import HubOutput
from lambdas.contracts.probe import PROBE, probe_event

PATIENCE_SECONDS: Final = 40.0
"""CloudWatch shows a line some seconds after it was written; a function that starts anew takes some more."""

LOOK_EVERY: Final = 1.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A probe on its way into a function.

    Attributes:
        subject: What a person calls the way.
        subscriber: Whose function is to take it.
        name: The probe's.
        at: When it was sent, unix seconds.
        took_ms: How long AWS took to accept it.
    """

    subject: str
    subscriber: DeployedSubscriber
    name: str
    at: float
    took_ms: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A probe that a function has taken: when, unix seconds, and how long it was in the queue."""

    at: float
    waited_ms: int


def check_probe(examination: Examination) -> Iterator[Finding]:
    """Send them all, then look for each in the log of the function that should take it."""
    ready: list[DeployedSubscriber] = []
    sent: list[Sent] = []

    def prepare(subscriber: DeployedSubscriber) -> Iterator[Finding]:
        if not subscriber.function:
            advice = "not sent: it was deployed before probes were known; run: make deploy"
            yield Finding(subscriber.name, "warning", advice)
        elif not takes(examination, subscriber):
            yield Finding(subscriber.name, "warning", "not sent: nothing takes from its queue")
        else:
            ready.append(subscriber)

    def send(subscriber: DeployedSubscriber) -> Iterator[Finding]:
        sent.append(_to_queue(examination, subscriber))
        yield from ()

    yield from of_each(examination.subscribers, prepare, lambda subscriber: subscriber.name)
    try:
        sent += _to_topic(examination, ready)
    except OperationError as error:
        yield unchecked("topic", error)
    yield from of_each(ready, send, lambda subscriber: f"queue of {subscriber.name}")
    until = examination.clock() + PATIENCE_SECONDS
    yield from of_each(sent, lambda probe: [_found(examination, probe, until)], lambda probe: probe.subject)


def _to_topic(examination: Examination, ready: Sequence[DeployedSubscriber]) -> list[Sent]:
    """Nothing is sent where a function would take it for an event: all that hear of it must know probes."""
    event = _event(examination)
    policies = FilterPolicies(examination.deployment)
    rules = {s.name: rule for s in examination.subscribers if (rule := policies.rule_of(s))}
    matched = [
        s for s in examination.subscribers if s.name in rules and rules[s.name].match(event) is not False
    ]
    if not ready or any(not subscriber.function for subscriber in matched):
        return []
    publish = partial(
        examination.deployment.client("sns").publish,
        TopicArn=examination.deployment.hub.outputs[HubOutput.TOPIC_ARN],
        Message=event.to_json(),
        MessageAttributes=_attributes({**event.attributes, PROBE: event.id}),
    )
    at, took_ms = _timed(examination, publish)
    return [Sent(f"topic to {s.name}", s, event.id, at, took_ms) for s in ready if s in matched]


def _to_queue(examination: Examination, subscriber: DeployedSubscriber) -> Sent:
    event = _event(examination)
    send = partial(
        examination.deployment.client("sqs").send_message,
        QueueUrl=subscriber.queue_url,
        MessageBody=event.to_json(),
        MessageAttributes=_attributes({PROBE: event.id}),
    )
    return Sent(f"queue of {subscriber.name}", subscriber, event.id, *_timed(examination, send))


def _event(examination: Examination) -> Event:
    return probe_event(f"probe-{examination.token()}", examination.clock())


def _attributes(values: Mapping[str, str]) -> dict[str, dict[str, str]]:
    return {name: {"DataType": "String", "StringValue": value} for name, value in values.items()}


def _timed(examination: Examination, send: Callable[[], object]) -> tuple[float, int]:
    """When a call began, unix seconds, and how many milliseconds it took."""
    began = examination.clock()
    with aws_errors():
        send()
    return began, round((examination.clock() - began) * 1000)


def _found(examination: Examination, sent: Sent, until: float) -> Finding:
    """What became of a probe; the function's clock and this one's may differ by some milliseconds."""
    log = _log_of(examination, sent.subscriber)
    while not (taken := _taken(examination, log, sent)) and examination.clock() < until:
        examination.sleep(LOOK_EVERY)
    facts: dict[str, Any] = {"sent_ms": sent.took_ms}
    if taken is None:
        advice = f"not taken within {PATIENCE_SECONDS:.0f} s; look into {log}"
        return Finding(sent.subject, "wrong", advice, facts)
    total = max(0, round((taken.at - sent.at) * 1000))
    facts |= {"waited_ms": taken.waited_ms, "total_ms": total}
    advice = f"sent in {sent.took_ms} ms, {taken.waited_ms} ms in the queue, {total} ms in all"
    return Finding(sent.subject, "ok", advice, facts)


def _log_of(examination: Examination, subscriber: DeployedSubscriber) -> str:
    configured = examination.function(subscriber).get("LoggingConfig", {})
    return str(configured.get("LogGroup") or f"/aws/lambda/{subscriber.function}")


def _taken(examination: Examination, log: str, sent: Sent) -> Taken | None:
    with aws_errors():
        pages = (
            examination.deployment.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=log,
                filterPattern=json.dumps(sent.name),
                startTime=round((sent.at - 60) * 1000),
            )
        )
        found = [event for page in pages for event in page["events"]]
    for event in found:
        line = json.loads(event["message"]) if event["message"].startswith("{") else {}
        if line.get("probe") == sent.name:
            return Taken(event["timestamp"] / 1000, line.get("age_ms", 0))
    return None
