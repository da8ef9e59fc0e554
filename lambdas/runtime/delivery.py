"""The delivery of a group of messages: claimed, handed to the notifier, settled."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from http.client import HTTPException
from typing import Any, Final

from botocore.exceptions import HTTPClientError

from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.contracts.retry_schedule import MIN_DELAY, delay, hidden_for
from lambdas.runtime.claims import Claim, ClaimRequest, NotClaimableError
from lambdas.runtime.context import DeliveryContext, Invocation, SubscriberContext, delivery_context
from lambdas.runtime.notifier import Arrival, Notifier
from lambdas.runtime.queue import Message

CLAIM_MARGIN: Final = 1.0
"""Seconds by which a claim outlasts its invocation: the clocks of two machines are never quite the same."""

LOOK_AGAIN: Final = 5.0
"""Seconds after which to look how another's delivery of the same event has ended."""

RETRIED_SECONDS: Final = 60.0
"""How long what an operator has sent overrides the pause that a destination has asked for."""

ANSWER_LOST: Final = (OSError, HTTPException, HTTPClientError)
"""What a connection ends in that breaks: nobody knows whether the destination has taken what it was sent."""

MakeClaim = Callable[[ClaimRequest], Claim]
"""Claims an event; raises `NotClaimableError` where it may not be claimed now."""


@dataclass(frozen=True, slots=True)
class ClaimedEvent:
    """An event that we have claimed, with the message that brought it."""

    message: Message
    event: Event
    claim: Claim


