"""The figures that people look at: what the dashboard of CloudWatch shows, and the console."""

from typing import Final

NAMESPACE: Final = "Jamwire"

PERIOD_SECONDS: Final = 300
"""What one value of a metric stands for."""

ACCEPTED: Final = "Accepted"
REJECTED: Final = "Rejected"
THROTTLED: Final = "Throttled"
DELIVERED: Final = "Delivered"
AGE: Final = "AgeAtDelivery"

AGE_STATISTICS: Final = ("p50", "p99")

CAME_IN: Final = (ACCEPTED, REJECTED, "RefusedItems", "UnmappedNotices", "UnreadTimes")
HANDED_OVER: Final = (DELIVERED, "Duplicate")
AGAIN: Final = ("Postponed", "Paced", "Returned", "CircuitOpened")
DOUBTS: Final = ("Dead", "Uncertain", "RuntimeFailures")
"""What should stay at nothing: what a person must look at, and where the runtime could not do all it wanted to."""

RECIPIENTS: Final = {
    "sent": "FollowersTold",
    "gone": "FollowersGone",
    "refused": "FollowersRefused",
    "later": "FollowersLater",
    "held": "FollowersHeld",
    "expired": "FollowersTooLate",
    "ended": "FollowersEnded",
    "nothing": "FollowersWithoutNews",
    "uncertain": "Uncertain",
}
"""What counts the recipients of a channel's worker, by what became of them (`lambdas.followers.job_item`)."""

SERVICE: Final = "service"
REASON: Final = "reason"
ENDPOINT: Final = "endpoint"
"""Dimensions: the function, why a request was rejected, and which endpoint's rate limit was used up."""

QUEUES: Final = "AWS/SQS"
QUEUE: Final = "QueueName"
WAITING: Final = "ApproximateNumberOfMessagesVisible"
OLDEST: Final = "ApproximateAgeOfOldestMessage"
"""What SQS counts of each queue."""


def by_dimension(metric: str, service: str, dimension: str, period: int) -> str:
    """The expression that finds all that a metric of a function has by one more dimension; a period is in seconds."""
    return (
        f'SEARCH(\'{{{NAMESPACE},{SERVICE},{dimension}}} MetricName="{metric}" {SERVICE}="{service}"\', '
        f"'Sum', {period})"
    )
