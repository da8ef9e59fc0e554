"""What a subscriber's queue must keep, whatever a rulebook changes about it: checked at synth."""

from typing import Any, cast

import jsii
from aws_cdk import Duration, Stack
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct, IValidation


def validate_queue(queue: sqs.Queue, *, visibility: Duration, kept: Duration) -> None:
    """Let synthesis fail, with a sentence each, where the queue could lose or repeat events.

    Args:
        queue: The subscriber's.
        visibility: For how long a message must be hidden at least.
        kept: For how long it must be kept at least.
    """
    queue.node.add_validation(_Guarantees(queue, visibility.to_seconds(), kept.to_seconds()))


@jsii.implements(IValidation)
class _Guarantees:
    def __init__(self, queue: IConstruct, visibility: float, kept: float) -> None:
        self._queue = queue
        self._visibility = visibility
        self._kept = kept

    def validate(self) -> list[str]:
        resource = cast(sqs.CfnQueue, self._queue.node.default_child)
        hidden, kept = resource.visibility_timeout, resource.message_retention_period
        said: list[str] = []
        if _number(hidden) < self._visibility:
            said.append(
                f"The queue's visibility is {hidden} s, expected at least {self._visibility:g} s, six times the "
                "function's timeout: a message would be delivered again while it is being delivered."
            )
        if _number(kept) <= self._kept:
            said.append(
                f"The queue keeps messages for {kept} s, expected more than {self._kept:g} s, for which they are "
                "tried: an event would be lost while it waits."
            )
        redrive: Any = Stack.of(self._queue).resolve(resource.redrive_policy) or {}
        if "deadLetterTargetArn" not in redrive:
            said.append(
                "The queue has no dead letters, expected them: what cannot be received would be lost."
            )
        return said


def _number(value: float | None) -> float:
    return value if isinstance(value, int | float) else 0.0
