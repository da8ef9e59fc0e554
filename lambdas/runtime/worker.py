"""The work on one batch of messages: every message ends delivered, postponed or in the dead letters."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from lambdas.event import Event, InvalidEventError
from lambdas.runtime.ledger import InProgressError, Ledger
from lambdas.runtime.message import Message, Queue
from lambdas.runtime.outcome import Retry, Undeliverable
from lambdas.runtime.schedule import delay, hidden_for

RESERVE: Final = 1 / 3
"""Share of an invocation's time below which no further delivery is begun."""


class Report(Protocol):
    """Where the outcome of a delivery is told: the log and the metrics."""

    def __call__(self, outcome: str, message: Message, event: Event | None, **facts: Any) -> None:
        """Tell that a delivery ended or was put off; `facts` hold nothing of the event's content."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A subscriber's work, with all it depends on.

    Attributes:
        handle: The notifier.
        together: Whether the notifier takes a batch at once, or one event at a time.
        queue: Where messages are postponed and buried.
        ledger: What has been delivered.
        give_up_after: Seconds in the queue after which an event is no longer tried.
        report: Where outcomes are told.
        clock: Unix time in seconds.
        random: A number in [0, 1).
    """

    handle: Callable[[Sequence[Event]], None]
    together: bool
    queue: Queue
    ledger: Ledger
    give_up_after: float
    report: Report
    clock: Callable[[], float]
    random: Callable[[], float]

    def run(self, records: Sequence[dict[str, Any]], remaining_ms: Callable[[], int]) -> dict[str, Any]:
        """Deliver a batch and answer which messages stay in the queue.

        Returns:
            Lambda's partial batch response (`ReportBatchItemFailures`).
        """
        messages = [Message.of(record) for record in records]
        groups = [messages] if self.together else [[message] for message in messages]
        reserve = remaining_ms() * RESERVE
        staying: list[Message] = []
        for number, group in enumerate(groups):
            if number and remaining_ms() < reserve:
                staying += self._hand_back(group)
            else:
                staying += self._deliver(group, remaining_ms)
        return {"batchItemFailures": [{"itemIdentifier": message.id} for message in staying]}

    def _deliver(self, group: Sequence[Message], remaining_ms: Callable[[], int]) -> list[Message]:
        staying: list[Message] = []
        claimed: list[tuple[Message, Event]] = []
        for message in group:
            event = self._read(message)
            if event is None:
                staying += self._bury(message, None, "not an event")
            elif self._too_old(message, wait=0):
                staying += self._bury(message, event, "given up: too late to be of use")
            else:
                self._claim(message, event, remaining_ms(), claimed, staying)
        if claimed:
            staying += self._handle(claimed)
        return staying

    def _read(self, message: Message) -> Event | None:
        try:
            return Event.from_json(message.body)
        except InvalidEventError:
            return None

    def _claim(
        self,
        message: Message,
        event: Event,
        remaining_ms: int,
        claimed: list[tuple[Message, Event]],
        staying: list[Message],
    ) -> None:
        try:
            if self.ledger.claim(event.key, remaining_ms):
                claimed.append((message, event))
            else:
                self.report("duplicate", message, event)
        except InProgressError:
            # The other invocation ends, or its claim lapses, within its own time.
            staying += self._again(message, event, remaining_ms / 1000, "being delivered elsewhere")
        except Exception as error:  # whatever the ledger's service says concerns this message alone
            staying += self._again(message, event, None, describe(error))

    def _handle(self, claimed: Sequence[tuple[Message, Event]]) -> list[Message]:
        try:
            self.handle([event for _, event in claimed])
        except Undeliverable as never:
            return [m for pair in claimed for m in self._undo(pair, never, bury=True)]
        except Exception as error:  # a notifier may raise anything: it means "not now"
            return [m for pair in claimed for m in self._undo(pair, error, bury=False)]
        for message, event in claimed:
            self._record(message, event)
        return []

    def _undo(self, pair: tuple[Message, Event], cause: Exception, *, bury: bool) -> list[Message]:
        message, event = pair
        try:
            self.ledger.release(event.key, cause)
        except Exception as error:  # the claim lapses by itself; until then it reads as in progress
            self.report("unreleased", message, event, reason=describe(error))
        if bury:
            return self._bury(message, event, str(cause))
        after = cause.after if isinstance(cause, Retry) else None
        return self._again(message, event, after, describe(cause))

    def _record(self, message: Message, event: Event) -> None:
        """Record what was delivered; the one window in which a redelivery would be told twice is here."""
        try:
            self.ledger.record(event.key)
        except Exception as error:  # delivered it is: trying again would be certain to tell twice
            self.report("unrecorded", message, event, reason=describe(error))
        else:
            self.report("delivered", message, event)

    def _again(self, message: Message, event: Event, after: float | None, reason: str) -> list[Message]:
        wait = delay(message.attempt, self.random) if after is None else hidden_for(after)
        if self._too_old(message, wait=wait):
            return self._bury(message, event, f"given up after {message.attempt} attempts: {reason}")
        self._postpone(message, wait)
        self.report("postponed", message, event, reason=reason, next_try_in=wait)
        return [message]

    def _hand_back(self, group: Sequence[Message]) -> list[Message]:
        for message in group:
            self._postpone(message, 0)
        return list(group)

    def _postpone(self, message: Message, seconds: int) -> None:
        try:
            self.queue.postpone(message, seconds)
        except (
            Exception
        ) as error:  # the message stays in the queue and returns after the queue's own visibility
            self.report("unpostponed", message, None, reason=describe(error))

    def _bury(self, message: Message, event: Event | None, reason: str) -> list[Message]:
        try:
            self.queue.bury(message, reason, self.clock())
        except Exception as error:  # it stays in the queue, so that nothing is lost, and is buried next time
            self.report("unburied", message, event, reason=describe(error))
            return [message]
        self.report("dead", message, event, reason=reason)
        return []

    def _too_old(self, message: Message, *, wait: float) -> bool:
        return self.clock() + wait - message.sent_at > self.give_up_after


def describe(error: Exception) -> str:
    """An exception in words for log and dead letters; only our own outcomes are known to hold no content."""
    if isinstance(error, Retry):
        return error.reason
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return f"{type(error).__name__} {code}".rstrip()
