"""The way from the topic into each function: the queue is subscribed to it, and something takes from the queue."""

from collections.abc import Iterator
from typing import Final

from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.filter_policy import FilterPolicies
from jamwire.operations.listeners import find_deaf_stacks
from jamwire.operations.subscribers import DeployedSubscriber

_TAKES: Final = ("Enabled", "Enabling", "Creating", "Updating")
"""States of an event source mapping that takes messages, or is about to (Lambda API reference)."""


def check_subscriptions(examination: Examination) -> Iterator[Finding]:
    """A queue that is not subscribed hears nothing, and nothing else tells of it."""
    deaf = find_deaf_stacks(examination.deployment)
    for stack in deaf:
        advice = "it listens to a hub that is gone, and hears nothing; run: make deploy ARGS=--force"
        yield Finding(stack, "wrong", advice)
    policies = FilterPolicies(examination.deployment)
    for subscriber in examination.subscribers:
        stack = f"{examination.deployment.name}-{subscriber.name}"
        if policies.listens(subscriber):
            yield Finding(subscriber.name, "ok", "subscribed")
        elif stack not in deaf:
            advice = f"its queue is not subscribed to the hub's topic; destroy {stack}, and deploy it again"
            yield Finding(subscriber.name, "wrong", advice)


def check_event_sources(examination: Examination) -> Iterator[Finding]:
    """A queue from which nothing is taken grows until its events are lost."""

    def look(subscriber: DeployedSubscriber) -> Iterator[Finding]:
        yield _event_source(examination, subscriber)

    yield from of_each(examination.subscribers, look, lambda subscriber: subscriber.name)


def takes(examination: Examination, subscriber: DeployedSubscriber) -> bool:
    """Whether something takes from the subscriber's queue."""
    return any(mapping["State"] in _TAKES for mapping in examination.mappings(subscriber))


def _event_source(examination: Examination, subscriber: DeployedSubscriber) -> Finding:
    mappings = examination.mappings(subscriber)
    if any(mapping["State"] in _TAKES for mapping in mappings):
        return Finding(subscriber.name, "ok", "takes from its queue")
    if mappings:
        run = f"aws lambda update-event-source-mapping --enabled --uuid {mappings[0]['UUID']}"
        advice = f"the function takes nothing: its event source mapping is {mappings[0]['State']}; run: {run}"
        return Finding(subscriber.name, "wrong", advice)
    stack = f"{examination.deployment.name}-{subscriber.name}"
    advice = f"no function takes from its queue; destroy {stack}, and deploy it again"
    return Finding(subscriber.name, "wrong", advice)
