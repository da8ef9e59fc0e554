"""The queues of an audience's jobs (`lambdas.contracts.audience_job`): one a channel, one for all dead letters."""

from collections.abc import Iterable
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.contracts.audience_settings import ChannelQueues
from lambdas.contracts.audience_topics import Channel
from stacks.constructs.queue_validation import validate_queue
from stacks.constructs.queues import RETENTION, visibility_of

MAX_RECEIVES: Final = 10
"""After so many a job is a dead letter. Its worker counts what fails by itself; this is for jobs that end workers."""


class AudienceJobs(Construct):
    """The queues.

    Args:
        scope: Where it belongs.
        id: Its id there.
        timeouts: The channels, and how long a worker of each may take for a job.

    Attributes:
        queues: By channel.
        dead_letters: Where jobs of all channels end that nobody could do.
    """

    def __init__(self, scope: Construct, id: str, timeouts: Iterable[tuple[Channel, Duration]]) -> None:
        super().__init__(scope, id)
        self.dead_letters = _queue(self, "DeadLetters")
        self.queues = {
            channel: self._queue_of(channel, visibility_of(timeout)) for channel, timeout in timeouts
        }

    @property
    def settings(self) -> ChannelQueues:
        """What the functions are told."""
        return ChannelQueues(
            **{f"{channel}_queue_url": queue.queue_url for channel, queue in self.queues.items()}
        )

    def _queue_of(self, channel: Channel, visibility: Duration) -> sqs.Queue:
        queue = _queue(
            self,
            channel.title(),
            visibility_timeout=visibility,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead_letters, max_receive_count=MAX_RECEIVES),
        )
        validate_queue(queue, visibility=visibility, kept=Duration.days(7))
        return queue


def _queue(scope: Construct, id: str, **more: object) -> sqs.Queue:
    return sqs.Queue(
        scope,
        id,
        retention_period=RETENTION,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        **more,  # type: ignore[arg-type]
    )
