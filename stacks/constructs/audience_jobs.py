"""The queues of an audience's jobs (`lambdas.contracts.audience_job`).

Each channel has one of what is told, and one of questions where it asks any: whoever asks to follow is not to wait
until thousands are told. One is for all dead letters.
"""

from collections.abc import Mapping
from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lambdas.contracts.audience_settings import ChannelQueues
from lambdas.contracts.audience_topics import ASKING, Channel
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
        queues: Of what is told, by channel.
        questions: Of questions, by channel.
        dead_letters: Where jobs of all channels end that nobody could do.
    """

    def __init__(self, scope: Construct, id: str, timeouts: Mapping[Channel, Duration]) -> None:
        super().__init__(scope, id)
        self.dead_letters = _queue(self, "DeadLetters")
        self.queues = {
            channel: self._queue_of(channel.title(), timeout) for channel, timeout in timeouts.items()
        }
        self.questions = {
            channel: self._queue_of(f"{channel.title()}Questions", timeouts[channel])
            for channel in ASKING
            if channel in timeouts
        }

    @property
    def settings(self) -> ChannelQueues:
        """What the functions are told."""
        return ChannelQueues(
            **{f"{channel}_queue_url": queue.queue_url for channel, queue in self.queues.items()},
            **{f"{channel}_questions_url": queue.queue_url for channel, queue in self.questions.items()},
        )

    def _queue_of(self, id: str, timeout: Duration) -> sqs.Queue:
        visibility = visibility_of(timeout)
        queue = _queue(
            self,
            id,
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
