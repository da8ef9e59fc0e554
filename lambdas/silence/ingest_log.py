"""What ingest's log says of endpoints that were heard."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from lambdas.contracts.heard import HEARD

if TYPE_CHECKING:
    from mypy_boto3_logs.client import CloudWatchLogsClient


def heard_between(
    client: "CloudWatchLogsClient", log_group: str, start: float, end: float
) -> Mapping[str, float]:
    """When endpoints were last heard within a time, by their names; times are unix seconds.

    Raises:
        BotoCoreError: The log did not answer.
        ClientError: The log may not be read.
    """
    pages = client.get_paginator("filter_log_events").paginate(
        logGroupName=log_group,
        filterPattern=f'"{HEARD}"',
        startTime=round(start * 1000),
        endTime=round(end * 1000),
    )
    heard: dict[str, float] = {}
    for event in (event for page in pages for event in page["events"]):
        line = _line(event["message"])
        if line.get(HEARD) is True:
            name, at = str(line["endpoint"]), event["timestamp"] / 1000
            heard[name] = max(at, heard.get(name, 0.0))
    return heard


def _line(message: str) -> dict[str, object]:
    """Ingest's own line; empty for Lambda's, which are no JSON or have no such field."""
    try:
        line = json.loads(message)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
