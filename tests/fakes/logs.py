"""The hub's logs for the command's unit tests, and a deployment that has them."""

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from typing import Any

from jamwire.operations.deployment import Deployment, Stack
from lambdas.contracts.outputs import HubOutput

NOW = dt.datetime(2027, 1, 15, 8, tzinfo=dt.UTC)
INGEST, ACCESS = "ingest", "access"
OUTPUTS = {
    HubOutput.INGEST_LOG: INGEST,
    HubOutput.ACCESS_LOG: ACCESS,
    HubOutput.ENDPOINTS: '{"site": {"source": "netlify"}}',
    HubOutput.URL: "https://abc.execute-api.us-east-1.amazonaws.com",
}


class Logs:
    """Log groups; a pattern is not evaluated but for the word in quotes that it holds."""

    def __init__(self) -> None:
        self.lines: dict[str, list[dict[str, Any]]] = {INGEST: [], ACCESS: []}

    def add(self, group: str, seconds_ago: float, line: dict[str, Any] | str) -> None:
        message = line if isinstance(line, str) else json.dumps(line)
        at = round((NOW.timestamp() - seconds_ago) * 1000)
        self.lines[group].append({"timestamp": at, "message": message})

    def get_paginator(self, operation: str) -> "Logs":
        assert operation == "filter_log_events"
        return self

    def paginate(self, **request: Any) -> Iterator[dict[str, Any]]:
        """A page for each line, from the oldest."""
        word = request["filterPattern"].split('"')[1]
        for line in sorted(self.lines[request["logGroupName"]], key=lambda line: int(line["timestamp"])):
            is_within = request["startTime"] <= line["timestamp"] <= request["endTime"]
            if is_within and word in line["message"]:
                yield {"events": [line]}


def deployment(
    clients: "Logs | Mapping[str, Any]", *, without: str = "", more: Mapping[str, str] | None = None
) -> Deployment:
    """A deployment of one hub, whose services are these."""
    services = clients if isinstance(clients, Mapping) else {"logs": clients}
    outputs: dict[str, str] = {name: value for name, value in OUTPUTS.items() if name != without}
    made = Deployment("Jamwire", client=services.__getitem__)
    made.__dict__["stacks"] = [Stack("Jamwire-Hub", "Hub", "CREATE_COMPLETE", outputs | dict(more or {}))]
    return made
