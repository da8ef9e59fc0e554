"""The delivery of a group of messages: claimed, handed to the notifier, settled."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, Final, Protocol

from botocore.exceptions import HTTPClientError

from lambdas.contracts.event import Event, InvalidEventError
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.retry_schedule import delay, hidden_for
from lambdas.runtime.context import DeliveryContext, delivery_context
from lambdas.runtime.ledger import Claim, NotClaimableError
from lambdas.runtime.queue import Message

if TYPE_CHECKING:
    from lambdas.runtime.worker import Worker

CLAIM_MARGIN: Final = 1.0
"""Seconds by which a claim outlasts its invocation: the clocks of two machines are never quite the same."""

LOOK_AGAIN: Final = 5.0
"""Seconds after which to look how another's delivery of the same event has ended."""


ANSWER_LOST: Final = (OSError, HTTPException, HTTPClientError)
"""What a connection ends in that breaks: nobody knows whether the destination has taken what it was sent."""


class Report(Protocol):
    """Where the outcome of a delivery is told: the log and the metrics."""

    def __call__(self, outcome: str, message: Message | None, event: Event | None, **facts: Any) -> None:
        """Tell that a delivery ended or was put off; `facts` hold nothing of the event's content."""
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


@dataclass(frozen=True, slots=True)
class Task:
    """An event that we have claimed, with the message that brought it."""

    message: Message
    event: Event
    claim: Claim


