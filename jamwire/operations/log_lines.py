"""Lines of the hub's logs: what ingest writes, and what API Gateway does."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from lambdas.contracts.outputs import HubOutput

KEPT: Final = dt.timedelta(days=14)
"""For how long ingest's log is kept."""

MAX_PAGES: Final = 50
"""Of one question, each of up to 1 MB or 10,000 lines (CloudWatch Logs API reference, `FilterLogEvents`)."""

Clock = Callable[[], dt.datetime]
Line = tuple[str, Mapping[str, Any]]
"""A line's time, RFC 3339 in UTC, and its fields."""


def log_lines(
    deployment: Deployment, log: HubOutput, pattern: str, since: dt.timedelta, clock: Clock | None
) -> Iterator[Line]:
    """Lines of one of the hub's logs, in their order; none where it was deployed before there was such an output.

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
        return
    now = clock() if clock else dt.datetime.now(dt.UTC)
    with aws_errors():
        pages = (
            deployment.client("logs")
            .get_paginator("filter_log_events")
            .paginate(
                logGroupName=deployment.hub.outputs[log],
                filterPattern=pattern,
                startTime=round((now - min(since, KEPT)).timestamp() * 1000),
            )
        )
        events = [event for page in islice(pages, MAX_PAGES) for event in page["events"]]
    for event in sorted(events, key=lambda event: event["timestamp"]):
        if event["message"].startswith("{"):
            moment = dt.datetime.fromtimestamp(event["timestamp"] / 1000, dt.UTC)
            yield moment.strftime("%Y-%m-%dT%H:%M:%SZ"), json.loads(event["message"])
