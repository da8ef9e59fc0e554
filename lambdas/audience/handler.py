"""An event of a topic is told to those who follow it: one plan, and the jobs of each channel."""

import os
from pathlib import Path

from lambdas.clients.aws import at_start, client
from lambdas.contracts.audience_settings import AudienceSettings, ChannelQueues
from lambdas.contracts.audience_topics import CHANNELS, Topics
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.planner import Planner
from lambdas.followers.plans import Plans
from lambdas.runtime import Event, count, now, subscriber


@subscriber
def handle(event: Event) -> None:
    """Plan the event's fan-out and send its jobs; what belongs to no topic, or is history, is told to nobody."""
    told = _planner().told_of(event)
    if told is None:
        count("NotForFollowers")
    elif 0 < told.expires <= now():
        count("FollowersTooLate")
    else:
        plan = _planner().plan(told)
        _planner().send(plan)
        count("Recipients", sum(plan.followers.values()))


@at_start
def _planner() -> Planner:
    settings = AudienceSettings.from_environment(os.environ)
    urls = ChannelQueues.from_environment(os.environ)
    queues = {name: url for name in CHANNELS if (url := getattr(urls, f"{name}_queue_url"))}
    return Planner(
        Topics.from_json(Path(settings.topics_file).read_text()),
        Plans(client("dynamodb"), settings.table),
        {name: JobQueue(client("sqs"), url) for name, url in queues.items()},
        now,
    )
