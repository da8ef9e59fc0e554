"""The delivery of pushes: few calls for many of them, and what failed by the events that it concerns."""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.live.pushes import Push

MAX_EVENTS: Final = 5
"""Events of one publish (AppSync Events, "Quotas")."""

MAX_CALLS: Final = 8

Publish = Callable[[str, Sequence[str]], Sequence[Retry | Undeliverable | None]]
"""Publishes texts on a channel; tells for each whether it failed, and how."""


def deliver(publish: Publish, pushes: Sequence[Push]) -> list[Retry | Undeliverable]:
    """Publish, each channel's in the order of time.

    Returns:
        What failed; one for each event of which a push did, and so for all of them together. A page that has been told
        is told again by the next try, and knows what it knows.
    """
    by_channel: dict[str, list[Push]] = {}
    for push in sorted(pushes, key=lambda push: push.event.time):
        by_channel.setdefault(push.channel, []).append(push)
    if not by_channel:
        return []
    with ThreadPoolExecutor(min(MAX_CALLS, len(by_channel))) as pool:
        failed = pool.map(lambda channel: _publish_channel(publish, channel, by_channel[channel]), by_channel)
        failures = {event.key: (event, failure) for some in failed for event, failure in some}
    return [_named(failure, event) for event, failure in failures.values()]


def _publish_channel(
    publish: Publish, channel: str, pushes: Sequence[Push]
) -> Iterable[tuple[Event, Retry | Undeliverable]]:
    failed = []
    for start in range(0, len(pushes), MAX_EVENTS):
        some = pushes[start : start + MAX_EVENTS]
        for push, failure in zip(some, publish(channel, [push.text for push in some]), strict=True):
            if failure:
                failed.append((push.event, failure))
    return failed


def _named(failure: Retry | Undeliverable, event: Event) -> Retry | Undeliverable:
    if isinstance(failure, Retry):
        return Retry(failure.after, failure.reason, of=[event])
    return Undeliverable(failure.reason, of=[event])
