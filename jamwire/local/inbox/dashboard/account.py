"""What the local account knows of a dashboard: its body, its alarms, and the lines that its metrics are in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from jamwire.local.credentials import local_client
from jamwire.local.inbox.dashboard.metrics import Metric
from jamwire.local.inbox.dashboard.widgets import Alarm


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A dashboard and what its widgets are made of.

    Attributes:
        name: Its name.
        others: The other dashboards' names.
        body: Its body.
        alarms: The account's alarms.
        lines: The log lines that hold metrics.
    """

    name: str
    others: list[str]
    body: Mapping[str, Any]
    alarms: list[Alarm]
    lines: list[str]


class Dashboards(Protocol):
    """Where dashboards come from."""

    def look(self, name: str, since: float) -> Snapshot | None:
        """A dashboard, with the lines since; the first one where the name is empty; None if there is none."""
        ...


class LocalDashboards:
    """Those of the local account."""

    def __init__(self, port: int, certificate: Path | None = None) -> None:
        self._cloudwatch = local_client("cloudwatch", port, certificate)
        self._logs = local_client("logs", port, certificate)
        self._sqs = local_client("sqs", port, certificate)

    def look(self, name: str, since: float) -> Snapshot | None:
        """A dashboard, with the lines since; the first one where the name is empty; None if there is none."""
        names = sorted(
            entry["DashboardName"] for entry in self._cloudwatch.list_dashboards()["DashboardEntries"]
        )
        found = name or next(iter(names), "")
        if found not in names:
            return None
        body = json.loads(self._cloudwatch.get_dashboard(DashboardName=found)["DashboardBody"])
        others = [other for other in names if other != found]
        return Snapshot(found, others, body, list(self._alarms()), list(self._lines(since)))

    def _alarms(self) -> Iterator[Alarm]:
        for page in self._cloudwatch.get_paginator("describe_alarms").paginate():
            for alarm in page["MetricAlarms"]:
                dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", [])}
                yield Alarm(
                    arn=alarm["AlarmArn"],
                    name=alarm["AlarmName"],
                    state=alarm["StateValue"],
                    text=alarm.get("AlarmDescription", ""),
                    metric=Metric(alarm["Namespace"], alarm["MetricName"], frozenset(dimensions.items())),
                    stat=alarm.get("Statistic") or alarm.get("ExtendedStatistic", ""),
                    threshold=alarm["Threshold"],
                    now=self._depth(dimensions["QueueName"])
                    if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
                    else None,
                )

    def _depth(self, queue: str) -> float:
        url = self._sqs.get_queue_url(QueueName=queue)["QueueUrl"]
        name = "ApproximateNumberOfMessages"
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])
        return float(answer["Attributes"][name])

    def _lines(self, since: float) -> Iterator[str]:
        for page in self._logs.get_paginator("describe_log_groups").paginate():
            for group in page["logGroups"]:
                pages = self._logs.get_paginator("filter_log_events").paginate(
                    logGroupName=group["logGroupName"],
                    startTime=round(since * 1000),
                    filterPattern='"CloudWatchMetrics"',
                )
                for found in pages:
                    yield from (event["message"] for event in found["events"])
