"""CloudWatch's embedded metric format: fields of a log line that count, without a library or a call.

CloudWatch user guide, "Specification: Embedded metric format".
"""

from collections.abc import Mapping, Sequence
from typing import Any


def embedded_metrics(
    counts: Mapping[str, int], dimensions: Sequence[Sequence[str]], *, namespace: str, now: float
) -> dict[str, Any]:
    """What to put into a log line, which has the dimensions as fields, so that it counts.

    Args:
        counts: Amounts by the metrics' names.
        dimensions: Sets of the line's fields by which to count.
        namespace: The metrics'.
        now: Unix time in seconds.
    """
    metrics = {
        "Namespace": namespace,
        "Dimensions": dimensions,
        "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
    }
    return {**counts, "_aws": {"Timestamp": round(now * 1000), "CloudWatchMetrics": [metrics]}}
