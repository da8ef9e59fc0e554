"""What may still be sent today, by the rulebook's budget."""

from collections.abc import Sequence
from typing import Final

from lambdas.contracts.sms_limits import Budget, Day
from lambdas.runtime.budget import SpentError, give_back, spend
from lambdas.runtime.ledger import destination_digest

ALL: Final = "all"


class Purse:
    """The budget of one day.

    Args:
        budget: What the rulebook says.
        numbers: All that are told of each event.
        day: Which day.
    """

    def __init__(self, budget: Budget, numbers: Sequence[str], day: Day) -> None:
        self._budget = budget
        self._numbers = numbers
        self.day = day

    def take(self, number: str) -> bool:
        """Take one part for a number, before it is sent.

        Returns:
            Whether it is the last for today: that number's own, or one of the last round to all numbers.

        Raises:
            SpentError: There is none left.
        """
        own = spend(self._counter(number), 1, limit=self._budget.per_number, until=self.day.ends)
        try:
            rest = spend(self._counter(ALL), 1, limit=self._budget.per_day, until=self.day.ends)
        except SpentError:
            give_back(self._counter(number), 1)
            raise
        return own == 0 or rest < len(self._numbers)

    def put_back(self, number: str) -> None:
        """Undo a `take` for a part that was certainly not sent."""
        give_back(self._counter(number), 1)
        give_back(self._counter(ALL), 1)

    def _counter(self, whose: str) -> str:
        return f"{self.day.name}/{whose if whose == ALL else destination_digest(whose)}"
