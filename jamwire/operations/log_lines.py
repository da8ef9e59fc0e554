"""Lines of the hub's logs: what ingest writes, and what API Gateway does."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from lambdas.contracts.outputs import HubOutput

KEPT: Final = dt.timedelta(days=14)
"""For how long ingest's log is kept."""

MAX_PAGES: Final = 50
"""Of one question, each of up to 1 MB or 10,000 lines (CloudWatch Logs API reference, `FilterLogEvents`)."""

_BACK: Final = (
    dt.timedelta(minutes=1),
    dt.timedelta(minutes=10),
    dt.timedelta(hours=1),
    dt.timedelta(days=1),
    KEPT,
)
"""How far one look after the other goes back. A log is read from its oldest line, and what is newest matters most."""

_CLOCKS_DIFFER: Final = dt.timedelta(minutes=10)
"""How much later than by this machine's clock a line may have been written."""

Clock = Callable[[], dt.datetime]
Line = tuple[str, Mapping[str, Any]]
"""A line's time, RFC 3339 in UTC, and its fields."""


@dataclass(frozen=True, slots=True)
class LogLines:
    """Lines of a log, in their order.

    Attributes:
        lines: They.
        complete_since: Since when all of them are here, RFC 3339 in UTC, with a part of what was before; empty where
            they were few enough to read them all.
    """

    lines: Sequence[Line]
    complete_since: str = ""


def log_lines(
    deployment: Deployment, log: HubOutput, pattern: str, since: dt.timedelta, clock: Clock | None
) -> LogLines:
    """Lines of one of the hub's logs; none where it was deployed before there was such an output.

    Args:
        deployment: The deployment.
        log: Which log.
        pattern: What the lines hold (CloudWatch Logs user guide, "Filter pattern syntax").
        since: For how long to look back.
        clock: The time; the system's where it is None.

    Raises:
        OperationError: The log cannot be read.
    """
    if log not in deployment.hub.outputs:
        return LogLines(())
    asked = {"logGroupName": deployment.hub.outputs[log], "filterPattern": pattern}
    found: list[Mapping[str, Any]] = []
    left, complete_since = MAX_PAGES, ""
    with aws_errors():
        paginator = deployment.client("logs").get_paginator("filter_log_events")
        for begin, end in _spans(clock() if clock else dt.datetime.now(dt.UTC), min(since, KEPT)):
            pages = paginator.paginate(**asked, startTime=begin, endTime=end)
            read = list(islice(pages, left))
            found += [event for page in read for event in page["events"]]
            left -= len(read)
            if not left:
                complete_since = _time(end + 1)
                break
    ordered = sorted(found, key=lambda event: event["timestamp"])
    lines = [
        (_time(event["timestamp"]), json.loads(event["message"]))
        for event in ordered
        if event["message"].startswith("{")
    ]
    return LogLines(lines, complete_since)


def _spans(now: dt.datetime, since: dt.timedelta) -> Iterator[tuple[int, int]]:
    """The time to look at in pieces, the newest first: first and last unix millisecond of each."""
    end = _milliseconds(now + _CLOCKS_DIFFER)
    for back in (*(back for back in _BACK if back < since), since):
        begin = _milliseconds(now - back)
        yield begin, end
        end = begin - 1


def _milliseconds(moment: dt.datetime) -> int:
    return round(moment.timestamp() * 1000)


def _time(milliseconds: int) -> str:
    return dt.datetime.fromtimestamp(milliseconds / 1000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
