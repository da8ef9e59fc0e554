"""What a subscriber reports of its deliveries: one log line and the metrics for each.

Neither holds anything of an event but its id, its type and its endpoint.
"""

import json
import os
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final, Literal, NamedTuple

from lambdas.clients.embedded_metrics import MAX_VALUES, metric_fields
from lambdas.contracts.event import Event, timestamp
from lambdas.runtime.queue import Message

Level = Literal["INFO", "WARNING", "ERROR"]

UNITS: Final = {"AgeAtDelivery": "Milliseconds"}
"""Of the metrics that are no counts."""


class Outcome(NamedTuple):
    """How an outcome is counted and logged.

    Attributes:
        metric: What counts it.
        level: The log's.
        operation: What the runtime could not do, as the metric's dimension; empty where it did all it wanted to.
    """

    metric: str
    level: Level
    operation: str = ""


OUTCOMES: Final = {
    "delivered": Outcome("Delivered", "INFO"),
    "duplicate": Outcome("Duplicate", "INFO"),
    "postponed": Outcome("Postponed", "WARNING"),
    "paced": Outcome("Paced", "INFO"),
    "returned": Outcome("Returned", "INFO"),
    "dead": Outcome("Dead", "ERROR"),
    "uncertain": Outcome("Uncertain", "ERROR"),
    "record_failed": Outcome("RuntimeFailures", "ERROR", "record"),
    "release_failed": Outcome("RuntimeFailures", "WARNING", "release"),
    "change_visibility_failed": Outcome("RuntimeFailures", "WARNING", "change_visibility"),
    "dead_letter_failed": Outcome("RuntimeFailures", "ERROR", "dead_letter"),
    "rate_limiter_failed": Outcome("RuntimeFailures", "WARNING", "rate_limiter"),
    "receive_failed": Outcome("RuntimeFailures", "WARNING", "receive"),
    "delete_failed": Outcome("RuntimeFailures", "WARNING", "delete"),
}
"""All outcomes. One that is missing here is a mistake and raises."""


class Metrics:
    """The metrics of one invocation, written as one line at its end.

    Args:
        clock: Unix time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._values: defaultdict[str, list[float]] = defaultdict(list)

    def add_metric(self, name: str, value: float) -> None:
        """Add a value; a metric with as many as a line holds is written at once, with all others."""
        self._values[name].append(float(value))
        if len(self._values[name]) == MAX_VALUES:
            self.flush_metrics()

    def single_metric(self, name: str, value: float, **dimensions: str) -> None:
        """Write a metric that has dimensions of its own."""
        self._write({name: [float(value)]}, dimensions)

    def flush_metrics(self) -> None:
        """Write what was added since the last time."""
        if self._values:
            values, self._values = self._values, defaultdict(list)
            self._write(values, {})

    def _write(self, values: dict[str, list[float]], dimensions: dict[str, str]) -> None:
        told_apart = {"service": _service(), **dimensions}
        namespace = os.environ["POWERTOOLS_METRICS_NAMESPACE"]
        write(told_apart | metric_fields(namespace, values, list(told_apart), now=self._clock(), units=UNITS))


def write(line: dict[str, Any]) -> None:
    """Write one line of the log."""
    # Without Powertools, whose import and whose work take longer than a delivery (`docs/decisions`, 3).
    print(json.dumps(line))  # noqa: T201


def _service() -> str:
    return os.environ["POWERTOOLS_SERVICE_NAME"]


metrics: Final = Metrics()


def report(
    outcome: str, message: Message | None, event: Event | None, *, count: int = 1, **facts: Any
) -> None:
    """Report the outcome of a delivery (`lambdas.runtime.context.Report`), or of so many together."""
    metric, level, operation = OUTCOMES[outcome]
    metrics.add_metric(metric, count)
    if operation:  # beside the sum over all operations
        metrics.single_metric(metric, count, operation=operation)
    if outcome == "delivered":
        metrics.add_metric("AgeAtDelivery", facts["age_ms"])
    if "failures" in facts:
        metrics.add_metric("Failures", facts["failures"])
    if event:
        facts |= {"event_id": event.id, "event_type": event.type, "endpoint": event.endpoint}
        facts |= {"replay": event.replay} if event.replay else {}
    if message:
        facts |= {"message_id": message.id}
    if count != 1:
        facts |= {"count": count}
    head = {"level": level, "message": outcome, "timestamp": timestamp(time.time()), "service": _service()}
    write(head | facts)


def count(metric: str, amount: int = 1) -> None:
    """Count something of a notifier's own, as a metric beside the runtime's."""
    metrics.add_metric(metric, amount)
