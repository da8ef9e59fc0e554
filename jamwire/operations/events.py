"""Events of the archive, with their delivery status at each subscriber."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from jamwire.operations.archive import Archive, EventSummary, ReplayRecord, Selection, archive_stack
from jamwire.operations.aws import aws_errors
from jamwire.operations.deliveries import REMEMBERED_DAYS, DeliveryStatus, Ledgers
from jamwire.operations.delivery_log import status_in_log
from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.filter_policy import FilterPolicies
from jamwire.operations.stories import story_of
from jamwire.operations.subscribers import DeployedSubscriber, choose_subscribers
from lambdas.contracts.batched import batched
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.publish_story import Story

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
    """An event with its own delivery, that of each replay after it, and the story that it is part of."""

    event: Event
    deliveries: Sequence[Delivery]
    story: Story | None = None


def subscribers_beside_archive(deployment: Deployment, name: str = "") -> list[DeployedSubscriber]:
    """The subscriber of this name, or all of them, without the archive: what is in it has been delivered to it.

    Raises:
        OperationError: There is no subscriber of this name, there is no archive, or the account cannot be asked.
    """
    return choose_subscribers(deployment, name, but=archive_stack(deployment).short_name)


def selection_of_time(
    since: dt.datetime, until: dt.datetime | None, now: dt.datetime, *, type: str = "", endpoint: str = ""
) -> Selection:
    """The events of a time, whose end is fixed now.

    Raises:
        OperationError: The end is before the beginning, or all of the time is yet to come.
    """
    if since > now:
        raise OperationError(f"--since is {_text(since)}, expected a time that has come")
    if until and until < since:
        raise OperationError(f"--until is {_text(until)}, expected a time after --since, {_text(since)}")
    return Selection(since=_text(since), until=_text(min(until or now, now)), type=type, endpoint=endpoint)


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
    summaries = archive.find(selection, newest_first=True)
    found: Iterator[FoundEvent] = (FoundEvent(summary, {}) for summary in summaries)
    if failed:
        found = _in_batches(summaries, lambda batch: _failed(archive, ledgers, batch))
    elif at:
        found = _in_batches(summaries, lambda batch: _known(ledgers, batch))
    return list(islice(found, limit))[::-1]


def history(
    deployment: Deployment, archive: Archive, ledgers: Ledgers, id: str, now: dt.datetime
) -> list[History]:
    """The histories of the events with an id: several where several endpoints accepted one.

    Raises:
        OperationError: There is no such event, or the account cannot be asked.
    """
    summaries = list(archive.find(Selection(ids=(id,))))
    events = archive.read(summaries)
    replays = {summary: archive.replays_of(summary) for summary in events}
    unknown = _UnknownStatus(deployment, now)
    deliveries: dict[EventSummary, list[Delivery]] = {}
    for summary, event in events.items():
        for replay in (None, *replays[summary]):
            key = summary.key(replay.replay if replay else "")
            to = [s for s in ledgers.subscribers if not (replay and replay.to) or s.name in replay.to]
            known = {subscriber: ledgers.statuses(subscriber, [key]) for subscriber in to}
            statuses = {
                s.name: statuses.get(key) or unknown(s, event, replay) for s, statuses in known.items()
            }
            deliveries.setdefault(summary, []).append(Delivery(replay, statuses))
    return [
        History(event, deliveries[summary], story_of(deployment, archive, event))
        for summary, event in events.items()
    ]


class _UnknownStatus:
    """The status of an event that is not in a subscriber's ledger, with the reason."""

    def __init__(self, deployment: Deployment, now: dt.datetime) -> None:
        self._deployment = deployment
        self._now = now
        self._policies: FilterPolicies | None = None

    def __call__(
        self, subscriber: DeployedSubscriber, event: Event, replay: ReplayRecord | None
    ) -> DeliveryStatus:
        sent_to_it = bool(replay and replay.to)
        self._policies = self._policies or FilterPolicies(self._deployment)
        if not sent_to_it and self._policies.match(subscriber, event) is False:
            return DeliveryStatus("not told", reason="its rule does not match")
        since = dt.datetime.fromisoformat(replay.at if replay else event.time)
        name = replay.replay if replay else ""
        if found := status_in_log(self._deployment, subscriber, event, replay=name, since=since):
            return found
        if self._now - since > dt.timedelta(days=REMEMBERED_DAYS):
            return DeliveryStatus("unknown", reason=f"subscribers remember for {REMEMBERED_DAYS} days")
        count = self._waiting(subscriber)
        if count:
            return DeliveryStatus("unknown", reason=f"perhaps one of the {count} that wait in its queue")
        return DeliveryStatus("unknown", reason="none waits in its queue; it may be newer than the event")

    def _waiting(self, subscriber: DeployedSubscriber) -> int:
        with aws_errors():
            answer = self._deployment.client("sqs").get_queue_attributes(
                QueueUrl=subscriber.queue_url,
                AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
            )
        return sum(int(count) for count in answer["Attributes"].values())


def _in_batches(
    summaries: Iterator[EventSummary], judge: Callable[[Sequence[EventSummary]], Iterator[FoundEvent]]
) -> Iterator[FoundEvent]:
    for batch in batched(summaries, BATCH):
        yield from judge(batch)


def _failed(archive: Archive, ledgers: Ledgers, batch: Sequence[EventSummary]) -> Iterator[FoundEvent]:
    failed = ledgers.failed(archive, batch)
    for summary in batch:
        if summary in failed:
            yield FoundEvent(
                summary, {subscriber.name: DeliveryStatus("dead") for subscriber in failed[summary]}
            )


def _known(ledgers: Ledgers, batch: Sequence[EventSummary]) -> Iterator[FoundEvent]:
    [subscriber] = ledgers.subscribers
    statuses = ledgers.statuses(subscriber, [summary.key() for summary in batch])
    for summary in batch:
        if status := statuses.get(summary.key()):
            yield FoundEvent(summary, {subscriber.name: status})


def _text(moment: dt.datetime) -> str:
    return timestamp(moment.timestamp())
