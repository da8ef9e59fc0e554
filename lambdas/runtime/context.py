"""What a subscriber's deliveries stand on, and which of them is being made at this moment."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lambdas.contracts.event import Event
from lambdas.runtime.circuit_breaker import CircuitBreaker
from lambdas.runtime.claims import Claim
from lambdas.runtime.ledger import Ledger
from lambdas.runtime.queue import Message, Queue

Answer = TypeVar("Answer")
Beside = Callable[[Callable[[], Answer]], Callable[[], Answer]]
"""Begins a call while others are made; what it gives waits for the answer, or raises."""


class Report(Protocol):
    """Where the outcome of a delivery is reported: the log and the metrics (`lambdas.runtime.report`)."""

    def __call__(self, outcome: str, message: Message | None, event: Event | None, **facts: Any) -> None:
        """Report how a delivery ended or was put off; `facts` hold nothing of the event's content."""
        ...


@dataclass(frozen=True, slots=True)
class Invocation:
    """One invocation of the function.

    Attributes:
        id: Lambda's.
        remaining_ms: Milliseconds until Lambda ends it.
    """

    id: str
    remaining_ms: Callable[[], int]

    def remaining_seconds(self) -> float:
        """Seconds until Lambda ends it."""
        return self.remaining_ms() / 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberContext:
    """What every delivery of a subscriber stands on.

    Attributes:
        ledger: What has been delivered.
        breaker: Whether the destination counts as down.
        queue: Where messages wait, and their dead letters.
        report: Where outcomes are reported.
        clock: Unix time in seconds.
        random: A number in [0, 1).
        sleep: Waits so many seconds.
        beside: Makes a call beside another one.
        give_up_after: Seconds in the queue after which an event is no longer tried.
    """

    ledger: Ledger
    breaker: CircuitBreaker
    queue: Queue
    report: Report
    clock: Callable[[], float]
    random: Callable[[], float]
    sleep: Callable[[float], None]
    beside: Beside[Any]
    give_up_after: float

    def is_too_old(self, message: Message, *, wait: float) -> bool:
        """Whether a message is given up rather than tried again after so many seconds."""
        return self.clock() + wait - message.sent_at > self.give_up_after


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """The delivery that the notifier is making.

    Attributes:
        subscriber: For which subscriber.
        claims: The claims by the events' keys.
        retried: Whether an operator wants one of the events tried now.
    """

    subscriber: SubscriberContext
    claims: Mapping[str, Claim]
    retried: bool = False


_current: ContextVar[DeliveryContext] = ContextVar("delivery")


@contextmanager
def delivery_context(context: DeliveryContext) -> Iterator[None]:
    """For as long as the notifier is at work, `context` is the current one."""
    token = _current.set(context)
    try:
        yield
    finally:
        _current.reset(token)


def current_context() -> DeliveryContext:
    """The delivery that is being made at this moment.

    Raises:
        LookupError: No notifier is at work.
    """
    return _current.get()


def is_retried() -> bool:
    """Whether an operator wants what is being delivered tried now (`jamwire events retry`)."""
    context = _current.get(None)
    return context is not None and context.retried


def is_repeated(event: Event) -> bool:
    """Whether an event of an idempotent subscriber comes again, so that it may have been delivered before."""
    context = _current.get(None)
    return context is not None and context.claims[event.key].recorded


def delivered(keys: Iterable[str]) -> Set[str]:
    """Those of these events that the ledger knows as delivered; none where no notifier is at work."""
    context = _current.get(None)
    items = context.subscriber.ledger.read(keys) if context else {}
    return {key for key, item in items.items() if item.state == "delivered"}


def now() -> float:
    """Unix time in seconds, by the clock of the runtime."""
    return current_context().subscriber.clock()
