"""The budgets of text messages: parts to all on a day, to one follower on its own day, codes to strangers, answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from lambdas.contracts.sms_limits import Day
from lambdas.followers.spending import ALL, Spending

TEXT: Final = "text"
CODES: Final = "codes"
REPLIES: Final = "replies"

MAX_REPLIES: Final = 5
"""What one number is answered on a day: a machine that answers ours would otherwise go on for ever."""

_UTC: Final = ZoneInfo("UTC")


class SpentError(Exception):
    """A budget is spent.

    Attributes:
        until: When the next day begins that it is of, unix seconds.
        by_all: Whether it is the budget of all together.
    """

    def __init__(self, until: float, *, by_all: bool) -> None:
        self.until = until
        self.by_all = by_all


@dataclass(frozen=True, slots=True)
class Purse:
    """The budgets.

    Attributes:
        spending: What is spent.
        per_day: Parts to all followers on a day of UTC.
        per_follower: Parts to one follower on a day of its own zone.
        codes_per_day: Messages that strangers can cause on a day of UTC who enter numbers, and as many who text us.
        now: Unix seconds.
    """

    spending: Spending
    per_day: int
    per_follower: int
    codes_per_day: int
    now: float

    def take(self, follower: str, zone: str, parts: int) -> bool:
        """Spend parts on a follower, before they are sent; tells whether they are its first of its day.

        Raises:
            SpentError: A budget is spent.
        """
        return self._take(self._of_text(follower, zone, parts)) == parts

    def give_back(self, follower: str, zone: str, parts: int) -> None:
        """Undo a `take` for what was certainly not sent."""
        self._give_back(self._of_text(follower, zone, parts))

    def take_code(self, follower: str, parts: int) -> None:
        """Spend parts on the one message of a day that somebody may cause who enters a number.

        Raises:
            SpentError: A budget is spent, or this number was sent such a message on this day.
        """
        self._take(self._of_code(follower, parts))

    def give_back_code(self, follower: str, parts: int) -> None:
        """Undo a `take_code` for what was certainly not sent."""
        self._give_back(self._of_code(follower, parts))

    def take_reply(self, follower: str, parts: int, cause: str) -> None:
        """Spend parts on an answer to what somebody has sent.

        Args:
            follower: Whose number it is, who may follow nothing.
            parts: How many.
            cause: Names what was sent: it is answered once.

        Raises:
            SpentError: A budget is spent, or this was answered.
        """
        day = Day.at(self.now, _UTC)
        self._take(
            (
                _Counter(REPLIES, day, follower, 1, MAX_REPLIES, cause),
                _Counter(REPLIES, day, ALL, 1, self.codes_per_day),
                _Counter(TEXT, day, ALL, parts, self.per_day),
            )
        )

    def _of_text(self, follower: str, zone: str, parts: int) -> Sequence["_Counter"]:
        own, day = Day.at(self.now, ZoneInfo(zone)), Day.at(self.now, _UTC)
        return (
            _Counter(TEXT, own, follower, parts, self.per_follower),
            _Counter(TEXT, day, ALL, parts, self.per_day),
        )

    def _of_code(self, follower: str, parts: int) -> Sequence["_Counter"]:
        day = Day.at(self.now, _UTC)
        return (
            _Counter(CODES, day, follower, 1, 1),
            _Counter(CODES, day, ALL, 1, self.codes_per_day),
            _Counter(TEXT, day, ALL, parts, self.per_day),
        )

    def _take(self, counters: Sequence["_Counter"]) -> int:
        """Spend of each counter, or of none; gives what is spent of the first by now."""
        spent: list[int] = []
        for place, counter in enumerate(counters):
            now = self.spending.spend(*counter)
            if now is None:
                self._give_back(counters[:place])
                raise SpentError(counter.day.ends, by_all=counter.owner == ALL)
            spent.append(now)
        return spent[0]

    def _give_back(self, counters: Sequence["_Counter"]) -> None:
        for counter in counters:
            self.spending.give_back(counter.what, counter.day, counter.owner, counter.amount)


class _Counter(NamedTuple):
    """What is spent of one counter (`lambdas.followers.spending.Spending.spend`)."""

    what: str
    day: Day
    owner: str
    amount: int
    limit: int
    cause: str = ""
