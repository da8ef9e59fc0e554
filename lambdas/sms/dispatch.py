"""One round to all numbers, within the hours and the budget of the rulebook."""

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lambdas.contracts.sms_limits import Budget, Day, QuietHours
from lambdas.runtime import Event, Retry, Undeliverable, count, deliver_to, now, undelivered
from lambdas.runtime.budget import SpentError
from lambdas.sms import sns_sms as phone
from lambdas.sms.batching import in_order, is_critical, is_late, next_unit
from lambdas.sms.daily_budget import Purse
from lambdas.sms.digest import text_for

Failure = Retry | Undeliverable


@dataclass(frozen=True, slots=True)
class Round:
    """A round.

    Attributes:
        numbers: Who is told.
        purse: What may be sent.
        quiet_until: When the quiet hours end that are now; None where it is not quiet.
        zone: The rulebook's time zone.
        at: Unix seconds.
    """

    numbers: Sequence[str]
    purse: Purse
    quiet_until: float | None
    zone: ZoneInfo
    at: float

    @classmethod
    def begin(cls) -> "Round":
        """At this moment, by the rulebook."""
        numbers, at = json.loads(os.environ["PHONE_NUMBERS"]), now()
        quiet = QuietHours.from_json(os.environ["QUIET_HOURS"]) if "QUIET_HOURS" in os.environ else None
        zone = ZoneInfo(quiet.zone if quiet else "UTC")
        purse = Purse(Budget.from_json(os.environ["BUDGET"]), numbers, Day.at(at, zone))
        return cls(numbers, purse, quiet.until(at) if quiet else None, zone, at)

    def tell_all(self, events: Sequence[Event]) -> Iterator[Failure]:
        """Tell each number; gives what is to become of events of which one was not told."""
        for number in self.numbers:
            yield from self._tell(number, in_order(undelivered(events, number)))

    def _tell(self, number: str, events: Sequence[Event]) -> Iterator[Failure]:
        left = events
        if self.quiet_until is not None:
            left = [event for event in events if is_critical(event)]
            if waiting := events[len(left) :]:
                yield Retry(self.quiet_until - self.at, "quiet hours", of=waiting)
        while left:
            try:
                told = self._tell_next(number, left)
            except SpentError:
                yield Retry(self.purse.day.ends - self.at, "the day's budget is spent", of=left)
                return
            except Retry as later:
                yield Retry(later.after, later.reason, of=left)
                return
            except Undeliverable as never:
                yield Undeliverable(never.reason, of=left)
                return
            left = left[told:]

    def _tell_next(self, number: str, left: Sequence[Event]) -> int:
        """Send one text message; gives of how many events it tells. The last one of the day tells of all."""
        is_last = self.purse.take(number)
        unit = left if is_last else next_unit(left, self.at)
        note = f"Budget reached, more at 00:00{' UTC' * (self.zone.key == 'UTC')}." if is_last else ""
        late = is_late(unit[0], self.at)
        text = text_for(unit, zone=self.zone, now=self.at, late=late, note=note)
        deliver_to(unit, number, lambda: self._send(number, text))
        return len(unit)

    def _send(self, number: str, text: str) -> None:
        try:
            phone.send(number, text, self.numbers.index(number) + 1)
        except phone.UnknownOutcomeError:
            raise  # it counts as spent
        except (Retry, Undeliverable):
            self.purse.put_back(number)
            raise
        count("Parts")
