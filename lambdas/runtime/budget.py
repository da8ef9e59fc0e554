"""Counters with a limit, in the subscriber's table: whatever dies when, no more than the limit is ever spent.

A counter is raised before the thing is done that it counts. A function that dies in between has spent what nobody got,
which is the safe side of a budget.
"""

from typing import Final

from lambdas.clients.dynamodb import number
from lambdas.runtime.context import current_context
from lambdas.runtime.table import ConditionFailedError, Table

RETENTION: Final = 24 * 3600
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
        old = _table().update(
            _key(counter),
            set={"ttl": int(until) + RETENTION},
            add={"spent": amount},
            condition="attribute_not_exists(#spent) OR #spent <= :max",
            values={"max": limit - amount},
        )
    except ConditionFailedError:
        raise BudgetExceededError from None
    return limit - amount - number(old, "spent")


def give_back(counter: str, amount: int) -> None:
    """Undo a `spend` for a thing that was certainly not done."""
    _table().update(_key(counter), set={}, add={"spent": -amount})


def _table() -> Table:
    return current_context().subscriber.ledger.table


def _key(counter: str) -> str:
    return f"budget/{counter}"
