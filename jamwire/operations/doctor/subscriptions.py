"""The way from the topic into each function: the queue is subscribed to it, and something takes from the queue."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from jamwire.operations.audience.audience import QUESTIONS, QUEUES, find_audiences
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.filter_policy import FilterPolicies
from jamwire.operations.listeners import find_deaf_stacks
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.outputs import AudienceOutput

_TAKES: Final = ("Enabled", "Enabling", "Creating", "Updating")
"""States of an event source mapping that takes messages, or is about to (Lambda API reference)."""

_MADE_ANEW: Final = "destroy {}, and deploy it again"
_CHANNEL_MADE_ANEW: Final = "take the channel out of app.py and deploy, then put it back and deploy again"
"""An audience is not to be destroyed: its followers are in it."""

_OF_AUDIENCES: Final[Sequence[tuple[str, AudienceOutput]]] = (
    *QUEUES.items(),
    *((f"{channel}'s questions", output) for channel, output in QUESTIONS.items()),
)
"""An audience's queues, by whose they are; where it has one, its stack has the output."""


class Queue(NamedTuple):
    """A queue from which a function is to take.

    Attributes:
        subject: Whose it is, as a person reads it.
        url: Its address.
        made_anew: How a function comes to take from it again.
    """

    subject: str
    url: str
    made_anew: str


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
    subscribers, audiences = examination.subscribers, find_audiences(examination.deployment)
    queues = [
        *(
            Queue(s.name, s.queue_url, _MADE_ANEW.format(f"{examination.deployment.name}-{s.name}"))
            for s in subscribers
        ),
        *(
            Queue(f"{audience.name}: {whose}", url, _CHANNEL_MADE_ANEW)
            for audience in audiences
            for whose, output in _OF_AUDIENCES
            if (url := audience.stack.outputs.get(output))
        ),
    ]
    yield from of_each(queues, lambda queue: [_event_source(examination, queue)], lambda queue: queue.subject)


def takes(examination: Examination, subscriber: DeployedSubscriber) -> bool:
    """Whether something takes from the subscriber's queue."""
    return any(mapping["State"] in _TAKES for mapping in examination.mappings(subscriber))


def _event_source(examination: Examination, queue: Queue) -> Finding:
    mappings = examination.mappings_of(queue.url)
    if any(mapping["State"] in _TAKES for mapping in mappings):
        return Finding(queue.subject, "ok", "takes from its queue")
    if mappings:
        run = f"aws lambda update-event-source-mapping --enabled --uuid {mappings[0]['UUID']}"
        advice = f"the function takes nothing: its event source mapping is {mappings[0]['State']}; run: {run}"
        return Finding(queue.subject, "wrong", advice)
    return Finding(queue.subject, "wrong", f"no function takes from its queue; {queue.made_anew}")
