"""More of what waits in the queue, so that one call of the destination tells as much as it can."""

import math
from collections.abc import Sequence
from typing import Final

from lambdas.runtime.context import Invocation, SubscriberContext
from lambdas.runtime.delivery import describe
from lambdas.runtime.probes import without_probes
from lambdas.runtime.queue import Message

MAX_DRAINED: Final = 250
MAX_DRAINED_BYTES: Final = 4_000_000
"""What one call of a notifier is given at most: what fits into a function's memory and its time."""


def drain(
    context: SubscriberContext,
    group: Sequence[Message],
    invocation: Invocation,
    *,
    until: float = 0.0,
    latest: float = math.inf,
) -> list[Message]:
    """Receive what waits beside a group, without what the group has.

    Args:
        context: The subscriber's.
        group: What is at hand.
        invocation: Whose time is left.
        until: Until when to look out for more, unix seconds; what is there by then is taken in any case.
        latest: When to stop, unix seconds, whatever is still there.
    """
    drained: list[Message] = []
    known = {message.id for message in group}
    size = sum(len(message.body) for message in group)
    min_remaining = invocation.remaining_ms() / 2
    while (
        len(drained) < MAX_DRAINED
        and size < MAX_DRAINED_BYTES
        and invocation.remaining_ms() > min_remaining
        and context.clock() < latest
    ):
        try:
            more = context.queue.receive(wait=context.clock() < until)
        except Exception as error:  # what we have can be delivered all the same
            context.report("receive_failed", None, None, reason=describe(error))
            break
        if not more:
            break
        fresh = without_probes(context, more)
        delete(context, [message for message in more if message.probe])  # now that they are reported
        for message in fresh:
            if message.id not in known:  # SQS may give one twice
                known.add(message.id)
                drained.append(message)
                size += len(message.body)
    return drained


def delete(context: SubscriberContext, drained: Sequence[Message]) -> None:
    """Delete what was received and need not come back."""
    try:
        context.queue.delete(drained)
    except Exception as error:  # they come back, and are delivered once more if the ledger does not know them
        context.report("delete_failed", None, None, reason=describe(error))