class Delivery:
    """The delivery of one group of messages.

    Args:
        notifier: What delivers them.
        context: The subscriber's.
        invocation: Which invocation of the function the delivery is part of.
        owner: Who claims; each message in this invocation by itself where it is left out.
        pause: Told when the destination wants to be called again (unix seconds), before any attempt is said to have
            ended.
        looked: Whether what the circuit breaker has just read of the destination still holds.

    Attributes:
        staying: Messages that stay in the queue.
        called: Whether the destination was called.
        unsettled: Keys of events whose end could not be written.
    """

    def __init__(
        self,
        notifier: Notifier,
        context: SubscriberContext,
        invocation: Invocation,
        *,
        owner: str = "",
        pause: Callable[[float], None] = lambda not_before: None,
        looked: bool = False,
    ) -> None:
        self._notifier = notifier
        self._context = context
        self._invocation = invocation
        self._owner = owner
        self._pause = pause
        self._looked = looked
        self._waits: list[tuple[Message, int]] = []
        self.staying: list[Message] = []
        self.called = False
        self.unsettled: list[str] = []

    def run(self, arrivals: Iterable[Arrival], claim: MakeClaim) -> None:
        """Deliver what can be delivered now, and see to the rest."""
        admitted, waiting = self._admit(self._claim_all(arrivals, claim))
        groups = self._groups(admitted)
        now, later = (groups[:1], groups[1:]) if self._notifier.rate_limited else (groups, [])
        for group in now:
            self._call(group)
        for group in later:
            for claimed in group:
                self._reschedule(claimed, 0, "waits for a call of its own", isolated=True)
        self._wait_for_probe(waiting)
        self._change_visibility()

    def run_later(self, arrivals: Iterable[Arrival], claim: MakeClaim) -> None:
        """Let events wait for the probe of a destination that is down."""
        self._wait_for_probe(self._claim_all(arrivals, claim))
        self._change_visibility()

    def _wait_for_probe(self, events: Iterable[ClaimedEvent]) -> None:
        for claimed in events:
            wait = self._context.breaker.wait(claimed.event.key, self._context.clock())
            isolated = claimed.claim.isolated
            self._reschedule(claimed, wait, "the destination is down", isolated=isolated, attempted=False)

    def _admit(self, events: Sequence[ClaimedEvent]) -> tuple[list[ClaimedEvent], list[ClaimedEvent]]:
        """The events that may be delivered now, and those that wait since the destination is down."""
        now, breaker = self._context.clock(), self._context.breaker
        come_again = any(claimed.message.receives > 1 or claimed.claim.attempt > 1 for claimed in events)
        keys = breaker.admit(
            [claimed.event.key for claimed in events],
            owner=self._invocation.id,
            now=now,
            expires_at=now + self._invocation.remaining_seconds() + CLAIM_MARGIN,
            returning=come_again and not self._looked,
        )
        longest = breaker.seconds_to_probe(now)
        admitted = [
            claimed
            for claimed in events
            # What would be given up before it is tried once is tried now.
            if claimed.event.key in keys or self._context.is_too_old(claimed.message, wait=longest)
        ]
        return admitted, [claimed for claimed in events if claimed not in admitted]

    def request(self, message: Message, event: Event) -> ClaimRequest:
        """By which the event of a message is claimed."""
        now = self._context.clock()
        return ClaimRequest(
            key=event.key,
            message=message.id,
            sent_at=message.sent_at,
            owner=self._owner or f"{self._invocation.id}/{message.id}",
            now=now,
            expires_at=now + self._invocation.remaining_seconds() + CLAIM_MARGIN,
            redriven=message.redriven,
            first=message.is_first,
        )

    def _groups(self, events: Sequence[ClaimedEvent]) -> list[list[ClaimedEvent]]:
        """What the notifier is given at a time: all together, but those isolated that spoiled it for others."""
        together = [claimed for claimed in events if not claimed.claim.isolated]
        isolated = [[claimed] for claimed in events if claimed.claim.isolated]
        return [group for group in [together, *isolated] if group]

    def _claim_all(self, arrivals: Iterable[Arrival], make_claim: MakeClaim) -> list[ClaimedEvent]:
        return [claimed for arrival in arrivals if (claimed := self._claim(arrival, make_claim))]

    def _claim(self, arrival: Arrival, make_claim: MakeClaim) -> ClaimedEvent | None:
        message, event = arrival.message, arrival.event
        if event is None:
            self._dead_letter(message, None, f"not an event: {arrival.invalid}", attempts=1)
            return None
        try:
            claim = make_claim(self.request(message, event))
        except NotClaimableError as held:
            self._skip(message, event, held)
            return None
        except Exception as error:  # whatever the ledger's service says concerns this message alone
            failing_for = self._context.clock() - message.first_received_at
            wait = delay(failing_for, self._context.random)
            self._keep(message, event, wait, describe(error))
            return None
        claimed = ClaimedEvent(message, event, claim)
        if claim.uncertain:
            self._report("uncertain", message, event, attempt=claim.attempt)
        if self._context.is_too_old(message, wait=0):
            self._give_up(claimed, "given up: too late to be of use")
            return None
        return claimed

    def _skip(self, message: Message, event: Event, held: NotClaimableError) -> None:
        """See to a message whose event may not be claimed."""
        match held.state:
            case "delivered":
                self._report("duplicate", message, event)
            case "dead" if held.message != message.id:  # a second message of what is dead
                self._report("duplicate", message, event)
            case "dead":  # we died between giving it up and saying so
                self._dead_letter(message, event, held.reason, attempts=held.attempts)
            case "claimed":
                wait = min(held.until - self._context.clock(), LOOK_AGAIN)
                self._keep(message, event, wait, "being delivered elsewhere")
            case _:
                self._keep(message, event, held.until - self._context.clock(), held.reason)

    def _call(self, events: Sequence[ClaimedEvent]) -> None:
        answers = self._answers(events)
        left = list(events)
        failed: list[tuple[Exception, list[ClaimedEvent]]] = []
        for answer in answers:
            named = {event.key for event in answer.of} if isinstance(answer, Retry | Undeliverable) else set()
            failed.append((answer, [claimed for claimed in left if not named or claimed.event.key in named]))
            left = [claimed for claimed in left if named and claimed.event.key not in named]
        self._record(left)
        self._tell_breaker(events, answers)
        for answer, its in failed:
            self._settle_failed(its, answer, all_of_several=len(its) == len(events) > 1)

    def _tell_breaker(self, events: Sequence[ClaimedEvent], answers: Sequence[Exception]) -> None:
        """Tell what came of the call; it may be that the destination counts as down from now on."""
        breaker, keys = self._context.breaker, [claimed.event.key for claimed in events]
        if breaker.hear(answers, keys, owner=self._invocation.id, now=self._context.clock()):
            self._context.report("circuit_opened", None, None)

    def _answers(self, events: Sequence[ClaimedEvent]) -> Sequence[Exception]:
        """Call the notifier: nothing where all was delivered, else an answer for some of the events or for all."""
        self.called = True
        claims = {claimed.event.key: claimed.claim for claimed in events}
        retried = any(self._is_retried(claimed.message) for claimed in events)
        try:
            with delivery_context(DeliveryContext(self._context, claims, retried)):
                self._notifier.handle([claimed.event for claimed in events])
        except ExceptionGroup as several:
            return several.exceptions
        except Exception as error:  # a notifier may raise anything: it means "not now"
            return [error]
        return []

    def _settle_failed(
        self, failed: Sequence[ClaimedEvent], cause: Exception, *, all_of_several: bool
    ) -> None:
        if isinstance(cause, Undeliverable):
            for claimed in failed:
                if all_of_several and not cause.of:  # one of them may be what is wrong with all
                    self._reschedule(claimed, 0, f"{cause.reason}; to be tried alone", isolated=True)
                else:
                    self._give_up(claimed, cause.reason)
            return
        after, failing_for = (cause.after, cause.failing_for) if isinstance(cause, Retry) else (None, None)
        if isinstance(cause, Retry) and after is not None and not cause.of:
            self._pause(self._context.clock() + after)
        for claimed in failed:
            if _is_uncertain(cause):
                self._report("uncertain", claimed.message, claimed.event, attempt=claimed.claim.attempt)
            isolated = claimed.claim.isolated
            self._reschedule(claimed, after, describe(cause), isolated=isolated, failing_for=failing_for)

    def _record(self, events: Sequence[ClaimedEvent]) -> None:
        """Record what was delivered; the one window in which a redelivery would be told twice ends here."""
        outcome, facts = "delivered", {}
        if events:
            try:
                claims = [claimed.claim for claimed in events if claimed.claim.recorded]
                self._context.ledger.record(claims, self._context.clock())
            except Exception as error:  # delivered it is: trying again would be certain to tell twice
                self.unsettled += [claimed.event.key for claimed in events]
                outcome, facts = "record_failed", {"reason": describe(error)}
        for claimed in events:
            self._report(outcome, claimed.message, claimed.event, attempt=claimed.claim.attempt, **facts)

    def _reschedule(
        self,
        claimed: ClaimedEvent,
        after: float | None,
        reason: str,
        *,
        isolated: bool,
        attempted: bool = True,
        failing_for: float | None = None,
    ) -> None:
        """Give a claimed event back until the schedule, or who has named a time, wants it tried again."""
        message, claim, context = claimed.message, claimed.claim, self._context
        first = claim.first_failed_at or (context.clock() if after is None else 0.0)
        wait = delay(context.clock() - first, context.random) if after is None else max(after, 0.0)
        if context.is_too_old(message, wait=wait):
            made = claim if attempted else replace(claim, attempt=claim.attempt - 1)
            self._give_up(replace(claimed, claim=made), f"given up after {made.attempt} attempts: {reason}")
            return
        now = context.clock()
        try:
            context.ledger.postpone(
                claim,
                not_before=now + wait,
                now=now,
                reason=reason,
                first_failed_at=first,
                isolated=isolated,
                attempted=attempted,
            )
        except Exception as error:  # the claim lapses by itself; until then it reads as in progress
            self.unsettled.append(claim.key)
            self._report("release_failed", message, claimed.event, reason=describe(error))
        facts = {"attempt": claim.attempt} if attempted else {}
        if after is None:
            failing_for = now - min(first, context.breaker.failing_since or first)
        if failing_for is not None:
            facts["failing_for"] = round(failing_for)
        self._keep(message, claimed.event, wait, reason, **facts)

    def _give_up(self, claimed: ClaimedEvent, reason: str) -> None:
        """Record that the event is dead, then say so: dying in between, it is said again and not tried again."""
        message, context = claimed.message, self._context
        try:
            context.ledger.bury(claimed.claim, now=context.clock(), reason=reason)
        except Exception as error:  # it stays in the queue, so that nothing is lost
            self.unsettled.append(claimed.claim.key)
            self._keep(message, claimed.event, MIN_DELAY, describe(error))
            return
        self._dead_letter(message, claimed.event, reason, attempts=claimed.claim.attempt)

    def _dead_letter(self, message: Message, event: Event | None, reason: str, *, attempts: int) -> None:
        now = self._context.clock()
        try:
            self._context.queue.dead_letter(message, reason=reason, attempts=attempts, now=now)
        except Exception as error:  # it stays in the queue, and becomes a dead letter next time
            self._report("dead_letter_failed", message, event, reason=describe(error))
            self.staying.append(message)
            return
        self._report("dead", message, event, attempt=attempts, reason=reason)

    def _keep(self, message: Message, event: Event, wait: float, reason: str, **facts: Any) -> None:
        """Leave a message in the queue, hidden for so many seconds or for as long as the queue can."""
        self.staying.append(message)
        self._waits.append((message, hidden_for(wait)))
        next_try_in = math.ceil(max(wait, 0))
        self._report("postponed", message, event, reason=reason, next_try_in=next_try_in, **facts)

    def _change_visibility(self) -> None:
        try:
            unchanged, reason = self._context.queue.change_visibility(self._waits), ""
        except Exception as error:
            unchanged, reason = [message for message, _ in self._waits], describe(error)
        for message in unchanged:  # they return after the queue's own visibility
            self._report("change_visibility_failed", message, None, reason=reason)

    def _is_retried(self, message: Message) -> bool:
        """Whether an operator has just asked for it; a message that comes back later only waits as any other."""
        return message.retried and self._context.clock() - message.sent_at < RETRIED_SECONDS

    def _report(self, outcome: str, message: Message, event: Event | None, **facts: Any) -> None:
        age_ms = round((self._context.clock() - message.sent_at) * 1000)
        self._context.report(outcome, message, event, age_ms=age_ms, **facts)


def _is_uncertain(cause: Exception) -> bool:
    """Whether the destination may have taken what it was sent, although this came of it."""
    return cause.uncertain if isinstance(cause, Retry) else isinstance(cause, ANSWER_LOST)


def describe(error: Exception) -> str:
    """An exception in words for log and dead letters; only our own outcomes are known to hold no content."""
    if isinstance(error, Retry):
        return error.reason
    response = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code", "") if isinstance(response, dict) else ""
    return f"{type(error).__name__} {code}".rstrip()