class Delivery:
    """The delivery of one group of messages.

    Args:
        worker: Whose it is.
        invocation: Which invocation of the function it is part of.

    Attributes:
        staying: Messages that stay in the queue.
        not_before: When the destination wants to be called again, where it has said so, unix seconds.
    """

    def __init__(self, worker: "Worker", invocation: Invocation) -> None:
        self._worker = worker
        self._invocation = invocation
        self._waits: list[tuple[Message, int]] = []
        self.staying: list[Message] = []
        self.not_before = 0.0

    def make(self, group: Iterable[Message]) -> None:
        """Deliver what can be delivered now, and see to the rest."""
        tasks = [task for message in group if (task := self._claim(message))]
        portions = self._portions(tasks)
        for portion in portions[:1] if self._worker.rate_limiter else portions:
            self._call(portion)
        for portion in portions[1:] if self._worker.rate_limiter else []:  # one turn is one call
            for task in portion:
                self._again(task, 0, "waits for a turn of its own", alone=True)
        self._hide()

    def _portions(self, tasks: Sequence[Task]) -> list[list[Task]]:
        """What the notifier is given at a time: all together, but those alone that spoiled it for others."""
        together = [task for task in tasks if not task.claim.alone]
        return [portion for portion in [together, *([task] for task in tasks if task.claim.alone)] if portion]

    def _claim(self, message: Message) -> Task | None:
        try:
            event = self._worker.read(message.body)
        except InvalidEventError as invalid:
            self._bury(message, None, f"not an event: {invalid}", attempts=1)
            return None
        now = self._worker.clock()
        until = now + self._invocation.remaining_seconds() + CLAIM_MARGIN
        by = f"{self._invocation.id}/{message.id}"
        try:
            claim = self._worker.ledger.claim(
                event.key,
                message=message.id,
                sent_at=message.sent_at,
                by=by,
                now=now,
                until=until,
                again=message.again,
            )
        except NotClaimableError as held:
            self._leave(message, event, held)
            return None
        except Exception as error:  # whatever the ledger's service says concerns this message alone
            self._stay(message, event, delay(min(message.receives, 2), self._worker.random), describe(error))
            return None
        task = Task(message, event, claim)
        if claim.uncertain:
            self._report("uncertain", message, event, attempt=claim.attempt)
        if self._too_old(message, wait=0):
            self._give_up(task, "given up: too late to be of use")
            return None
        return task

    def _leave(self, message: Message, event: Event, held: NotClaimableError) -> None:
        """See to a message whose event may not be claimed."""
        match held.state:
            case "delivered":
                self._report("duplicate", message, event)
            case "dead" if held.message != message.id:  # a second message of what is dead
                self._report("duplicate", message, event)
            case "dead":  # we died between giving it up and saying so
                self._bury(message, event, held.reason, attempts=held.attempts)
            case "claimed":
                wait = min(held.until - self._worker.clock(), LOOK_AGAIN)
                self._stay(message, event, wait, "being delivered elsewhere")
            case _:
                self._stay(message, event, held.until - self._worker.clock(), held.reason)

    def _call(self, tasks: Sequence[Task]) -> None:
        answers: Sequence[Exception] = ()
        try:
            with delivery_context(
                DeliveryContext(self._worker, {task.event.key: task.claim for task in tasks})
            ):
                self._worker.handle([task.event for task in tasks])
        except ExceptionGroup as several:  # one answer for some of the events, another for others
            answers = several.exceptions
        except Exception as error:  # a notifier may raise anything: it means "not now"
            answers = [error]
        left = list(tasks)
        failed: list[tuple[Exception, list[Task]]] = []
        for answer in answers:
            named = {event.key for event in answer.of} if isinstance(answer, Retry | Undeliverable) else set()
            failed.append((answer, [task for task in left if not named or task.event.key in named]))
            left = [task for task in left if named and task.event.key not in named]
        self._record(left)
        for answer, its in failed:
            self._judge(its, answer, all_of_several=len(its) == len(tasks) > 1)

    def _judge(self, failed: Sequence[Task], cause: Exception, *, all_of_several: bool) -> None:
        if isinstance(cause, Undeliverable):
            suspect = all_of_several and not cause.of
            for task in failed:
                if suspect:
                    self._again(task, 0, f"{cause.reason}; to be tried alone", alone=True)
                else:
                    self._give_up(task, cause.reason)
            return
        after = cause.after if isinstance(cause, Retry) else None
        if isinstance(cause, Retry) and after is not None and not cause.of:
            self.not_before = self._worker.clock() + after
        for task in failed:
            if isinstance(cause, ANSWER_LOST):
                self._report("uncertain", task.message, task.event, attempt=task.claim.attempt)
            self._again(task, after, describe(cause), alone=task.claim.alone)

    def _record(self, tasks: Sequence[Task]) -> None:
        """Record what was delivered; the one window in which a redelivery would be told twice ends here."""
        outcome, facts = "delivered", {}
        if tasks:
            try:
                self._worker.ledger.record([task.claim for task in tasks], self._worker.clock())
            except Exception as error:  # delivered it is: trying again would be certain to tell twice
                outcome, facts = "unrecorded", {"reason": describe(error)}
        for task in tasks:
            self._report(outcome, task.message, task.event, attempt=task.claim.attempt, **facts)

    def _again(self, task: Task, after: float | None, reason: str, *, alone: bool) -> None:
        """Give a claimed event back until the schedule, or who has named a time, wants it tried again."""
        claim, worker = task.claim, self._worker
        failures = claim.failures + (after is None)
        wait = delay(failures, worker.random) if after is None else max(after, 0.0)
        if self._too_old(task.message, wait=wait):
            self._give_up(task, f"given up after {claim.attempt} attempts: {reason}")
            return
        now = worker.clock()
        try:
            worker.ledger.postpone(
                claim, until=now + wait, now=now, reason=reason, failures=failures, alone=alone
            )
        except Exception as error:  # the claim lapses by itself; until then it reads as in progress
            self._report("unreleased", task.message, task.event, reason=describe(error))
        facts = {"failures": failures} if after is None else {}
        self._stay(task.message, task.event, wait, reason, attempt=claim.attempt, **facts)

    def _give_up(self, task: Task, reason: str) -> None:
        """Note that the event is dead, then say so: dying in between, it is said again and not tried again."""
        worker, message = self._worker, task.message
        try:
            worker.ledger.bury(task.claim, now=worker.clock(), reason=reason)
        except Exception as error:  # it stays in the queue, so that nothing is lost
            self._stay(message, task.event, delay(1, worker.random), describe(error))
            return
        self._bury(message, task.event, reason, attempts=task.claim.attempt)

    def _bury(self, message: Message, event: Event | None, reason: str, *, attempts: int) -> None:
        now = self._worker.clock()
        try:
            self._worker.queue.bury(message, reason=reason, attempts=attempts, now=now)
        except Exception as error:  # it stays in the queue, and is buried next time
            self._report("unburied", message, event, reason=describe(error))
            self.staying.append(message)
            return
        self._report("dead", message, event, attempt=attempts, reason=reason)

    def _stay(self, message: Message, event: Event, wait: float, reason: str, **facts: Any) -> None:
        seconds = hidden_for(wait)
        self.staying.append(message)
        self._waits.append((message, seconds))
        self._report("postponed", message, event, reason=reason, next_try_in=seconds, **facts)

    def _hide(self) -> None:
        try:
            unhidden, reason = self._worker.queue.postpone(self._waits), ""
        except Exception as error:
            unhidden, reason = [message for message, _ in self._waits], describe(error)
        for message in unhidden:  # they return after the queue's own visibility
            self._report("unpostponed", message, None, reason=reason)

    def _too_old(self, message: Message, *, wait: float) -> bool:
        return self._worker.clock() + wait - message.sent_at > self._worker.give_up_after

    def _report(self, outcome: str, message: Message, event: Event | None, **facts: Any) -> None:
        age_ms = round((self._worker.clock() - message.sent_at) * 1000)
        self._worker.report(outcome, message, event, age_ms=age_ms, **facts)


def describe(error: Exception) -> str:
    """An exception in words for log and dead letters; only our own outcomes are known to hold no content."""
    if isinstance(error, Retry):
        return error.reason
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return f"{type(error).__name__} {code}".rstrip()
