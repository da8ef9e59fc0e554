"""Metrics out of log lines, as CloudWatch makes them (user guide, "Specification: Embedded metric format")."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Final, NamedTuple

BUCKETS: Final = 60
"""Values along a graph."""

_SIMPLE: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": math.fsum,
    "Average": fmean,
    "Minimum": min,
    "Maximum": max,
    "SampleCount": len,
}


class Metric(NamedTuple):
    """What a metric is known by."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]


class Point(NamedTuple):
    """One value at a time, in Unix seconds."""

    at: float
    value: float


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is looked at, in Unix seconds."""

    start: float
    end: float

    @classmethod
    def until(cls, now: float, minutes: int) -> "Span":
        """The last minutes, in stretches that begin where the clock's do, so that they stay as they are."""
        stretch = minutes * 60 / BUCKETS
        end = math.ceil(now / stretch) * stretch
        return cls(end - minutes * 60, end)

    def bucket(self, at: float) -> int | None:
        """Which of the graph's values a moment is in."""
        if not self.start < at <= self.end:
            return None
        return min(int((at - self.start) / (self.end - self.start) * BUCKETS), BUCKETS - 1)


def read_metrics(lines: Iterable[str]) -> dict[Metric, list[Point]]:
    """All metrics that lines of a log hold; lines that hold none are passed over."""
    found: dict[Metric, list[Point]] = defaultdict(list)
    for line in lines:
        document = _document(line)
        embedded = document.get("_aws", {})
        for directive in embedded.get("CloudWatchMetrics", []):
            for dimensions in directive["Dimensions"]:
                known = frozenset((name, str(document[name])) for name in dimensions)
                for metric in directive["Metrics"]:
                    value = document[metric["Name"]]
                    key = Metric(directive["Namespace"], metric["Name"], known)
                    at = embedded["Timestamp"] / 1000
                    found[key] += [
                        Point(at, each) for each in (value if isinstance(value, list) else [value])
                    ]
    return found


def statistic(values: Sequence[float], name: str) -> float | None:
    """A statistic by its name in CloudWatch; none of no values, and of one that is not known here."""
    if not values:
        return None
    if name in _SIMPLE:
        return float(_SIMPLE[name](values))
    if name.startswith("p") and name[1:].replace(".", "", 1).isdigit():
        rank = math.ceil(float(name[1:]) / 100 * len(values))
        return sorted(values)[max(rank, 1) - 1]
    return None


def along(points: Iterable[Point], stat: str, span: Span) -> list[float | None]:
    """A statistic of each stretch of a span."""
    buckets: list[list[float]] = [[] for _ in range(BUCKETS)]
    for point in points:
        if (number := span.bucket(point.at)) is not None:
            buckets[number].append(point.value)
    return [statistic(bucket, stat) for bucket in buckets]


def _document(line: str) -> Mapping[str, Any]:
    if '"CloudWatchMetrics"' not in line:
        return {}
    try:
        document = json.loads(line)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
