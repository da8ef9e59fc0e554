"""What was told of late, and how far it is."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jamwire.operations.audience.audience import Audience
from jamwire.operations.aws import aws_errors
from jamwire.operations.dynamodb import query_items, to_item
from jamwire.operations.errors import NotFoundError
from lambdas.contracts.audience_table import FANOUTS, PLAN, SORT_KEY, fanout_partition
from lambdas.contracts.audience_topics import CHANNELS, Channel
from lambdas.contracts.event import timestamp
from lambdas.followers.job_item import COUNTS
from lambdas.followers.plan import Plan
from lambdas.followers.plans import Plans

LATER: Final = ("later", "held")
"""They are counted again, as what became of them at last."""


@dataclass(frozen=True, slots=True)
class ChannelProgress:
    """How far a fan-out is by one channel.

    Attributes:
        channel: The channel.
        of: How many followers there were when it was planned.
        jobs: Jobs that have begun.
        done: Those that are done.
        counts: What became of the recipients (`lambdas.followers.job_item.COUNTS`).
    """

    channel: Channel
    of: int
    jobs: int
    done: int
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Recipients who come later; each that has come is counted again, as what became of it."""
        later = sum(self.counts.get(word, 0) for word in LATER)
        return max(0, min(later, self.of - self.settled))

    @property
    def settled(self) -> int:
        """Recipients with whom it is over."""
        return sum(count for word, count in self.counts.items() if word not in LATER)


@dataclass(frozen=True, slots=True)
class FanOut:
    """A fan-out.

    Attributes:
        name: Its name.
        at: When it was planned, RFC 3339.
        topic: To whose followers; of a digest empty.
        title: What is told; of a digest its zone, time and date.
        event_id: The event's id; of a digest empty.
        channels: How far it is, by channel.
    """

    name: str
    at: str
    topic: str
    title: str
    event_id: str
    channels: tuple[ChannelProgress, ...]


def latest(audience: Audience) -> Iterator[FanOut]:
    """The fan-outs of the last month, the newest first; each is read when it is asked for.

    Raises:
        OperationError: The account cannot be asked.
    """
    listed = query_items(
        audience.dynamodb,
        audience.table,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": "pk"},
        ExpressionAttributeValues=to_item({":key": FANOUTS}),
        ScanIndexForward=False,
    )
    for item in listed:
        if found := _fan_out(audience, item[SORT_KEY].partition("#")[2]):
            yield found


def of_event(audience: Audience, event: str) -> FanOut:
    """The newest fan-out of an event, or the one of this name.

    Raises:
        OperationError: There is none, or the account cannot be asked.
    """
    for found in latest(audience):
        if event in (found.event_id, found.name):
            return found
    raise NotFoundError(
        f"{event} was told to nobody within a month: nobody follows its topic, or it has none"
    )


def _fan_out(audience: Audience, name: str) -> FanOut | None:
    with aws_errors():
        plan = Plans(audience.dynamodb, audience.table).get(name)
    return _of_plan(plan, list(_jobs(audience, name))) if plan else None


def _of_plan(plan: Plan, jobs: list[dict[str, Any]]) -> FanOut:
    told = plan.told
    return FanOut(
        plan.name,
        timestamp(plan.at),
        told.topic if told else "",
        told.title if told else f"digest {plan.name}",
        told.event_id if told else "",
        tuple(
            _progress(channel, plan.followers[channel], jobs)
            for channel in CHANNELS
            if channel in plan.followers
        ),
    )


def _progress(channel: Channel, of: int, jobs: list[dict[str, Any]]) -> ChannelProgress:
    ours = [job for job in jobs if job[SORT_KEY].startswith(f"{channel}#")]
    counts = Counter({word: sum(job.get(word, 0) for job in ours) for word in COUNTS})
    return ChannelProgress(channel, of, len(ours), sum("done_at" in job for job in ours), dict(+counts))


def _jobs(audience: Audience, name: str) -> Iterator[dict[str, Any]]:
    items = query_items(
        audience.dynamodb,
        audience.table,
        KeyConditionExpression="#key = :key",
        ExpressionAttributeNames={"#key": "pk"},
        ExpressionAttributeValues=to_item({":key": fanout_partition(name)}),
    )
    return (item for item in items if item[SORT_KEY] != PLAN)
