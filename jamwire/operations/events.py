"""Events of the archive, with their delivery status at each subscriber."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import islice
from typing import Final, Protocol, TypeVar

from jamwire.operations.archive import Archive, ReplayRecord, archive_stack
from jamwire.operations.deliveries import CALLS_AT_ONCE, REMEMBERED_DAYS, DeliveryStatus, Ledgers
from jamwire.operations.delivery_log import status_in_log
from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.filter_policy import FilterPolicies
from jamwire.operations.queue_depths import depth_of
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.stories import story_of
from jamwire.operations.subscribers import DeployedSubscriber, choose_subscribers
from lambdas.contracts.batched import batched
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.publish_story import Story

Answer = TypeVar("Answer")


class Attempt(Protocol):
    """Asks the account for a part of what is to be known, and may let something else stand for it."""

    def __call__(self, ask: Callable[[], Answer], otherwise: Callable[[OperationError], Answer]) -> Answer:
        """The answer, or what stands for it.

        Raises:
            OperationError: The account does not give it, and nothing stands for it.
        """
        ...


def insist(ask: Callable[[], Answer], otherwise: Callable[[OperationError], Answer]) -> Answer:
    """The answer and nothing else."""
    return ask()


BATCH: Final = 100
"""Events for which ledgers are asked at once."""


@dataclass(frozen=True, slots=True)
class FoundEvent:
    """An event that was found; where it was asked for, with its status by the subscribers' names."""

    summary: EventSummary
    statuses: Mapping[str, DeliveryStatus]


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of an event, or of a replay of it, to its subscribers.

    Attributes:
        replay: The replay; None for the event itself.
        statuses: The status at each subscriber, by the subscriber's name.
    """

    replay: ReplayRecord | None
    statuses: Mapping[str, DeliveryStatus]


@dataclass(frozen=True, slots=True)
class History:
    """An event with its own delivery, that of each replay after it, and the story that it is part of.

    Attributes:
        event: The event.
        archived_until: Until when it is in the archive, RFC 3339 in UTC; nothing else has become of it there.
        deliveries: Its own, and that of each replay.
        story: The story; None where there is none.
    """

    event: Event
    archived_until: str
    deliveries: Sequence[Delivery]
    story: Story | None = None


def subscribers_beside_archive(deployment: Deployment, name: str = "") -> list[DeployedSubscriber]:
    """The subscriber of this name, or all of them, without the archive: what is in it has been delivered to it.

    Raises:
        OperationError: There is no subscriber of this name, there is no archive, or the account cannot be asked.
    """
    return choose_subscribers(deployment, name, but=archive_stack(deployment).short_name)


def selection_of_time(
    since: dt.datetime,
    until: dt.datetime | None,
    now: dt.datetime,
    *,
    type: str = "",
    endpoint: str = "",
    severity: str = "",
) -> Selection:
    """The events of a time, whose end is fixed now.

    Raises:
        OperationError: The end is before the beginning, or all of the time is yet to come.
    """
    if since > now:
        raise OperationError(f"--since is {_text(since)}, expected a time that has come")
    if until and until < since:
        raise OperationError(f"--until is {_text(until)}, expected a time after --since, {_text(since)}")
    last = min(until or now, now)
    return Selection(_text(since), _text(last), type=type, endpoint=endpoint, severity=severity)


def list_events(
    archive: Archive, ledgers: Ledgers, selection: Selection, *, failed: bool, at: str, limit: int
) -> list[FoundEvent]:
    """The newest events that match, the newest last.

    Args:
        archive: Where they are.
        ledgers: The ledgers of the subscribers in question.
        selection: Which.
        failed: Only those that are dead at one of these subscribers.
        at: The one subscriber in question: only those of which it knows something; empty for no matter which.
        limit: How many at most.

    Raises:
        OperationError: The account cannot be asked.
    """
    if failed:
        return [
            FoundEvent(summary, {subscriber.name: DeliveryStatus("dead") for subscriber in dead_at})
            for summary, dead_at in ledgers.find_failed(archive, selection).items()
        ][-limit:]
    summaries = archive.find(selection, newest_first=True)
    found: Iterator[FoundEvent] = (FoundEvent(summary, {}) for summary in summaries)
    if at:
        found = (event for batch in batched(summaries, BATCH) for event in known_at(ledgers, batch))
    return list(islice(found, limit))[::-1]


def history(
    deployment: Deployment,
    archive: Archive,
    ledgers: Ledgers,
    id: str,
    now: dt.datetime,
    *,
    attempt: Attempt = insist,
) -> list[History]:
    """The histories of the events with an id: several where several endpoints accepted one.

    Args:
        deployment: The deployment.
        archive: Where the events are.
        ledgers: What the subscribers remember.
        id: The events'.
        now: The present moment.
        attempt: Asks for what the archive does not have: the status at each subscriber, and the story.

    Raises:
        OperationError: There is no such event, or the account cannot be asked.
    """
    summaries = list(archive.find(Selection(ids=(id,))))
    events = archive.read(summaries)
    unknown = _UnknownStatus(deployment, now)
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        deliveries = {
            summary: list(_deliveries(pool, archive, ledgers, unknown, summary, event, attempt))
            for summary, event in events.items()
        }
    return [
        History(
            event,
            _text(dt.datetime.fromisoformat(event.time) + dt.timedelta(seconds=archive.kept_seconds)),
            deliveries[summary],
            attempt(partial(story_of, deployment, archive, event), lambda _: None),
        )
        for summary, event in events.items()
    ]


def _deliveries(
    pool: ThreadPoolExecutor,
    archive: Archive,
    ledgers: Ledgers,
    unknown: "_UnknownStatus",
    summary: EventSummary,
    event: Event,
    attempt: Attempt,
) -> Iterator[Delivery]:
    """The event's own delivery and that of each replay; subscribers are asked side by side."""
    for replay in (None, *archive.replays_of(summary)):
        key = summary.key(replay.replay if replay else "")

        def status(
            at: DeployedSubscriber, key: str = key, of: ReplayRecord | None = replay
        ) -> DeliveryStatus:
            return attempt(
                lambda: ledgers.statuses(at, [key]).get(key) or unknown(at, event, of),
                lambda error: DeliveryStatus("unknown", reason=str(error)),
            )

        to = [s for s in ledgers.subscribers if not (replay and replay.to) or s.name in replay.to]
        yield Delivery(replay, dict(zip((s.name for s in to), pool.map(status, to), strict=True)))


