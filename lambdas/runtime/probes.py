"""Probes of `jamwire doctor` end here: reported, and never claimed, recorded or delivered."""

from collections.abc import Sequence

from lambdas.runtime.context import SubscriberContext
from lambdas.runtime.queue import Message


def without_probes(context: SubscriberContext, messages: Sequence[Message]) -> list[Message]:
    """Report the probes among messages, and give the others."""
    for message in messages:
        if message.probe:
            age_ms = max(0, round((context.clock() - message.sent_at) * 1000))
            context.report("probed", message, None, probe=message.probe, age_ms=age_ms)
    return [message for message in messages if not message.probe]
