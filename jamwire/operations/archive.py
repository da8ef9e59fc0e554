"""The event store as an operator reads it, with the records of replays that are kept there.

The table's layout is in `lambdas.contracts.archive_table`.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.dynamodb import from_item, get_items, query_items, query_page, to_item
from jamwire.operations.errors import NotFoundError
from jamwire.operations.selection import EventSummary, Selection, days_of, request_of_day
from lambdas.contracts.archive_table import DAY, ID, SOURCE, SUMMARY, TIME, event_text, replay_source
from lambdas.contracts.batched import batched
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.outputs import ArchiveOutput

_REPLAY: Final = "replay"
"""The sort key of a replay itself; an event's begins with a slash."""


DAYS_AT_ONCE: Final = 8
"""Days that are looked through together for what is rare."""


@dataclass(frozen=True, slots=True)
class ReplayRecord:
    """The record that a replay has sent an event.

    Attributes:
        replay: The replay's name.
        at: When the event was sent, RFC 3339 in UTC.
        to: Names of the subscribers it was sent to; empty where it was published for all.
    """

    replay: str
    at: str
    to: tuple[str, ...]


class PartOfDay(NamedTuple):
    """Some of a day's events, newest first.

    Attributes:
        day: The day.
        found: The events that were selected.
        read: How many items were read for them.
        left_at: The last item that was read; None where the day has no more.
    """

    day: str
    found: list[EventSummary]
    read: int
    left_at: EventSummary | None


