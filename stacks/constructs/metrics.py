"""Metrics that the functions count themselves (`lambdas.runtime.report`, `lambdas.ingest.handler`)."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.contracts.metrics import NAMESPACE, PERIOD_SECONDS, SERVICE

PERIOD: Final = Duration.seconds(PERIOD_SECONDS)
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
        dimensions_map={SERVICE: service},
        statistic=statistic,
        period=PERIOD,
    )
