"""Metrics that the functions count themselves (`lambdas.runtime.report`, `lambdas.ingest.handler`)."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

NAMESPACE: Final = "Jamwire"

PERIOD: Final = Duration.minutes(5)
"""What one value of a metric stands for."""


def service_metric(service: str, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
    """A metric of one function.

    Args:
        service: The function's name in logs and metrics.
        name: The metric's.
        statistic: Such as ``Sum``, ``Maximum`` or ``p99``.
    """
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"service": service},
        statistic=statistic,
        period=PERIOD,
    )
