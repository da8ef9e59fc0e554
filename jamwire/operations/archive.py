"""The event store as an operator reads it, with the records of replays that are kept there.

The table's layout is in `lambdas.contracts.archive_table`.
"""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.dynamodb import from_item, get_items, to_item
from jamwire.operations.errors import OperationError
from lambdas.contracts.archive_table import ID, INDEXES, SOURCE, TIME, replay_source
from lambdas.contracts.event import Event, key_of, timestamp
from lambdas.contracts.outputs import ArchiveOutput

_REPLAY: Final = "replay"
"""The sort key of a replay itself; an event's begins with a slash."""


@dataclass(frozen=True, slots=True)
class EventSummary:
    """An event without its body, as the indexes hold it.

    Attributes:
        id: Its id; several endpoints may have accepted one of the same.
        source: ``/endpoints/<endpoint>``.
        type: Its type.
        endpoint: The endpoint's name.
        time: When it was accepted, RFC 3339 in UTC.
        title: Its notice's title, cut where it is long.
    """

    id: str
    source: str
    type: str
    endpoint: str
    time: str
    title: str

    def key(self, replay: str = "") -> str:
        """The key of the event, or of a replay of it, in a subscriber's ledger."""
        return key_of(self.source, self.id, replay)


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


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: those of the ids, or those of a time; and of them all that fit everything that is said.

    Attributes:
        since: The first moment, RFC 3339 in UTC.
        until: The last.
        type: A type, exact or as a family (``deploy.*``); empty for all.
        endpoint: An endpoint's name; empty for all.
        ids: Their ids; a time is then not asked for.
    """

    since: str = ""
    until: str = ""
    type: str = ""
    endpoint: str = ""
    ids: tuple[str, ...] = ()

    @property
    def exact_type(self) -> str:
        """The type, where it is no family."""
        return "" if self.type.endswith(".*") else self.type


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
        for attribute, value in _partitions(selection, newest_first=newest_first):
            yield from self._in_partition(attribute, value, selection, newest_first=newest_first)

    def replays_of(self, summary: EventSummary) -> list[ReplayRecord]:
        """The replays of an event, oldest first."""
        items = self._query(
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
        return {summary: Event.from_json(item["event"]) for summary, item in items.items()}

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
            raise OperationError(f"There is no replay {replay!r}, or none any more")
        document: dict[str, Any] = json.loads(items[replay]["plan"])
        return document

    def _put(self, values: dict[str, Any], now: float) -> None:
        item = to_item({**values, "ttl": int(now) + self.kept_seconds})
        with aws_errors():
            self._dynamodb.put_item(TableName=self._table, Item=item)

    def _with_id(self, id: str, selection: Selection) -> list[EventSummary]:
        items = self._query(
            KeyConditionExpression="#id = :id AND begins_with(#source, :source)",
            ProjectionExpression=", ".join(f"#{name}" for name in _READ),
            ExpressionAttributeNames={f"#{name}": name for name in _READ},
            ExpressionAttributeValues=to_item({":id": id, ":source": "/"}),
            ConsistentRead=True,
        )
        found = [_summary(item) for item in items if TIME in item]  # the others are records of replays
        if not found:
            days = self.kept_seconds // 86_400
            raise OperationError(f"There is no event {id!r} in the archive, which keeps them for {days} days")
        return [
            summary
            for summary in found
            if selection.endpoint in ("", summary.endpoint) and _is_of(summary.type, selection.type)
        ]

    def _in_partition(
        self, attribute: str, value: str, selection: Selection, *, newest_first: bool
    ) -> Iterator[EventSummary]:
        names = {f"#{attribute}": attribute, "#time": TIME}
        values = {":value": value, ":since": selection.since, ":until": selection.until}
        conditions = []
        if attribute != "endpoint" and selection.endpoint:
            conditions.append("#endpoint = :endpoint")
            names["#endpoint"], values[":endpoint"] = "endpoint", selection.endpoint
        if attribute != "type" and selection.type:
            conditions.append("#type = :type" if selection.exact_type else "begins_with(#type, :type)")
            names["#type"], values[":type"] = "type", selection.type.removesuffix("*")
        items = self._query(
            IndexName=INDEXES[attribute],
            KeyConditionExpression=f"#{attribute} = :value AND #time BETWEEN :since AND :until",
            ExpressionAttributeNames=names,
            ExpressionAttributeValues=to_item(values),
            ScanIndexForward=not newest_first,
            **({"FilterExpression": " AND ".join(conditions)} if conditions else {}),
        )
        return map(_summary, items)

    def _query(self, **request: Any) -> Iterator[dict[str, Any]]:
        """All items of all pages, each page when it is needed."""
        start: dict[str, Any] = {}
        while True:
            with aws_errors():
                page = self._dynamodb.query(TableName=self._table, **request, **start)
            yield from map(from_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

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
    raise OperationError(
        f'{deployment.name} keeps no events; put ArchiveStack(app, "Archive", hub=hub) into app.py and deploy it'
    )


_READ: Final = (ID, SOURCE, TIME, "type", "endpoint", "title")


def _partitions(selection: Selection, *, newest_first: bool) -> list[tuple[str, str]]:
    """Which partitions of which index to read: the one that holds least beside what is looked for."""
    if selection.exact_type:
        return [("type", selection.exact_type)]
    if selection.endpoint:
        return [("endpoint", selection.endpoint)]
    first, last = (dt.date.fromisoformat(time[:10]) for time in (selection.since, selection.until))
    days = [first + dt.timedelta(days=n) for n in range((last - first).days + 1)]
    return [("day", day.isoformat()) for day in (reversed(days) if newest_first else days)]


def _is_of(type: str, wanted: str) -> bool:
    return type.startswith(wanted[:-1]) if wanted.endswith(".*") else wanted in ("", type)


def _summary(item: dict[str, Any]) -> EventSummary:
    return EventSummary(**{name: item[name] for name in _READ})
