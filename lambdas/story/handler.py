"""One story for each publish: published, built, deployed, purged, told in one message when it is over."""

import os
from collections.abc import Sequence

from lambdas.clients.aws import at_start
from lambdas.contracts.publish_story import Story
from lambdas.contracts.settings import StorySettings
from lambdas.runtime import Event, subscriber
from lambdas.runtime.stateful import StatefulSubscriber
from lambdas.story.tracker import StoryTracker, by_story


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Add the events to their stories."""
    _subscriber().handle(events)


@at_start
def _subscriber() -> StatefulSubscriber[Story, None, None]:
    settings = StorySettings.from_environment(os.environ)
    return by_story(StatefulSubscriber.from_environment(StoryTracker(settings)))
