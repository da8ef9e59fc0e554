"""Pushes to open pages, through AppSync Events: what visitors may know, while it is news."""

import datetime as dt
import os
from collections.abc import Sequence

from lambdas.clients.aws import at_start, client
from lambdas.clients.publisher import Publisher
from lambdas.contracts.announcements import Announcement
from lambdas.contracts.builds import PURGED, SEEN
from lambdas.contracts.settings import LiveSettings, SubscriberSettings
from lambdas.live.api import Api
from lambdas.live.delivery import deliver
from lambdas.live.pushes import pushes_of
from lambdas.runtime import Event, Notice, count, now, subscriber


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Push these events to the channels that they concern.

    What comes too late is dropped and counted: on an open page it would be shown as if it were news.

    Raises:
        ExceptionGroup: Of `Retry` where AppSync is busy or failing, and of `Undeliverable` where it refuses; each names
            its events.
    """
    timely = [event for event in events if not _too_late(event)]
    if late := len(events) - len(timely):
        count("TooLate", late)
    failures = deliver(_api().publish, [push for event in timely for push in pushes_of(event)])
    failed = {event.key for failure in failures for event in failure.of}
    for event in timely:
        if event.type == PURGED and event.correlationid and event.key not in failed:
            _publisher().publish(_pages_notified(event))
    if failures:
        raise ExceptionGroup("not pushed", failures)


def _too_late(event: Event) -> bool:
    try:
        accepted = dt.datetime.fromisoformat(event.time).timestamp()
    except ValueError:
        return True  # nobody knows how old it is
    return now() - accepted > _settings().late_after


def _pages_notified(event: Event) -> Event:
    """The last step of a publish's story: whoever has the page open knows of it."""
    notice = Notice(title="Open pages have been told of the update")
    announcement = Announcement(
        type=SEEN, cause=event.key, notice=notice, correlation=event.correlationid, body={}
    )
    return announcement.event(_subscriber_settings().stack_id, now())


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
def _api() -> Api:
    return Api.from_environment(_settings().http_url, os.environ)
