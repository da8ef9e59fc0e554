"""What the dashboard shows of an audience beside its subscriber: who was told, who was not, what stands in the way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.metrics import RECIPIENTS
from stacks.constructs.audience_functions import WORKERS
from stacks.constructs.metrics import service_metric
from stacks.constructs.registration import Graphs

TOLD: Final = ("sent", "nothing")
LATER: Final = ("later", "held")
NOT_TOLD: Final = ("gone", "refused", "expired", "ended", "uncertain")
"""What becomes of recipients (`RECIPIENTS`), as it belongs together."""

BESIDE: Final[Mapping[Channel, tuple[tuple[str, str], ...]]] = {
    "push": (),
    "email": (
        ("Email", "AccountBlocked"),
        ("Email", "BudgetSpent"),
        ("Digest", "DigestsStarted"),
        ("Feedback", "Suppressed"),
        ("Feedback", "FollowersGone"),
    ),
    "text": (
        ("Text", "AccountBlocked"),
        ("Text", "BudgetSpent"),
        ("Text", "Parts"),
        ("Feedback", "Parts"),
        ("Feedback", "Suppressed"),
        ("Feedback", "FollowersGone"),
    ),
}
"""What a channel's functions count beside it, with their ids."""


def audience_graphs(name: str, channels: Sequence[Channel], alarms: Mapping[str, str]) -> Graphs:
    """The row.

    Args:
        name: The audience's name to people.
        channels: Its channels.
        alarms: Names of the alarms that are shown, by what they are about.
    """
    told = {"told": TOLD, "told later": LATER, "not told": NOT_TOLD}
    metrics = {title: list(_recipients(name, channels, words)) for title, words in told.items()}
    beside = dict.fromkeys(pair for channel in channels for pair in BESIDE[channel])
    if beside:
        metrics["messages"] = [_metric(name, id, metric) for id, metric in beside]
    return Graphs(
        metrics={f"{name}: {title}": shown for title, shown in metrics.items()},
        alarms={f"{name}: {about}": alarm for about, alarm in alarms.items()},
    )


def _recipients(name: str, channels: Sequence[Channel], words: Sequence[str]) -> Iterator[cloudwatch.IMetric]:
    for word in words:
        for channel in channels:
            yield _metric(name, WORKERS[channel].id, RECIPIENTS[word])


def _metric(name: str, id: str, metric: str) -> cloudwatch.IMetric:
    return service_metric(f"{name}-{id}", metric).with_(label=f"{id}: {metric}")
