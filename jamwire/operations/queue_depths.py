"""How much is in a queue, about."""

from dataclasses import dataclass

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment


@dataclass(frozen=True, slots=True)
class QueueDepth:
    """What SQS says of a queue; it counts a new message within a minute (SQS API reference, `GetQueueAttributes`).

    Attributes:
        waiting: Messages that may be received now.
        hidden: Messages that have been received, or are hidden until their next try.
    """

    waiting: int
    hidden: int

    @property
    def total(self) -> int:
        """All of them."""
        return self.waiting + self.hidden


def depth_of(deployment: Deployment, queue_url: str) -> QueueDepth:
    """How much is in a queue.

    Raises:
        OperationError: The account cannot be asked.
    """
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    with aws_errors():
        answer = deployment.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=names)
    return QueueDepth(*(int(answer["Attributes"][name]) for name in names))
