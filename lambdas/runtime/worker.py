"""The work on one batch of messages: every message ends delivered, postponed or in the dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lambdas.contracts.retry_schedule import hidden_for
from lambdas.runtime.context import Invocation, SubscriberContext
from lambdas.runtime.delivery import Delivery, describe
from lambdas.runtime.gathering import delete, drain
from lambdas.runtime.notifier import Notifier
from lambdas.runtime.probes import without_probes
from lambdas.runtime.queue import MAX_MESSAGES, Message
from lambdas.runtime.rate_limiter import RateLimitedError
from lambdas.runtime.turn import Turns

MIN_REMAINING: Final = 1 / 3
"""Share of an invocation's time below which no further delivery is begun."""


GATHER_SECONDS: Final = 0.25
"""How long more is received before what is at hand is delivered: what piles up may wait no longer than that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A subscriber's work.

    Attributes:
        notifier: What delivers.
        batch: Whether the notifier takes a batch at once, or one event at a time.
        context: What each delivery stands on.
        turns: Turns with the destination; None where it may be called at any time.
        idempotent: Whether a delivery does no harm if it is repeated.
        gather: Whether the notifier is given what else waits where a batch came full.
    """

    notifier: Notifier
    batch: bool
    context: SubscriberContext
    turns: Turns | None
    idempotent: bool
    gather: bool

    def run(self, records: Sequence[dict[str, Any]], invocation: Invocation) -> dict[str, Any]:
        """Deliver a batch and answer which messages stay in the queue.

        Returns:
            Lambda's partial batch response (`ReportBatchItemFailures`).
        """
        messages = without_probes(self.context, [Message.of_record(record) for record in records])
        groups = [messages] if self.batch and messages else [[message] for message in messages]
        min_remaining = invocation.remaining_ms() * MIN_REMAINING
        staying: list[Message] = []
        for number, group in enumerate(groups):
            rest = [message for later in groups[number:] for message in later]
            if number and invocation.remaining_ms() < min_remaining:
                staying += self._release(rest, "returned", 0)
                break
            try:
                staying += self._deliver(group, invocation)
            except RateLimitedError as limited:
                staying += self._release(rest, "paced", limited.seconds)
                self.context.sleep(limited.drained_for)  # or this function would be given them again at once
                break
        return {"batchItemFailures": [{"itemIdentifier": message.id} for message in staying]}

    def _deliver(self, group: Sequence[Message], invocation: Invocation) -> Sequence[Message]:
        """Deliver a group; gives those of it that stay.

        Raises:
            RateLimitedError: The destination may not be called now, and nothing has been begun.
        """
        if self.turns:
            return self.turns.deliver(group, invocation)
        ledger = self.context.ledger
        claim = ledger.claim_unless_first if self.idempotent else ledger.claim
        delivery = Delivery(self.notifier, self.context, invocation)
        gathered = self._gather(group, invocation)
        delivery.run(map(self.notifier.arrival, [*group, *gathered]), claim)
        staying = {message.receipt for message in delivery.staying}
        delete(self.context, [message for message in gathered if message.receipt not in staying])
        return [message for message in group if message.receipt in staying]

    def _gather(self, group: Sequence[Message], invocation: Invocation) -> Sequence[Message]:
        """What else waits, where a full batch says that events pile up: one at a time is told at once."""
        if not self.gather or len(group) < MAX_MESSAGES:
            return []
        return drain(self.context, group, invocation, latest=self.context.clock() + GATHER_SECONDS)

    def _release(self, messages: Sequence[Message], outcome: str, seconds: float) -> Sequence[Message]:
        """Give messages back to the queue that nothing has been begun with."""
        waits = [(message, hidden_for(seconds)) for message in messages]
        try:
            unchanged, reason = self.context.queue.change_visibility(waits), ""
        except Exception as error:
            unchanged, reason = list(messages), describe(error)
        if unchanged:  # they return after the queue's own visibility
            self.context.report("change_visibility_failed", None, None, count=len(unchanged), reason=reason)
        self.context.report(outcome, None, None, count=len(messages), next_try_in=seconds)
        return messages
