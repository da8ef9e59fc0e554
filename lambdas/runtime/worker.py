"""The work on one batch of messages: every message ends delivered, postponed or in the dead letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lambdas.contracts.event import Event
from lambdas.contracts.retry_schedule import DELAYS, hidden_for
from lambdas.runtime.delivery import Delivery, Invocation, Report, describe
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.queue import Message, Queue
from lambdas.runtime.rate_limiter import GATHERING_SECONDS, Permit, RateLimitedError, RateLimiter

RESERVE: Final = 1 / 3
"""Share of an invocation's time below which no further delivery is begun."""

GATHERED: Final = 250
GATHERED_BYTES: Final = 4_000_000
"""What one call of a notifier is given at most: what fits into a function's memory and its time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A subscriber's work, with all it depends on.

    Attributes:
        handle: The notifier.
        together: Whether the notifier takes a batch at once, or one event at a time.
        queue: Where messages wait, and where they are postponed and buried.
        ledger: What has been delivered.
        rate_limiter: The clock of the destination; None where it may be called at any time.
        give_up_after: Seconds in the queue after which an event is no longer tried.
        read: Reads an event. Raises `InvalidEventError`.
        report: Where outcomes are told.
        clock: Unix time in seconds.
        random: A number in [0, 1).
    """

    handle: Callable[[Sequence[Event]], None]
    together: bool
    queue: Queue
    ledger: Ledger
    rate_limiter: RateLimiter | None
    give_up_after: float
    read: Callable[[str], Event]
    report: Report
    clock: Callable[[], float]
    random: Callable[[], float]

    def run(self, records: Sequence[dict[str, Any]], invocation: Invocation) -> dict[str, Any]:
        """Deliver a batch and answer which messages stay in the queue.

        Returns:
            Lambda's partial batch response (`ReportBatchItemFailures`).
        """
        messages = [Message.of_record(record) for record in records]
        groups = [messages] if self.together else [[message] for message in messages]
        reserve = invocation.remaining_ms() * RESERVE
        staying: list[Message] = []
        for number, group in enumerate(groups):
            try:
                if number and invocation.remaining_ms() < reserve:
                    raise RateLimitedError(0)
                staying += self._deliver(group, invocation)
            except RateLimitedError as not_now:
                staying += self._hand_back([m for later in groups[number:] for m in later], not_now.seconds)
                break
        return {"batchItemFailures": [{"itemIdentifier": message.id} for message in staying]}

    def _deliver(self, group: Sequence[Message], invocation: Invocation) -> Sequence[Message]:
        """Deliver a group; gives those of it that stay.

        Raises:
            RateLimitedError: It is not our turn, and nothing has been begun.
        """
        delivery = Delivery(self, invocation)
        if self.rate_limiter is None:
            delivery.make(group)
            return delivery.staying
        piled_up = len(group) > 1 or any(message.receives > 1 for message in group)
        until = self.clock() + GATHERING_SECONDS if self.together and piled_up else 0.0
        turn = self._take_turn(self.rate_limiter, f"{invocation.id}/{group[0].id}", invocation, until)
        gathered = self._gather(group, invocation, until) if self.together else []
        delivery.make([*group, *gathered])
        staying = {message.receipt for message in delivery.staying}
        self._remove([message for message in gathered if message.receipt not in staying])
        self._end_turn(self.rate_limiter, turn, delivery.not_before)
        return [message for message in group if message.receipt in staying]

    def _take_turn(
        self, limiter: RateLimiter, name: str, invocation: Invocation, gathering_until: float
    ) -> Permit:
        now = self.clock()
        try:
            until = now + invocation.remaining_seconds()
            return limiter.acquire(name, now=now, until=until, gathering_until=gathering_until)
        except RateLimitedError:
            raise
        except Exception as error:  # whatever the clock's service says, nothing has been begun
            self.report("unpaced", None, None, reason=describe(error))
            raise RateLimitedError(DELAYS[0]) from None

    def _end_turn(self, limiter: RateLimiter, turn: Permit, not_before: float) -> None:
        try:
            limiter.release(turn, now=self.clock(), not_before=not_before)
        except Exception as error:  # it lapses by itself; until then nobody has the turn
            self.report("unpaced", None, None, reason=describe(error))

    def _gather(self, group: Sequence[Message], invocation: Invocation, until: float) -> list[Message]:
        """More of what waits, so that one call of the destination tells as much as it can.

        An event by itself is told at once; where events pile up, we look out for more until a time.
        """
        gathered: list[Message] = []
        known = {message.id for message in group}
        size = sum(len(message.body) for message in group)
        enough = invocation.remaining_ms() / 2
        while len(gathered) < GATHERED and size < GATHERED_BYTES and invocation.remaining_ms() > enough:
            try:
                more = self.queue.receive(wait=self.clock() < until)
            except Exception as error:  # what we have can be delivered all the same
                self.report("ungathered", None, None, reason=describe(error))
                break
            if not more:
                break
            for message in more:
                if message.id not in known:  # SQS may give one twice
                    known.add(message.id)
                    gathered.append(message)
                    size += len(message.body)
        return gathered

    def _remove(self, gathered: Sequence[Message]) -> None:
        try:
            self.queue.remove(gathered)
        except Exception as error:  # they come back, and the ledger knows them
            self.report("unremoved", None, None, reason=describe(error))

    def _hand_back(self, messages: Sequence[Message], seconds: float) -> Sequence[Message]:
        try:
            self.queue.postpone([(message, hidden_for(seconds)) for message in messages])
        except Exception as error:  # they return after the queue's own visibility
            self.report("unpostponed", None, None, reason=describe(error))
        self.report("paced", None, None, count=len(messages), next_try_in=seconds)
        return messages
