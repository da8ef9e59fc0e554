"""The figures that people look at: what the dashboard of CloudWatch shows, and the console."""

from typing import Final

NAMESPACE: Final = "Jamwire"

PERIOD_SECONDS: Final = 300
"""What one value of a metric stands for."""

ACCEPTED: Final = "Accepted"
REJECTED: Final = "Rejected"
DELIVERED: Final = "Delivered"
AGE: Final = "AgeAtDelivery"

AGE_STATISTICS: Final = ("p50", "p99")

CAME_IN: Final = (ACCEPTED, REJECTED, "RefusedItems", "UnmappedNotices", "UnreadTimes")
HANDED_OVER: Final = (DELIVERED, "Duplicate")
AGAIN: Final = ("Postponed", "Paced", "Returned", "CircuitOpened")
DOUBTS: Final = ("Dead", "Uncertain", "RuntimeFailures")
"""What should stay at nothing: what a person must look at, and where the runtime could not do all it wanted to."""

SERVICE: Final = "service"
REASON: Final = "reason"
"""Dimensions: the function, and why a request was rejected."""

QUEUES: Final = "AWS/SQS"
QUEUE: Final = "QueueName"
WAITING: Final = "ApproximateNumberOfMessagesVisible"
OLDEST: Final = "ApproximateAgeOfOldestMessage"
"""What SQS counts of each queue."""


def rejected_by_reason(service: str, period: int) -> str:
    """The expression that finds what a function rejected, a value for each reason and period in seconds."""
    return (
        f'SEARCH(\'{{{NAMESPACE},{SERVICE},{REASON}}} MetricName="{REJECTED}" {SERVICE}="{service}"\', '
        f"'Sum', {period})"
    )
