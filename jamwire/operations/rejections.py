"""What ingest's log tells: the requests that it rejected, when each secret last verified one, and who was heard."""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from lambdas.contracts.outputs import HubOutput

KEPT: Final = dt.timedelta(days=14)
_WINDOWS: Final = (dt.timedelta(hours=1), dt.timedelta(days=1), KEPT)

Clock = Callable[[], dt.datetime]


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected request.

    Attributes:
        time: When, RFC 3339 in UTC.
        endpoint: Which one was called; empty where there is none of that name.
        status: What was answered.
        reason: Why.
        address: The sender's.
        bytes: Size of the body.
        digest: The first half of the body's SHA-256.
        count: How many it stands for: those before it that were too many to write down, and itself.
    """

    time: str
    endpoint: str
    status: int
    reason: str
    address: str
    bytes: int
    digest: str
    count: int


def list_rejections(
    deployment: Deployment, since: dt.timedelta, *, clock: Clock | None = None
) -> list[Rejection]:
    """Requests that were rejected since, newest last.

    Raises:
        OperationError: The log cannot be read.
    """
    found = (_rejection(time, line) for time, line in _lines(deployment, '"rejected"', since, clock))
    return [rejection for rejection in found if rejection]


def last_used(
    deployment: Deployment, key_ids: Collection[str], *, clock: Clock | None = None
) -> dict[str, str]:
    """When secrets last verified a request, to the hour, by their ids; those are missing that did not in 14 days.

    Raises:
        OperationError: The log cannot be read.
    """
    return _newest(deployment, '"secret_seen"', lambda line: line.get("secret_seen", ""), key_ids, clock)


def last_accepted(
    deployment: Deployment, endpoints: Collection[str], *, clock: Clock | None = None
) -> dict[str, str]:
    """When endpoints last accepted an event, by their names; those are missing that did not in 14 days.

    Raises:
        OperationError: The log cannot be read.
    """

    def endpoint(line: Mapping[str, Any]) -> str:
        return line.get("endpoint", "") if "event_id" in line else ""

    return _newest(deployment, '"accepted"', endpoint, endpoints, clock)


def _newest(
    deployment: Deployment,
    pattern: str,
    name: Callable[[Mapping[str, Any]], str],
    wanted: Collection[str],
    clock: Clock | None,
) -> dict[str, str]:
    """The time of the newest line of each name; no further back than it takes to find all of them."""
    seen: dict[str, str] = {}
    for window in _WINDOWS:
        for time, line in _lines(deployment, pattern, window, clock):
            if (found := name(line)) in wanted:
                seen[found] = max(time, seen.get(found, ""))
        if set(wanted) <= set(seen):
            break
    return seen


def _lines(
    deployment: Deployment, pattern: str, since: dt.timedelta, clock: Clock | None
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    now = clock() if clock else dt.datetime.now(dt.UTC)
    with aws_errors():
        pages = (
            deployment.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=deployment.hub.outputs[HubOutput.INGEST_LOG],
                filterPattern=pattern,
                startTime=round((now - min(since, KEPT)).timestamp() * 1000),
            )
        )
        events = [event for page in pages for event in page["events"]]
    for event in sorted(events, key=lambda event: event["timestamp"]):
        if event["message"].startswith("{"):
            moment = dt.datetime.fromtimestamp(event["timestamp"] / 1000, dt.UTC)
            yield moment.strftime("%Y-%m-%dT%H:%M:%SZ"), json.loads(event["message"])


def _rejection(time: str, line: Mapping[str, Any]) -> Rejection | None:
    if line.get("outcome") != "rejected" or "reason" not in line:
        return None
    return Rejection(
        time=time,
        endpoint=line.get("endpoint", ""),
        status=line["status"],
        reason=line["reason"],
        address=line.get("address", ""),
        bytes=line.get("bytes", 0),
        digest=line.get("digest", ""),
        count=line.get("Rejected", 1),
    )