class Archive:
    """The event store of a deployment.

    Args:
        dynamodb: DynamoDB's client.
        table: The table's name.
        kept_seconds: For how long events are kept.
        sleep: Waits so many seconds.
    """

    def __init__(self, dynamodb: Any, table: str, kept_seconds: int, sleep: Callable[[float], None]) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._sleep = sleep
        self.kept_seconds = kept_seconds

    @classmethod
    def of(cls, deployment: Deployment, sleep: Callable[[float], None]) -> "Archive":
        """The deployment's own.

        Raises:
            OperationError: The deployment has no event store.
        """
        outputs = archive_stack(deployment).outputs
        return cls(
            deployment.client("dynamodb"),
            outputs[ArchiveOutput.EVENTS_TABLE],
            int(outputs[ArchiveOutput.EVENTS_KEPT]),
            sleep,
        )

    def find(self, selection: Selection, *, newest_first: bool = False) -> Iterator[EventSummary]:
        """Events in the order of time.

        Raises:
            OperationError: An id is unknown, or the account cannot be asked.
        """
        if selection.ids:
            found = [summary for id in selection.ids for summary in self._with_id(id, selection)]
            yield from sorted(dict.fromkeys(found), key=lambda s: s.time, reverse=newest_first)
            return
        days = days_of(selection, newest_first=newest_first)
        if not selection.conditions:  # whoever takes some of them is to pay for no more
            for day in days:
                yield from self._on_day(day, selection, newest_first)
            return
        with ThreadPoolExecutor(DAYS_AT_ONCE) as pool:
            for group in batched(days, DAYS_AT_ONCE):
                for found in pool.map(lambda day: list(self._on_day(day, selection, newest_first)), group):
                    yield from found

    def part_of_day(
        self, day: str, selection: Selection, *, after: EventSummary | None, limit: int
    ) -> "PartOfDay":
        """Some of a day's events, newest first, for which a bounded number of items is read.

        Args:
            day: Which, ``2027-01-15``.
            selection: Which of its events.
            after: The event after which to go on; None to begin with the newest.
            limit: How many items to read at most.

        Raises:
            OperationError: The account cannot be asked.
        """
        request = request_of_day(day, selection, newest_first=True)
        if after:
            key = {DAY: day, TIME: after.time, ID: after.id, SOURCE: after.source}
            request["ExclusiveStartKey"] = to_item(key)
        page = query_page(self._dynamodb, self._table, **request, Limit=limit)
        last = from_item(page.last)
        left_at = EventSummary(last[ID], last[SOURCE], time=last[TIME]) if page.is_cut else None
        return PartOfDay(day, [_summary(item) for item in page.items], page.read, left_at)

    def find_keys(self, keys: Iterable[tuple[str, str]], selection: Selection) -> list[EventSummary]:
        """Of the events with these ids and sources those that fit a selection, oldest first."""
        wanted = [{ID: id, SOURCE: source} for id, source in keys]
        items = get_items(self._dynamodb, self._table, wanted, sleep=self._sleep, attributes=_READ)
        return sorted(filter(selection.fits, map(_summary, items)), key=lambda summary: summary.time)

    def replays_of(self, summary: EventSummary) -> list[ReplayRecord]:
        """The replays of an event, oldest first."""
        items = query_items(
            self._dynamodb,
            self._table,
            KeyConditionExpression="#id = :id AND begins_with(#source, :source)",
            ExpressionAttributeNames={"#id": ID, "#source": SOURCE},
            ExpressionAttributeValues=to_item({":id": summary.id, ":source": replay_source(summary.source)}),
            ConsistentRead=True,
        )
        records = [
            ReplayRecord(item[_REPLAY], item["at"], tuple(sorted(item.get("to", ())))) for item in items
        ]
        return sorted(records, key=lambda record: record.at)

    def read(self, summaries: Sequence[EventSummary]) -> dict[EventSummary, Event]:
        """The events themselves; those are missing that have expired."""
        items = self._get({(s.id, s.source): s for s in summaries})
        return {summary: Event.from_json(event_text(item)) for summary, item in items.items()}

    def replayed(self, summaries: Collection[EventSummary], replay: str) -> set[EventSummary]:
        """The events that this replay has sent already."""
        return set(self._get({(s.id, replay_source(s.source, replay)): s for s in summaries}))

    def record_replay(self, summary: EventSummary, replay: str, *, to: Iterable[str], now: float) -> None:
        """Record that a replay has sent an event, at this unix time."""
        names = set(to)
        self._put(
            {
                ID: summary.id,
                SOURCE: replay_source(summary.source, replay),
                _REPLAY: replay,
                "at": timestamp(now),
                **({"to": names} if names else {}),  # DynamoDB has no empty set
            },
            now,
        )

    def save_plan(self, replay: str, document: dict[str, Any], now: float) -> None:
        """Keep the plan of a replay, so that it can be resumed."""
        self._put({ID: replay, SOURCE: _REPLAY, "plan": json.dumps(document)}, now)

    def load_plan(self, replay: str) -> dict[str, Any]:
        """The plan of a replay.

        Raises:
            OperationError: There is no such replay.
        """
        items = self._get({(replay, _REPLAY): replay})
        if replay not in items:
            raise NotFoundError(f"There is no replay {replay!r}, or none any more")
        document: dict[str, Any] = json.loads(items[replay]["plan"])
        return document

    def _put(self, values: dict[str, Any], now: float) -> None:
        item = to_item({**values, "ttl": int(now) + self.kept_seconds})
        with aws_errors():
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def _with_id(self, id: str, selection: Selection) -> list[EventSummary]:
        items = query_items(
            self._dynamodb,
            self._table,
            KeyConditionExpression="#id = :id AND begins_with(#source, :source)",
            ProjectionExpression=", ".join(f"#{name}" for name in _READ),
            ExpressionAttributeNames={f"#{name}": name for name in _READ},
            ExpressionAttributeValues=to_item({":id": id, ":source": "/"}),
            ConsistentRead=True,
        )
        found = [_summary(item) for item in items if TIME in item]  # the others are records of replays
        if not found:
            days = self.kept_seconds // 86_400
            raise NotFoundError(f"There is no event {id!r} in the archive, which keeps them for {days} days")
        return list(filter(selection.fits, found))

    def _on_day(self, day: str, selection: Selection, newest_first: bool) -> Iterator[EventSummary]:
        request = request_of_day(day, selection, newest_first=newest_first)
        return map(_summary, query_items(self._dynamodb, self._table, **request))

    def _get(self, wanted: dict[tuple[str, str], Any]) -> dict[Any, dict[str, Any]]:
        """Items by what is wanted of them, for as many as there are."""
        keys = [{ID: id, SOURCE: source} for id, source in wanted]
        items = get_items(self._dynamodb, self._table, keys, sleep=self._sleep)
        return {wanted[item[ID], item[SOURCE]]: item for item in items}


def has_archive(deployment: Deployment) -> bool:
    """Whether the deployment keeps its events."""
    return _archive_stack(deployment) is not None


def _archive_stack(deployment: Deployment) -> Stack | None:
    return next((stack for stack in deployment.stacks if ArchiveOutput.EVENTS_TABLE in stack.outputs), None)


def archive_stack(deployment: Deployment) -> Stack:
    """The stack of the deployment's event store.

    Raises:
        OperationError: The deployment has no event store.
    """
    _ = deployment.hub  # where there is no deployment at all, that is what to say
    if stack := _archive_stack(deployment):
        return stack
    raise NotFoundError(
        f'{deployment.name} keeps no events; put ArchiveStack(app, "Archive", hub=hub) into app.py and deploy it'
    )


_READ: Final = (ID, SOURCE, TIME, *SUMMARY)


def _summary(item: dict[str, Any]) -> EventSummary:
    return EventSummary(**{name: item[name] for name in _READ})
