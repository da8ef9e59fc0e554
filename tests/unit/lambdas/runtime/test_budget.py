"""A limit is a limit, whoever spends and whoever dies."""

from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.runtime.budget import BudgetExceededError, give_back, spend
from lambdas.runtime.context import DeliveryContext, delivery_context
from tests.fakes.dynamodb import expiry
from tests.fakes.subscriber import SENT_AT, Surroundings

DAY = 24 * 3600


@pytest.fixture(autouse=True)
def at_work(around: Surroundings) -> Iterator[None]:
    subscriber = around.worker(lambda events: None).context
    with delivery_context(DeliveryContext(subscriber, {})):
        yield


def take(amount: int, *, limit: int = 3, counter: str = "day", until: float = SENT_AT) -> int:
    return spend(counter, amount, limit=limit, until=until)


def test_limit_is_spent_and_no_more() -> None:
    assert [take(1) for _ in range(3)] == [2, 1, 0]
    with pytest.raises(BudgetExceededError):
        take(1)
    assert take(2, counter="other") == 1
    with pytest.raises(BudgetExceededError):
        take(4, counter="fresh")


@pytest.mark.parametrize(("before", "amount"), [(0, 4), (2, 2)])
def test_amount_that_does_not_fit_spends_nothing(before: int, amount: int) -> None:
    take(before)
    with pytest.raises(BudgetExceededError):
        take(amount)
    assert take(3 - before) == 0


def test_amount_given_back_can_be_spent() -> None:
    take(3)
    give_back("day", 1)
    assert take(1) == 0


def test_lower_limit_holds_at_once() -> None:
    take(5, limit=10)
    with pytest.raises(BudgetExceededError):
        take(1, limit=5)


@pytest.mark.parametrize("until", [SENT_AT, SENT_AT + 3600.5])
def test_counter_expires_a_day_after_its_end(around: Surroundings, until: float) -> None:
    take(1, until=until)
    item: Any = around.dynamodb.tables["ledger"]["budget/day"]
    assert expiry(item) == int(until) + DAY


def test_table_that_is_away_spends_nothing(around: Surroundings) -> None:
    around.network.failing = {"DynamoDB"}
    with pytest.raises(ConnectionError):
        take(1)
    around.network.failing = set()
    assert take(3) == 0
