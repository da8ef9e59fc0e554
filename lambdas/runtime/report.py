"""What a subscriber reports of its deliveries: one log line and the metrics for each.

Neither holds anything of an event but its id, its type and its endpoint.
"""

from typing import Any, Final, NamedTuple

from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.contracts.event import Event
from lambdas.runtime.queue import Message

logger = Logger(location=None)
metrics = Metrics()


class Outcome(NamedTuple):
    """How an outcome is counted and logged.

    Attributes:
        metric: What counts it.
        level: The log's.
        operation: What the runtime could not do, as the metric's dimension; empty where it did all it wanted to.
    """

    metric: str
    level: str
    operation: str = ""


OUTCOMES: Final = {
    "delivered": Outcome("Delivered", "info"),
    "duplicate": Outcome("Duplicate", "info"),
    "probed": Outcome("Probed", "info"),
    "postponed": Outcome("Postponed", "warning"),
    "paced": Outcome("Paced", "info"),
    "returned": Outcome("Returned", "info"),
    "dead": Outcome("Dead", "error"),
    "uncertain": Outcome("Uncertain", "error"),
    "record_failed": Outcome("RuntimeFailures", "error", "record"),
    "release_failed": Outcome("RuntimeFailures", "warning", "release"),
    "change_visibility_failed": Outcome("RuntimeFailures", "warning", "change_visibility"),
    "dead_letter_failed": Outcome("RuntimeFailures", "error", "dead_letter"),
    "circuit_opened": Outcome("CircuitOpened", "warning"),
    "circuit_breaker_failed": Outcome("RuntimeFailures", "warning", "circuit_breaker"),
    "rate_limiter_failed": Outcome("RuntimeFailures", "warning", "rate_limiter"),
    "receive_failed": Outcome("RuntimeFailures", "warning", "receive"),
    "delete_failed": Outcome("RuntimeFailures", "warning", "delete"),
}
"""All outcomes. One that is missing here is a mistake and raises."""


def report(
    outcome: str, message: Message | None, event: Event | None, *, count: int = 1, **facts: Any
) -> None:
    """Report the outcome of a delivery (`lambdas.runtime.context.Report`), or of so many together."""
    metric, level, operation = OUTCOMES[outcome]
    metrics.add_metric(metric, MetricUnit.Count, count)
    if operation:  # beside the sum over all operations
        with single_metric(metric, MetricUnit.Count, count) as by_operation:
            by_operation.add_dimension("operation", operation)
    if outcome == "delivered":
        metrics.add_metric("AgeAtDelivery", MetricUnit.Milliseconds, facts["age_ms"])
    if "failing_for" in facts:
        metrics.add_metric("FailingFor", MetricUnit.Seconds, facts["failing_for"])
    if event:
        facts |= {"event_id": event.id, "event_type": event.type, "endpoint": event.endpoint}
        facts |= {"replay": event.replay} if event.replay else {}
    if message and outcome != "delivered":  # a log is paid for by the byte
        facts |= {"message_id": message.id}
    if count != 1:
        facts |= {"count": count}
    getattr(logger, level)(outcome, **facts)


def count(metric: str, amount: int = 1) -> None:
    """Count something of a notifier's own, as a metric beside the runtime's."""
    metrics.add_metric(metric, MetricUnit.Count, amount)
