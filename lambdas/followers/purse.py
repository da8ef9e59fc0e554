"""The budgets of a day.

Of text messages: parts to all, to one follower on its own day, codes to strangers, answers. Of e-mails: questions to
strangers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from lambdas.contracts.sms_limits import Day
from lambdas.followers.spending import ALL, Spending

TEXT: Final = "text"
CODES: Final = "codes"
REPLIES: Final = "replies"
QUESTIONS: Final = "questions"

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
class QuestionPurse:
    """The budget of questions by e-mail.

    Attributes:
        spending: What is spent.
        per_day: E-mails that strangers can cause on a day of UTC who enter addresses.
        now: Unix seconds.
    """

    spending: Spending
    per_day: int
    now: float

    def take(self) -> None:
        """Spend one, before it is sent.

        Raises:
            SpentError: The day's are spent.
        """
        _take(self.spending, [self._counter()])

    def give_back(self) -> None:
        """Undo a `take` for what was certainly not sent."""
        _give_back(self.spending, [self._counter()])

    def _counter(self) -> "_Counter":
        return _Counter(QUESTIONS, Day.at(self.now, _UTC), ALL, 1, self.per_day)


@dataclass(frozen=True, slots=True)
class Purse:
    """The budgets of text messages.

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
        return _take(self.spending, self._of_text(follower, zone, parts)) == parts

    def give_back(self, follower: str, zone: str, parts: int) -> None:
        """Undo a `take` for what was certainly not sent."""
        _give_back(self.spending, self._of_text(follower, zone, parts))

    def take_code(self, follower: str, parts: int) -> None:
        """Spend parts on the one message of a day that somebody may cause who enters a number.

        Raises:
            SpentError: A budget is spent, or this number was sent such a message on this day.
        """
        _take(self.spending, self._of_code(follower, parts))

    def give_back_code(self, follower: str, parts: int) -> None:
        """Undo a `take_code` for what was certainly not sent."""
        _give_back(self.spending, self._of_code(follower, parts))

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
        _take(
            self.spending,
            (
                _Counter(REPLIES, day, follower, 1, MAX_REPLIES, cause),
                _Counter(REPLIES, day, ALL, 1, self.codes_per_day),
                _Counter(TEXT, day, ALL, parts, self.per_day),
            ),
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


class _Counter(NamedTuple):
    """What is spent of one counter (`lambdas.followers.spending.Spending.spend`)."""

    what: str
    day: Day
    owner: str
    amount: int
    limit: int
    cause: str = ""


def _take(spending: Spending, counters: Sequence[_Counter]) -> int:
    """Spend of each counter, or of none; gives what is spent of the first by now.

    Raises:
        SpentError: One of them has reached its limit.
    """
    spent: list[int] = []
    for place, counter in enumerate(counters):
        now = spending.spend(*counter)
        if now is None:
            _give_back(spending, counters[:place])
            raise SpentError(counter.day.ends, by_all=counter.owner == ALL)
        spent.append(now)
    return spent[0]


def _give_back(spending: Spending, counters: Sequence[_Counter]) -> None:
    for counter in counters:
        spending.give_back(counter.what, counter.day, counter.owner, counter.amount)
