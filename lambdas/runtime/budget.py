"""Counters with a limit, in the subscriber's table: whatever dies when, no more than the limit is ever spent.

A counter is raised before the thing is done that it counts. A function that dies in between has spent what nobody got,
which is the safe side of a budget.
"""

from typing import Final

from lambdas.runtime.context import current_context
from lambdas.runtime.table import RefusedError, number

KEPT: Final = 24 * 3600
"""Seconds after which a counter that is no longer used is deleted."""


class BudgetExceededError(Exception):
    """There is less left of a counter's limit than was asked for; nothing was spent."""


def spend(counter: str, amount: int, *, limit: int, until: float) -> int:
    """Spend so much of a limit.

    Args:
        counter: Its name; nothing personal.
        amount: How much.
        limit: How much may be spent of it in all.
        until: When the counter is no longer used, unix seconds.

    Returns:
        What is left.

    Raises:
        BudgetExceededError: That much is not left.
    """
    if amount > limit:
        raise BudgetExceededError
    try:
        old = current_context().table.update(
            _key(counter),
            set={"ttl": int(until) + KEPT},
            add={"spent": amount},
            when="attribute_not_exists(#spent) OR #spent <= :most",
            given={"most": limit - amount},
        )
    except RefusedError:
        raise BudgetExceededError from None
    return limit - amount - int(number(old, "spent"))


def give_back(counter: str, amount: int) -> None:
    """Undo a `spend` for a thing that was certainly not done."""
    current_context().table.update(_key(counter), set={}, add={"spent": -amount})


def _key(counter: str) -> str:
    return f"budget/{counter}"
