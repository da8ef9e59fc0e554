"""One story for each publish, told when it is over."""

from typing import Final

from aws_cdk import Duration
from constructs import Construct

from lambdas.contracts.builds import ENDS, PURGED, REQUESTED, SEEN
from lambdas.contracts.outputs import StatefulOutput
from lambdas.contracts.settings import StorySettings
from stacks.constructs.outputs import write_outputs
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack

STEPS: Final = (REQUESTED, "deploy.started", *ENDS, PURGED, SEEN)
UNTIL: Final = (SEEN, PURGED, "deploy.succeeded", "build.succeeded")
PATIENCE: Final = Duration.minutes(45)


class StoryStack(JamwireStack):
    """Tells in one event how a publish became live (`site.published`), or where it got stuck (`site.publish_failed`).

    It collects what a `RebuildStack`, the build host and a `CdnStack` tell with the same correlation. Whoever is to
    read it hears ``site.*``.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        until: With which event a publish is live: ``cdn.invalidated``; with a `LiveStack` ``pages.notified``; without a
            `CdnStack` ``deploy.succeeded``.
        patience: After which a publish that is not live is told as stuck.

    Raises:
        ValueError: No step of a publish ends with such an event.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        until: str = PURGED,
        patience: Duration = PATIENCE,
    ) -> None:
        if until not in UNTIL:
            raise ValueError(f"until is {until!r}, expected one of {', '.join(UNTIL)}.")
        super().__init__(scope, id, hub=hub, description="Jamwire: the story of each publish")
        story = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.story.handler.handle",
            when=STEPS,
            settings=StorySettings(until=until, patience=patience.to_seconds()),
            idempotent=True,  # a story knows what it has heard
            stateful=True,
            publishes=True,
        )
        write_outputs(self, {StatefulOutput.STORIES_TABLE: story.state_table.table_name})