class _UnknownStatus:
    """The status of an event that is not in a subscriber's ledger, with the reason."""

    def __init__(self, deployment: Deployment, now: dt.datetime) -> None:
        self._deployment = deployment
        self._now = now
        self._policies = cache(lambda: FilterPolicies(deployment))

    def __call__(
        self, subscriber: DeployedSubscriber, event: Event, replay: ReplayRecord | None
    ) -> DeliveryStatus:
        sent_to_it = bool(replay and replay.to)
        rule = None if sent_to_it else self._policies().rule_of(subscriber)
        if not sent_to_it and (rule is None or rule.match(event) is False):
            why = rule.why_not(event) if rule else "it is not subscribed"
            return DeliveryStatus("not told", reason=f"its rule does not match: {why}")
        since = dt.datetime.fromisoformat(replay.at if replay else event.time)
        name = replay.replay if replay else ""
        if found := status_in_log(self._deployment, subscriber, event, replay=name, since=since):
            return found
        if self._now - since > dt.timedelta(days=REMEMBERED_DAYS):
            return DeliveryStatus("unknown", reason=f"subscribers remember for {REMEMBERED_DAYS} days")
        count = depth_of(self._deployment, subscriber.queue_url).total
        if count:
            return DeliveryStatus("unknown", reason=f"perhaps one of the {count} that wait in its queue")
        return DeliveryStatus("unknown", reason="none waits in its queue; it may be newer than the event")


def known_at(ledgers: Ledgers, batch: Sequence[EventSummary]) -> Iterator[FoundEvent]:
    """The events of which the ledgers' one subscriber knows something, with how it ended."""
    [subscriber] = ledgers.subscribers
    statuses = ledgers.statuses(subscriber, [summary.key() for summary in batch])
    for summary in batch:
        if status := statuses.get(summary.key()):
            yield FoundEvent(summary, {subscriber.name: status})


def _text(moment: dt.datetime) -> str:
    return timestamp(moment.timestamp())
