"""What a subscriber tells about its deliveries: one log line and the metrics for each.

Neither holds anything of an event but its id, its type and its endpoint.
"""

from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.contracts.event import Event
from lambdas.runtime.queue import Message

logger = Logger(location=None)
metrics = Metrics()

# Outcome → metric and log level. An outcome that is missing here is a mistake and raises.
OUTCOMES: Final = {
    "delivered": ("Delivered", "info"),
    "duplicate": ("Duplicate", "info"),
    "postponed": ("Postponed", "warning"),
    "paced": ("Paced", "info"),
    "dead": ("Dead", "error"),
    "uncertain": ("Uncertain", "error"),
    "unrecorded": ("Unrecorded", "error"),
    "unreleased": ("Unreleased", "warning"),
    "unpostponed": ("Unpostponed", "warning"),
    "unburied": ("Unburied", "error"),
    "unpaced": ("Unpaced", "warning"),
    "ungathered": ("Ungathered", "warning"),
    "unremoved": ("Unremoved", "warning"),
}


def report(
    outcome: str, message: Message | None, event: Event | None, *, count: int = 1, **facts: Any
) -> None:
    """Tell the outcome of a delivery (`lambdas.runtime.delivery.Report`), or of so many together."""
    metric, level = OUTCOMES[outcome]
    metrics.add_metric(metric, MetricUnit.Count, count)
    if outcome == "delivered":
        metrics.add_metric("AgeAtDelivery", MetricUnit.Milliseconds, facts["age_ms"])
    if "failures" in facts:
        metrics.add_metric("Failures", MetricUnit.Count, facts["failures"])
    if event:
        facts |= {"event_id": event.id, "event_type": event.type, "endpoint": event.endpoint}
        facts |= {"replay": event.replay} if event.replay else {}
    if message:
        facts |= {"message_id": message.id}
    if count != 1:
        facts |= {"count": count}
    getattr(logger, level)(outcome, **facts)


def count(metric: str, amount: int = 1) -> None:
    """Count something of a notifier's own, as a metric beside the runtime's."""
    metrics.add_metric(metric, MetricUnit.Count, amount)
