"""What a subscriber tells about its deliveries: one log line and the metrics for each.

Neither holds anything of an event but its id, its type and its endpoint.
"""

import time
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.event import Event
from lambdas.runtime.message import Message

logger = Logger(location=None)
metrics = Metrics()

# Outcome → metric and log level. An outcome that is missing here is a mistake and raises.
_OUTCOMES: Final = {
    "delivered": ("Delivered", "info"),
    "duplicate": ("Duplicate", "info"),
    "postponed": ("Postponed", "warning"),
    "dead": ("Dead", "error"),
    "unrecorded": ("Unrecorded", "error"),
    "unreleased": ("Unreleased", "warning"),
    "unpostponed": ("Unpostponed", "warning"),
    "unburied": ("Unburied", "error"),
}


def report(outcome: str, message: Message, event: Event | None, **facts: Any) -> None:
    """Tell the outcome of a delivery (`lambdas.runtime.worker.Report`)."""
    metric, level = _OUTCOMES[outcome]
    age_ms = round((time.time() - message.sent_at) * 1000)
    metrics.add_metric(metric, MetricUnit.Count, 1)
    if outcome == "delivered":
        metrics.add_metric("AgeAtDelivery", MetricUnit.Milliseconds, age_ms)
    known = {"event_id": event.id, "event_type": event.type, "endpoint": event.endpoint} if event else {}
    getattr(logger, level)(
        outcome, message_id=message.id, attempt=message.attempt, age_ms=age_ms, **known, **facts
    )


def report_unrecorded(event: Event, reason: str) -> None:
    """Tell that a delivery to one of several destinations was made and could not be recorded."""
    metrics.add_metric("Unrecorded", MetricUnit.Count, 1)
    logger.error("unrecorded", event_id=event.id, event_type=event.type, reason=reason)
