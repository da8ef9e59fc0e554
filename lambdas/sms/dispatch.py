"""One dispatch of events to all numbers, within the quiet hours and the budget of the rulebook."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lambdas.contracts.settings import SmsSettings
from lambdas.contracts.sms_limits import Day
from lambdas.runtime import Event, Retry, Undeliverable, count, deliver_to, undelivered
from lambdas.runtime.budget import BudgetExceededError
from lambdas.sms.batching import in_order, is_critical, is_late, next_batch
from lambdas.sms.daily_budget import DailyBudget
from lambdas.sms.digest import text_for
from lambdas.sms.failures import Failure

Send = Callable[[str, str, int], None]
"""Sends a text to a number, which has a place in the rulebook (`lambdas.sms.sns_sms.SnsSms.send`,
`lambdas.sms.end_user_sms.EndUserSms.send`)."""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A dispatch.

    Attributes:
        numbers: To whom events are sent.
        budget: How many parts may still be sent today.
        quiet_until: When the current quiet hours end, unix seconds; None outside of quiet hours.
        zone: The rulebook's time zone.
        now: Unix seconds.
        send: Sends one text.
    """

    numbers: Sequence[str]
    budget: DailyBudget
    quiet_until: float | None
    zone: ZoneInfo
    now: float
    send: Send

    @classmethod
    def begin(cls, settings: SmsSettings, send: Send, now: float) -> "Dispatch":
        """A dispatch at this moment, by the rulebook."""
        quiet = settings.quiet_hours
        zone = ZoneInfo(quiet.zone if quiet else "UTC")
        budget = DailyBudget(settings.budget, settings.phone_numbers, Day.at(now, zone))
        return cls(settings.phone_numbers, budget, quiet.until(now) if quiet else None, zone, now, send)

    def send_all(self, events: Sequence[Event]) -> Iterator[Failure]:
        """Send events to each number; gives the failures, each with the events that have not reached a number."""
        for number in self.numbers:
            yield from self._send_to(number, in_order(undelivered(events, number)))

    def _send_to(self, number: str, events: Sequence[Event]) -> Iterator[Failure]:
        left = events
        if self.quiet_until is not None:
            left = [event for event in events if is_critical(event)]
            if waiting := events[len(left) :]:
                yield Retry(self.quiet_until - self.now, "quiet hours", of=waiting)
        while left:
            try:
                sent = self._send_next(number, left)
            except BudgetExceededError:
                yield Retry(self.budget.day.ends - self.now, "the day's budget is spent", of=left)
                return
            except Retry as retry:
                if retry.uncertain:
                    yield retry
                yield Retry(retry.after, retry.reason, of=left)
                return
            except Undeliverable as undeliverable:
                yield Undeliverable(undeliverable.reason, of=left)
                return
            left = left[sent:]

    def _send_next(self, number: str, left: Sequence[Event]) -> int:
        """Send one text; gives how many events are in it. The last text of the day has all that are left."""
        is_last = self.budget.reserve(number)
        batch = left if is_last else next_batch(left, self.now)
        note = f"Budget reached, more at 00:00{' UTC' * (self.zone.key == 'UTC')}." if is_last else ""
        late = is_late(batch[0], self.now)
        text = text_for(batch, zone=self.zone, now=self.now, late=late, note=note)
        deliver_to(batch, number, lambda: self._send_part(number, text, batch))
        return len(batch)

    def _send_part(self, number: str, text: str, batch: Sequence[Event]) -> None:
        try:
            self.send(number, text, self.numbers.index(number) + 1)
        except (Retry, Undeliverable) as failure:
            if isinstance(failure, Retry) and failure.uncertain:  # the part counts as sent
                raise Retry(failure.after, failure.reason, of=batch, uncertain=True) from None
            self.budget.refund(number)
            raise
        count("Parts")
