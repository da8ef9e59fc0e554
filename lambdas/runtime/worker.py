"""The work on one batch of messages: every message ends delivered, postponed or in the dead letters."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from lambdas.contracts.retry_schedule import MIN_DELAY, hidden_for
from lambdas.runtime.context import Invocation, SubscriberContext
from lambdas.runtime.delivery import Delivery, Notifier, describe
from lambdas.runtime.queue import Message
from lambdas.runtime.rate_limiter import DRAIN_SECONDS, Permit, RateLimitedError, RateLimiter

MIN_REMAINING: Final = 1 / 3
"""Share of an invocation's time below which no further delivery is begun."""

MAX_DRAINED: Final = 250
MAX_DRAINED_BYTES: Final = 4_000_000
"""What one call of a notifier is given at most: what fits into a function's memory and its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A subscriber's work.

    Attributes:
        notifier: What delivers.
        batch: Whether the notifier takes a batch at once, or one event at a time.
        rate_limiter: The destination's; None where it may be called at any time.
        context: What each delivery stands on.
    """

    notifier: Notifier
    batch: bool
    rate_limiter: RateLimiter | None
    context: SubscriberContext

    def run(self, records: Sequence[dict[str, Any]], invocation: Invocation) -> dict[str, Any]:
        """Deliver a batch and answer which messages stay in the queue.

        Returns:
            Lambda's partial batch response (`ReportBatchItemFailures`).
        """
        messages = [Message.of_record(record) for record in records]
        groups = [messages] if self.batch else [[message] for message in messages]
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
                break
        return {"batchItemFailures": [{"itemIdentifier": message.id} for message in staying]}

    def _deliver(self, group: Sequence[Message], invocation: Invocation) -> Sequence[Message]:
        """Deliver a group; gives those of it that stay.

        Raises:
            RateLimitedError: The destination may not be called now, and nothing has been begun.
        """
        delivery = Delivery(self.notifier, self.context, invocation)
        if self.rate_limiter is None:
            delivery.run(group)
            return delivery.staying
        returning = any(message.receives > 1 for message in group)
        breaker, now = self.context.breaker, self.context.clock()
        if not breaker.allows_call(now=now, returning=returning):
            delivery.run_later(group)
            return delivery.staying
        drains = self.batch and not breaker.is_open
        until = now + DRAIN_SECONDS if drains and (returning or len(group) > 1) else 0.0
        owner = f"{invocation.id}/{group[0].id}"
        permit = self._acquire_permit(self.rate_limiter, owner, invocation, until)
        drained = self._drain(group, invocation, until) if drains else []
        delivery.run([*group, *drained])
        staying = {message.receipt for message in delivery.staying}
        self._delete([message for message in drained if message.receipt not in staying])
        self._release_permit(self.rate_limiter, permit, delivery.not_before)
        return [message for message in group if message.receipt in staying]

    def _acquire_permit(
        self, limiter: RateLimiter, owner: str, invocation: Invocation, draining_until: float
    ) -> Permit:
        now = self.context.clock()
        expires_at = now + invocation.remaining_seconds()
        try:
            return limiter.acquire(owner, now=now, expires_at=expires_at, draining_until=draining_until)
        except RateLimitedError:
            raise
        except Exception as error:  # whatever the limiter's service says, nothing has been begun
            self._report_failure("rate_limiter_failed", error)
            raise RateLimitedError(MIN_DELAY) from None

    def _release_permit(self, limiter: RateLimiter, permit: Permit, not_before: float) -> None:
        try:
            limiter.release(permit, now=self.context.clock(), not_before=not_before)
        except Exception as error:  # it lapses by itself; until then nobody gets one
            self._report_failure("rate_limiter_failed", error)

    def _drain(self, group: Sequence[Message], invocation: Invocation, until: float) -> list[Message]:
        """More of what waits, so that one call of the destination tells as much as it can.

        An event by itself is told at once; where events pile up, we look out for more until a time.
        """
        drained: list[Message] = []
        known = {message.id for message in group}
        size = sum(len(message.body) for message in group)
        min_remaining = invocation.remaining_ms() / 2
        while (
            len(drained) < MAX_DRAINED
            and size < MAX_DRAINED_BYTES
            and invocation.remaining_ms() > min_remaining
        ):
            try:
                more = self.context.queue.receive(wait=self.context.clock() < until)
            except Exception as error:  # what we have can be delivered all the same
                self._report_failure("receive_failed", error)
                break
            if not more:
                break
            for message in more:
                if message.id not in known:  # SQS may give one twice
                    known.add(message.id)
                    drained.append(message)
                    size += len(message.body)
        return drained

    def _delete(self, drained: Sequence[Message]) -> None:
        try:
            self.context.queue.delete(drained)
        except Exception as error:  # they come back, and the ledger knows them
            self._report_failure("delete_failed", error)

    def _release(self, messages: Sequence[Message], outcome: str, seconds: float) -> Sequence[Message]:
        """Give messages back to the queue that nothing has been begun with."""
        try:
            self.context.queue.change_visibility([(message, hidden_for(seconds)) for message in messages])
        except Exception as error:  # they return after the queue's own visibility
            self._report_failure("change_visibility_failed", error)
        self.context.report(outcome, None, None, count=len(messages), next_try_in=seconds)
        return messages

    def _report_failure(self, outcome: str, error: Exception) -> None:
        self.context.report(outcome, None, None, reason=describe(error))
