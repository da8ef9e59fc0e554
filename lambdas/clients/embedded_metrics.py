"""Metrics as fields of a log line (CloudWatch user guide, "Embedded metric format specification")."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

MAX_VALUES: Final = 100
"""Values of one metric in a line, and metrics of a line."""


def metric_fields(
    namespace: str,
    values: Mapping[str, int | Sequence[float]],
    *dimensions: Sequence[str],
    now: float,
    units: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What makes a line count as metrics.

    Args:
        namespace: Of the metrics.
        values: A value, or up to `MAX_VALUES` of them, of each metric by its name.
        dimensions: Sets of the line's fields by which the metrics are told apart.
        now: Unix seconds.
        units: CloudWatch's names of the units; what is not named is a count.
    """
    metrics = [{"Name": name, "Unit": (units or {}).get(name, "Count")} for name in values]
    directive = {
        "Namespace": namespace,
        "Dimensions": [list(names) for names in dimensions],
        "Metrics": metrics,
    }
    return {**values, "_aws": {"Timestamp": round(now * 1000), "CloudWatchMetrics": [directive]}}
