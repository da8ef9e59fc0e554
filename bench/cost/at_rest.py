"""What a stack costs in a month without an event."""

from typing import Final

from bench.cost.prices import MONTH_SECONDS, Bill, dollars, together
from bench.cost.templates import Template, resources

POLLERS: Final = 2
POLLERS_WITH_MAXIMUM: Final = 5
"""Lambda polls an empty queue by so many; the lower number only where no maximum concurrency is set (Lambda developer
guide, "Configuring scaling behavior for SQS event source mappings")."""

POLL_SECONDS: Final = 20
"""Each of them asks again so soon (SQS long polling)."""


def at_rest(template: Template) -> Bill:
    """A stack's bill."""
    return together(
        {
            "alarms": dollars(
                "alarm metric month", sum(map(_metrics, resources(template, "AWS::CloudWatch::Alarm")))
            ),
            "secrets": dollars("secret month", len(resources(template, "AWS::SecretsManager::Secret"))),
            "polling": dollars("sqs request", polls(template)),
            "dashboards": dollars("dashboard month", len(resources(template, "AWS::CloudWatch::Dashboard"))),
            "keys": dollars("key month", len(resources(template, "AWS::KMS::Key"))),
        }
    )


def polls(template: Template) -> float:
    """Polls of empty queues in a month."""
    pollers = sum(
        POLLERS_WITH_MAXIMUM if "ScalingConfig" in mapping else POLLERS
        for mapping in resources(template, "AWS::Lambda::EventSourceMapping")
    )
    return pollers * MONTH_SECONDS / POLL_SECONDS


def _metrics(alarm: dict[str, object]) -> int:
    """An alarm costs as much as the metrics that it reads; an expression is none."""
    queries = alarm.get("Metrics")
    return sum("MetricStat" in query for query in queries) if isinstance(queries, list) else 1
