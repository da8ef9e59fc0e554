"""Which events of the archive are asked for, and what of each is known without its body."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from jamwire.operations.dynamodb import to_item
from lambdas.contracts.archive_table import BY_TIME, DAY, SOURCE, TIME
from lambdas.contracts.event import endpoint_of, key_of, source_of


@dataclass(frozen=True, slots=True)
class EventSummary:
    """An event without its body, as the index holds it; what is not known of it is empty.

    Attributes:
        id: Its id; several endpoints may have accepted one of the same.
        source: ``/endpoints/<endpoint>``.
        type: Its type.
        time: When it was accepted, RFC 3339 in UTC.
        severity: Its notice's severity.
        title: Its notice's title, cut where it is long.
    """

    id: str
    source: str
    type: str = ""
    time: str = ""
    severity: str = ""
    title: str = ""

    @property
    def endpoint(self) -> str:
        """The endpoint's name; the source itself where no endpoint accepted it."""
        return endpoint_of(self.source)

    def key(self, replay: str = "") -> str:
        """The key of the event, or of a replay of it, in a subscriber's ledger."""
        return key_of(self.source, self.id, replay)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which events: those of the ids, or those of a time; and of them all that fit everything that is said.

    Attributes:
        since: The first moment, RFC 3339 in UTC.
        until: The last.
        type: A type, exact or as a family (``deploy.*``); empty for all.
        endpoint: An endpoint's name; empty for all.
        severity: A severity; empty for all.
        ids: Their ids; a time is then not asked for.
    """

    since: str = ""
    until: str = ""
    type: str = ""
    endpoint: str = ""
    severity: str = ""
    ids: tuple[str, ...] = ()

    @property
    def conditions(self) -> dict[str, tuple[str, str]]:
        """What is asked of an event beside its time: by attribute, the comparison and its operand."""
        family = self.type.endswith(".*")
        asked = {
            "type": ("begins_with" if family else "=", self.type.removesuffix("*")),
            SOURCE: ("=", source_of(self.endpoint) if self.endpoint else ""),
            "severity": ("=", self.severity),
        }
        return {name: condition for name, condition in asked.items() if condition[1]}

    def fits(self, summary: EventSummary) -> bool:
        """Whether an event is of the time, where one is asked for, and all that is asked."""
        in_time = self.since <= summary.time and (not self.until or summary.time <= self.until)
        values = {"type": summary.type, SOURCE: summary.source, "severity": summary.severity}
        return in_time and all(
            values[name].startswith(operand) if compare == "begins_with" else values[name] == operand
            for name, (compare, operand) in self.conditions.items()
        )


def request_of_day(day: str, selection: Selection, *, newest_first: bool) -> dict[str, Any]:
    """The query of a day's events."""
    asked = selection.conditions
    values = {":day": day, ":since": selection.since, ":until": selection.until}
    return {
        "IndexName": BY_TIME,
        "KeyConditionExpression": "#day = :day AND #time BETWEEN :since AND :until",
        "ExpressionAttributeNames": {"#day": DAY, "#time": TIME} | {f"#{name}": name for name in asked},
        "ExpressionAttributeValues": to_item(
            values | {f":{name}": operand for name, (_, operand) in asked.items()}
        ),
        "ScanIndexForward": not newest_first,
        **({"FilterExpression": _filter(asked)} if asked else {}),
    }


def days_of(selection: Selection, *, newest_first: bool) -> list[str]:
    """The days of a selection's time."""
    first, last = (dt.date.fromisoformat(time[:10]) for time in (selection.since, selection.until))
    days = [(first + dt.timedelta(days=n)).isoformat() for n in range((last - first).days + 1)]
    return days[::-1] if newest_first else days


def _filter(asked: dict[str, tuple[str, str]]) -> str:
    return " AND ".join(
        f"begins_with(#{name}, :{name})" if compare == "begins_with" else f"#{name} {compare} :{name}"
        for name, (compare, _) in asked.items()
    )
