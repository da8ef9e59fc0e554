"""Events in the archive: found, and looked at together with what became of them at each subscriber."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from jamwire.operations.archive import Archive, Noted, Selection, Summary, archive_stack
from jamwire.operations.deliveries import REMEMBERED_DAYS, Fate, Ledgers
from jamwire.operations.deployment import Deployment, OperationError, explained
from jamwire.operations.filter_policy import Rules
from jamwire.operations.stories import story_of
from jamwire.operations.subscribers import Subscriber, choose_subscribers
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.publish_story import Story

CHUNK: Final = 100
"""Events for which ledgers are asked at once."""


@dataclass(frozen=True, slots=True)
class Found:
    """An event that was found, and where it was asked for, what became of it by the subscribers' names."""

    summary: Summary
    fates: Mapping[str, Fate]


@dataclass(frozen=True, slots=True)
class Told:
    """An event, or a replay of it, and what became of that at each subscriber it was for.

    Attributes:
        replay: The replay; None for the event itself.
        fates: By the subscribers' names.
    """

    replay: Noted | None
    fates: Mapping[str, Fate]


@dataclass(frozen=True, slots=True)
class History:
    """An event and all that became of it: of itself first, then of each replay; and the story that it is part of."""

    event: Event
    told: Sequence[Told]
    story: Story | None = None


def listeners(deployment: Deployment, name: str = "") -> list[Subscriber]:
    """The subscriber of this name, or all; the archive itself is none: what is in it has been delivered to it.

    Raises:
        OperationError: There is none of this name, there is no archive, or the account cannot be asked.
    """
    return choose_subscribers(deployment, name, but=archive_stack(deployment).short_name)


def selection_of_time(
    since: dt.datetime, until: dt.datetime | None, now: dt.datetime, *, type: str = "", endpoint: str = ""
) -> Selection:
    """A selection by time, with its end said once and for all.

    Raises:
        OperationError: It is empty by what it says, or all of it is yet to come.
    """
    if since > now:
        raise OperationError(f"--since is {_text(since)}, expected a time that has come")
    if until and until < since:
        raise OperationError(f"--until is {_text(until)}, expected a time after --since, {_text(since)}")
    return Selection(since=_text(since), until=_text(min(until or now, now)), type=type, endpoint=endpoint)


def list_events(
    archive: Archive, ledgers: Ledgers, selection: Selection, *, failed: bool, at: str, limit: int
) -> list[Found]:
    """The newest events that fit, the newest last.

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
    found: Iterator[Found] = (Found(summary, {}) for summary in summaries)
    if failed:
        found = _in_chunks(summaries, lambda chunk: _failed(archive, ledgers, chunk))
    elif at:
        found = _in_chunks(summaries, lambda chunk: _known(ledgers, chunk))
    return list(islice(found, limit))[::-1]


def history(
    deployment: Deployment, archive: Archive, ledgers: Ledgers, id: str, now: dt.datetime
) -> list[History]:
    """What became of the events with an id: several where several endpoints accepted one.

    Raises:
        OperationError: There is none, or the account cannot be asked.
    """
    summaries = list(archive.find(Selection(ids=(id,))))
    events = archive.read(summaries)
    replays = {summary: archive.replays_of(summary) for summary in events}
    unknown = _Unknown(deployment, now)
    told: dict[Summary, list[Told]] = {}
    for summary, event in events.items():
        for replay in (None, *replays[summary]):
            key = summary.key(replay.replay if replay else "")
            to = [s for s in ledgers.subscribers if not (replay and replay.to) or s.name in replay.to]
            known = {subscriber: ledgers.fates(subscriber, [key]) for subscriber in to}
            fates = {s.name: fates.get(key) or unknown(s, event, replay) for s, fates in known.items()}
            told.setdefault(summary, []).append(Told(replay, fates))
    return [
        History(event, told[summary], story_of(deployment, archive, event))
        for summary, event in events.items()
    ]


class _Unknown:
    """Why a subscriber may know nothing of an event."""

    def __init__(self, deployment: Deployment, now: dt.datetime) -> None:
        self._deployment = deployment
        self._now = now
        self._rules: Rules | None = None

    def __call__(self, subscriber: Subscriber, event: Event, replay: Noted | None) -> Fate:
        sent_to_it = bool(replay and replay.to)
        self._rules = self._rules or Rules(self._deployment)
        if not sent_to_it and self._rules.match(subscriber, event) is False:
            return Fate("not told", reason="its rule does not match")
        since = dt.datetime.fromisoformat(replay.at if replay else event.time)
        if self._now - since > dt.timedelta(days=REMEMBERED_DAYS):
            return Fate("unknown", reason=f"subscribers remember for {REMEMBERED_DAYS} days")
        count = self._waiting(subscriber)
        if count:
            return Fate("unknown", reason=f"perhaps one of the {count} that wait in its queue")
        return Fate("unknown", reason="none waits in its queue; it may be newer than the event")

    def _waiting(self, subscriber: Subscriber) -> int:
        with explained():
            answer = self._deployment.client("sqs").get_queue_attributes(
                QueueUrl=subscriber.queue_url,
                AttributeNames=["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"],
            )
        return sum(int(count) for count in answer["Attributes"].values())


def _in_chunks(
    summaries: Iterator[Summary], judge: Callable[[Sequence[Summary]], Iterator[Found]]
) -> Iterator[Found]:
    while chunk := list(islice(summaries, CHUNK)):
        yield from judge(chunk)


def _failed(archive: Archive, ledgers: Ledgers, chunk: Sequence[Summary]) -> Iterator[Found]:
    failed = ledgers.failed(archive, chunk)
    for summary in chunk:
        if summary in failed:
            yield Found(summary, {subscriber.name: Fate("dead") for subscriber in failed[summary]})


def _known(ledgers: Ledgers, chunk: Sequence[Summary]) -> Iterator[Found]:
    [subscriber] = ledgers.subscribers
    fates = ledgers.fates(subscriber, [summary.key() for summary in chunk])
    for summary in chunk:
        if fate := fates.get(summary.key()):
            yield Found(summary, {subscriber.name: fate})


def _text(moment: dt.datetime) -> str:
    return timestamp(moment.timestamp())
