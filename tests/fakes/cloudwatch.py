"""CloudWatch: alarms as they were set, and metrics by name and dimension."""

import datetime as dt
import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any


class CloudWatch:
    """Alarms, and one value of a metric at each time.

    Attributes:
        alarms: As `DescribeAlarms` shows them.
        values: By the metric's name and the value of its one dimension: unix times with values.
        searched: What a search for a metric finds, by its name and label.
        asked: The queries of each call.
        error: What is raised instead of an answer.
    """

    def __init__(self) -> None:
        self.alarms: list[dict[str, Any]] = []
        self.values: dict[tuple[str, str], list[tuple[float, float]]] = {}
        self.searched: dict[str, dict[str, list[tuple[float, float]]]] = {}
        self.asked: list[list[dict[str, Any]]] = []
        self.error: Exception | None = None

    def get_paginator(self, operation: str) -> Any:
        known = {"describe_alarms": self._alarms, "get_metric_data": self._data}
        return SimpleNamespace(paginate=known[operation])

    def _alarms(self, **request: Any) -> Iterator[dict[str, Any]]:
        if self.error:
            raise self.error
        found = [alarm for alarm in self.alarms if alarm["AlarmName"].startswith(request["AlarmNamePrefix"])]
        yield {"MetricAlarms": found, "CompositeAlarms": []}

    def _data(self, **request: Any) -> Iterator[dict[str, Any]]:
        """A page for each result."""
        if self.error:
            raise self.error
        queries = request["MetricDataQueries"]
        assert 0 < len(queries) <= 500
        self.asked.append(queries)
        for query in queries:
            for label, values in self._found(query).items():
                times = [dt.datetime.fromtimestamp(at, dt.UTC) for at, _ in values]
                result = {
                    "Id": query["Id"],
                    "Label": label,
                    "Timestamps": times,
                    "Values": [v for _, v in values],
                }
                yield {"MetricDataResults": [result]}

    def _found(self, query: dict[str, Any]) -> dict[str, list[tuple[float, float]]]:
        if "Expression" in query:
            [metric] = re.findall('MetricName="([A-Za-z]+)"', query["Expression"])
            return self.searched.get(metric, {})
        metric = query["MetricStat"]["Metric"]
        [dimension] = metric["Dimensions"]
        return {metric["MetricName"]: self.values.get((metric["MetricName"], dimension["Value"]), [])}
