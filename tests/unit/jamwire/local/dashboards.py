"""Dashboards for tests of the inbox: what the account would say of them."""

import json
from typing import Any

from jamwire.local.inbox.dashboard.account import Snapshot
from jamwire.local.inbox.dashboard.metrics import Metric
from jamwire.local.inbox.dashboard.widgets import Alarm

ARN = "arn:aws:cloudwatch:us-east-1:000000000000:alarm:"


class NoDashboards:
    """An account without dashboards."""

    def look(self, name: str, since: float) -> Snapshot | None:
        return None


class OneDashboard:
    """An account with one dashboard, and logs."""

    def __init__(self, *widgets: dict[str, Any]) -> None:
        self.widgets = widgets
        self.alarms: list[Alarm] = []
        self.lines: list[str] = []

    def look(self, name: str, since: float) -> Snapshot | None:
        if name not in ("", "Jamwire"):
            return None
        return Snapshot("Jamwire", ["Staging"], {"widgets": list(self.widgets)}, self.alarms, self.lines)


def widget(kind: str = "metric", **properties: Any) -> dict[str, Any]:
    place = {"x": 0, "y": 0, "width": 6, "height": 6}
    return {"type": kind, **place, "properties": {"title": "Slack", **properties}}


def line(at: float, dimensions: dict[str, str], **values: Any) -> str:
    """A log line that holds metrics, as the functions write it."""
    directive = {
        "Namespace": "Jamwire",
        "Dimensions": [list(dimensions)],
        "Metrics": [{"Name": name, "Unit": "Count"} for name in values],
    }
    embedded = {"Timestamp": round(at * 1000), "CloudWatchMetrics": [directive]}
    return json.dumps({"_aws": embedded, **dimensions, **values})


def alarm(name: str = "Slack-DeadLetters", **changes: Any) -> Alarm:
    metric = Metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", frozenset())
    known = {"arn": ARN + name, "name": name, "state": "OK", "text": "", "metric": metric, "stat": "Maximum"}
    return Alarm(**{**known, "threshold": 1.0, **changes})
