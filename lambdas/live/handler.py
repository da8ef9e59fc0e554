"""Pushes to open pages, through AppSync Events, and the state for pages that open later."""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from botocore.config import Config

from lambdas.clients.aws import at_start, client
from lambdas.clients.live_states import LiveStates
from lambdas.clients.publisher import Publisher
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.builds import PURGED, SEEN
from lambdas.contracts.live_channels import UPDATES, notice_channel
from lambdas.contracts.settings import LiveSettings, SubscriberSettings
from lambdas.live.api import Api
from lambdas.live.delivery import Outcome, Pages
from lambdas.live.pushes import is_dated, is_for_visitors
from lambdas.runtime import Event, Notice, Retry, Undeliverable, count, is_repeated, now, subscriber

MAX_CALLS: Final = 64
"""At once: most of the time they wait for their topics' turns."""

Failed = tuple[Event, Outcome]


@subscriber(batch=True, gather=True)
def handle(events: Sequence[Event]) -> None:
    """Tell visitors of these events.

    Raises:
        ExceptionGroup: Of `Retry` where AppSync or DynamoDB is busy or failing, and of `Undeliverable` where AppSync
            refuses; each names its events.
    """
    pages = _pages(now())
    told = [event for event in events if is_for_visitors(event) and is_dated(event)]
    _count("NotForVisitors", len(events) - len(told))
    _count("TooLate", sum(map(pages.is_forgotten, told)))
    failed = {event.key: (event, outcome) for event, outcome in _run(_jobs(pages, told))}
    _announce(event for event in told if event.key not in failed)
    if failed:
        raise ExceptionGroup("not delivered", [_named(*failure) for failure in failed.values()])


def _jobs(pages: Pages, events: Sequence[Event]) -> list[Callable[[], Iterable[Failed]]]:
    """What is to be done, the notices of one topic together: none of them has to wait for another."""
    topics: dict[str, list[Event]] = {}
    for event in events:
        if event.type not in UPDATES:
            topics.setdefault(notice_channel(event.subject, _settings().private), []).append(event)
    repeated = {event.key for event in events if is_repeated(event)}
    isolated = len(events) == 1 and not repeated
    updates = [partial(pages.deliver_update, event) for event in events if event.type in UPDATES]
    notices = [
        partial(
            pages.deliver_notices,
            channel,
            its,
            isolated=isolated,
            again=any(event.key in repeated for event in its),
        )
        for channel, its in topics.items()
    ]
    return [*updates, *notices]


def _run(jobs: Sequence[Callable[[], Iterable[Failed]]]) -> list[Failed]:
    if len(jobs) < 2:  # a thread for one job would only cost time
        return [failed for job in jobs for failed in job()]
    with ThreadPoolExecutor(min(MAX_CALLS, len(jobs))) as pool:
        return [failed for some in pool.map(lambda job: job(), jobs) for failed in some]


def _named(event: Event, outcome: Outcome) -> Outcome:
    if isinstance(outcome, Retry):
        return Retry(outcome.after, outcome.reason, of=[event])
    return Undeliverable(outcome.reason, of=[event])


def _announce(events: Iterable[Event]) -> None:
    """The last step of a publish's story: whoever has the page open knows of it."""
    for event in events:
        if event.type == PURGED and event.correlationid:
            notice = Notice(title="Open pages have been told of the update")
            announcement = Announcement(
                type=SEEN, cause=event.key, notice=notice, correlation=event.correlationid, body={}
            )
            _publisher().publish(announcement.event(_subscriber_settings().stack_id, now()))


def _count(metric: str, amount: int) -> None:
    if amount:
        count(metric, amount)


def _pages(now: float) -> Pages:
    """Where visitors are told, with a clock that goes on from now."""
    began = time.monotonic()
    settings = _settings()
    return Pages(
        publish=_api().publish,
        states=_states(),
        keep=settings.keep,
        clock=lambda: now + time.monotonic() - began,
        sleep=time.sleep,
    )


@at_start
def _settings() -> LiveSettings:
    return LiveSettings.from_environment(os.environ)


@at_start
def _subscriber_settings() -> SubscriberSettings:
    return SubscriberSettings.from_environment(os.environ)


@at_start
def _publisher() -> Publisher:
    return Publisher(client("sns"), _subscriber_settings().topic_arn)


@at_start
def _states() -> LiveStates:
    dynamodb = client("dynamodb", config=Config(max_pool_connections=MAX_CALLS))
    return LiveStates(dynamodb, _settings().states_table, lambda: count("UnreadableStates"))


@at_start
def _api() -> Api:
    return Api.from_environment(_settings().http_url, os.environ)
