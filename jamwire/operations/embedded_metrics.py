"""Metrics as the functions write them into their logs: CloudWatch's embedded metric format.

CloudWatch makes metrics of such lines; a local account does not. CloudWatch user guide, "Specification: Embedded metric
format".
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from lambdas.contracts.metrics import NAMESPACE

Key = tuple[str, tuple[tuple[str, str], ...]]
"""A metric by its name and dimensions."""

Value = tuple[float, float]
"""When it was counted, unix time, and how much."""

MARK: Final = '"CloudWatchMetrics"'
"""What every such line has in it."""


def key(metric: str, dimensions: Mapping[str, str]) -> Key:
    """A metric's key."""
    return metric, tuple(sorted(dimensions.items()))


def read_values(deployment: Deployment, *, since: float, until: float) -> dict[Key, list[Value]]:
    """All values that the deployment's functions have counted within a time.

    Raises:
        OperationError: The logs cannot be read.
    """
    logs, values = deployment.client("logs"), dict[Key, list[Value]]()
    with aws_errors():
        groups = logs.get_paginator("describe_log_groups").paginate()
        names = [group["logGroupName"] for page in groups for group in page["logGroups"]]
        for name in (name for name in names if f"{deployment.name}-" in name):
            pages = logs.get_paginator("filter_log_events").paginate(
                logGroupName=name,
                filterPattern=MARK,
                startTime=round(since * 1000),
                endTime=round(until * 1000),
            )
            for event in (event for page in pages for event in page["events"]):
                for found, value in counted(event["message"]):
                    values.setdefault(found, []).append((event["timestamp"] / 1000, value))
    return values


def counted(line: str) -> Iterator[tuple[Key, float]]:
    """What a log line counts: each value with the metric's key, for every set of dimensions."""
    try:
        document = json.loads(line)
        directives = document["_aws"]["CloudWatchMetrics"]
    except (ValueError, KeyError, TypeError):
        return
    for directive in directives:
        if directive["Namespace"] == NAMESPACE:
            for names in directive["Dimensions"]:
                dimensions = {name: str(document[name]) for name in names}
                for metric in directive["Metrics"]:
                    for value in _values(document[metric["Name"]]):
                        yield key(metric["Name"], dimensions), value


def points(values: Sequence[Value], period: int, stat: str) -> list[tuple[float, float]]:
    """One value for each period in which something was counted, by a statistic: ``Sum`` or a percentile."""
    periods: dict[float, list[float]] = {}
    for at, value in values:
        periods.setdefault(at // period * period, []).append(value)
    return [(begins, _statistic(sorted(its), stat)) for begins, its in sorted(periods.items())]


def _statistic(values: Sequence[float], stat: str) -> float:
    if stat == "Sum":
        return sum(values)
    return values[math.ceil(float(stat.removeprefix("p")) / 100 * len(values)) - 1]


def _values(value: Any) -> list[float]:
    return [float(each) for each in value] if isinstance(value, list) else [float(value)]
