"""An event becomes a fan-out: its plan is written once, and its jobs are sent however often it comes."""

import datetime as dt
from collections.abc import Callable, Mapping

from lambdas.contracts.audience_table import fanout_name
from lambdas.contracts.audience_topics import Channel, Topics
from lambdas.contracts.event import Event
from lambdas.contracts.event_types import SITE_PUBLISHED
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.news import news_item
from lambdas.followers.plan import DIGEST_CHANNEL, Plan, Told, split_of
from lambdas.followers.plans import PlannedError, Plans


class Planner:
    """Plans fan-outs.

    Args:
        topics: What people can follow.
        plans: Where plans are kept.
        queues: Each channel's queue.
        clock: Unix time in seconds.
    """

    def __init__(
        self,
        topics: Topics,
        plans: Plans,
        queues: Mapping[Channel, JobQueue],
        clock: Callable[[], float],
    ) -> None:
        self._topics = topics
        self._plans = plans
        self._queues = queues
        self._clock = clock

    def told_of(self, event: Event) -> Told | None:
        """What followers are told of an event; None where it belongs to no topic."""
        topic = self._topics.topic_of(event.type, event.subject)
        if topic is None:
            return None
        notice = event.notice
        return Told(
            fanout=fanout_name(event.key),
            event_id=event.id,
            topic=topic,
            topic_title=self._topics.title_of(topic) or topic,
            time=event.time,
            title=_title(event),
            text=notice.text,
            url=notice.url,
            severity=notice.severity,
            locale=notice.locale,
            expires=_seconds(notice.expires),
        )

    def plan(self, told: Told) -> Plan:
        """The fan-out's plan, made now unless there is one."""
        if plan := self._plans.get(told.fanout):
            return plan
        followers = self._plans.followers(told.topic, self._queues)
        made = Plan(
            name=told.fanout, at=self._clock(), followers=followers, split=split_of(followers), told=told
        )
        news = [self._plans.put(news_item(made, told))] if DIGEST_CHANNEL in self._queues else []
        try:
            self._plans.write(made, news)
        except PlannedError:  # by another function, at the same time
            if plan := self._plans.get(told.fanout):
                return plan
            raise
        return made

    def send(self, plan: Plan) -> None:
        """Send the plan's jobs; those that are done already do nothing."""
        for channel, queue in self._queues.items():
            queue.put((job for job in plan.jobs() if job.channel == channel), self._clock())


def _title(event: Event) -> str:
    """What people read first: of a publish what was published. How long it took is the team's concern."""
    is_publish = event.is_internal and event.type == SITE_PUBLISHED
    name = event.payload().get("name") if is_publish else ""
    return name or event.notice.title


def _seconds(expires: str) -> float:
    return dt.datetime.fromisoformat(expires).timestamp() if expires else 0.0
