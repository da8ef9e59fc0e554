"""The rulebook's budget of text message parts, day by day."""

from collections.abc import Sequence
from typing import Final

from lambdas.contracts.sms_limits import Budget, Day
from lambdas.runtime.budget import BudgetExceededError, give_back, spend
from lambdas.runtime.ledger import destination_digest

ALL: Final = "all"


class DailyBudget:
    """The budget of one day.

    Args:
        budget: The rulebook's.
        numbers: All numbers to which each event is sent.
        day: Which day.
    """

    def __init__(self, budget: Budget, numbers: Sequence[str], day: Day) -> None:
        self._budget = budget
        self._numbers = numbers
        self.day = day

    def reserve(self, number: str) -> bool:
        """Reserve one part for a number, before it is sent.

        Returns:
            Whether the part is the last of the day: of the number's own budget, or of the last round to all numbers.

        Raises:
            BudgetExceededError: The day's budget is spent.
        """
        own = spend(self._counter(number), 1, limit=self._budget.per_number, until=self.day.ends)
        try:
            rest = spend(self._counter(ALL), 1, limit=self._budget.per_day, until=self.day.ends)
        except BudgetExceededError:
            give_back(self._counter(number), 1)
            raise
        return own == 0 or rest < len(self._numbers)

    def refund(self, number: str) -> None:
        """Undo a `reserve` for a part that was certainly not sent."""
        give_back(self._counter(number), 1)
        give_back(self._counter(ALL), 1)

    def _counter(self, owner: str) -> str:
        return f"{self.day.name}/{owner if owner == ALL else destination_digest(owner)}"
