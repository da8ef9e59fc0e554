"""The requests that were rejected, by ingest or by API Gateway before it, and when each secret last verified one."""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from jamwire.operations.deployment import Deployment
from jamwire.operations.log_lines import KEPT, Clock, Line, log_lines
from lambdas.contracts import access_log
from lambdas.contracts.outputs import HubOutput

_WINDOWS: Final = (dt.timedelta(hours=1), dt.timedelta(days=1), KEPT)
_THROTTLED: Final = f'{{ $.{access_log.STATUS} = "{access_log.THROTTLED}" }}'
_MINUTE: Final = len("2027-01-15T08:00")


@dataclass(frozen=True, slots=True)
class Rejection:
    """A rejected request.

    Attributes:
        time: When, RFC 3339 in UTC.
        endpoint: Which one was called; empty where there is none of that name.
        status: What was answered.
        reason: Why; ``throttled`` where the endpoint's rate limit was used up.
        address: The sender's.
        bytes: Size of the body; 0 where it was not read.
        digest: The first half of the body's SHA-256; empty where it was not read.
        count: How many it stands for: those before it that were too many to write down, and itself; of what was
            throttled, all of one minute from one address.
    """

    time: str
    endpoint: str
    status: int
    reason: str
    address: str
    bytes: int
    digest: str
    count: int


@dataclass(frozen=True, slots=True)
class Rejections:
    """Requests that were rejected.

    Attributes:
        rejections: They, the newest last.
        complete_since: Since when all of them are here, RFC 3339 in UTC, with a part of what was before; empty where
            they were few enough to read them all.
    """

    rejections: Sequence[Rejection]
    complete_since: str = ""


def list_rejections(deployment: Deployment, since: dt.timedelta, *, clock: Clock | None = None) -> Rejections:
    """Requests that were rejected since.

    Raises:
        OperationError: A log cannot be read.
    """
    written = log_lines(deployment, HubOutput.INGEST_LOG, '"rejected"', since, clock)
    throttled = log_lines(deployment, HubOutput.ACCESS_LOG, _THROTTLED, since, clock)
    refused = [rejection for rejection in map(_rejection, written.lines) if rejection]
    found = sorted([*refused, *_throttled(deployment, throttled.lines)], key=lambda rejection: rejection.time)
    return Rejections(found, max(written.complete_since, throttled.complete_since))


def last_used(
    deployment: Deployment, key_ids: Collection[str], *, clock: Clock | None = None
) -> dict[str, str]:
    """When secrets last verified a request, to the hour, by their ids; those are missing that did not in 14 days.

    Raises:
        OperationError: The log cannot be read.
    """
    seen: dict[str, str] = {}
    for window in _WINDOWS:
        found = log_lines(deployment, HubOutput.INGEST_LOG, '"secret_seen"', window, clock)
        for time, line in found.lines:
            if line.get("secret_seen") in key_ids:
                seen[line["secret_seen"]] = max(time, seen.get(line["secret_seen"], ""))
        if set(key_ids) <= set(seen):
            break
    return seen


def _rejection(of: Line) -> Rejection | None:
    time, line = of
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


def _throttled(deployment: Deployment, lines: Iterable[Line]) -> Iterator[Rejection]:
    """What API Gateway refused, as its own log tells; of perhaps thousands in a minute from one address one row."""
    minutes: dict[tuple[str, str, str], Rejection] = {}
    known = {endpoint.name for endpoint in deployment.endpoints}
    for time, line in lines:
        name = line.get(access_log.ENDPOINT, "").rpartition("/")[2]
        endpoint, address = name if name in known else "", line.get("ip", "")
        key = (time[:_MINUTE], endpoint, address)
        others = minutes[key].count if key in minutes else 0
        minutes[key] = Rejection(
            time=time,
            endpoint=endpoint,
            status=int(access_log.THROTTLED),
            reason="throttled",
            address=address,
            bytes=0,
            digest="",
            count=others + 1,
        )
    yield from minutes.values()
