"""More of what waits in the queue, so that one call of the destination tells as much as it can."""

from collections.abc import Sequence
from typing import Final

from lambdas.runtime.context import Invocation, SubscriberContext
from lambdas.runtime.delivery import describe
from lambdas.runtime.queue import Message

MAX_DRAINED: Final = 250
MAX_DRAINED_BYTES: Final = 4_000_000
"""What one call of a notifier is given at most: what fits into a function's memory and its time."""


def drain(
    context: SubscriberContext, group: Sequence[Message], invocation: Invocation, until: float
) -> list[Message]:
    """Receive what waits beside a group, without what the group has.

    Args:
        context: The subscriber's.
        group: What is at hand.
        invocation: Whose time is left.
        until: Until when to look out for more, unix seconds; what is there by then is taken in any case.
    """
    drained: list[Message] = []
    known = {message.id for message in group}
    size = sum(len(message.body) for message in group)
    min_remaining = invocation.remaining_ms() / 2
    while (
        len(drained) < MAX_DRAINED and size < MAX_DRAINED_BYTES and invocation.remaining_ms() > min_remaining
    ):
        try:
            more = context.queue.receive(wait=context.clock() < until)
        except Exception as error:  # what we have can be delivered all the same
            context.report("receive_failed", None, None, reason=describe(error))
            break
        if not more:
            break
        for message in more:
            if message.id not in known:  # SQS may give one twice
                known.add(message.id)
                drained.append(message)
                size += len(message.body)
    return drained
