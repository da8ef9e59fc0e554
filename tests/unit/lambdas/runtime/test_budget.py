"""A limit is a limit, whoever spends and whoever dies."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from lambdas.runtime.budget import BudgetExceededError, give_back, spend
from lambdas.runtime.context import DeliveryContext, delivery_context
from tests.unit.lambdas.runtime.conftest import MemoryTable

END = 1_800_000_000


@pytest.fixture
def table() -> Iterator[MemoryTable]:
    table = MemoryTable()
    worker: Any = SimpleNamespace(ledger=SimpleNamespace(table=table))
    with delivery_context(DeliveryContext(worker, {})):
        yield table


def test_so_much_and_no_more(table: MemoryTable) -> None:
    assert [spend("day", 1, limit=3, until=END) for _ in range(3)] == [2, 1, 0]
    with pytest.raises(BudgetExceededError):
        spend("day", 1, limit=3, until=END)
    assert spend("other", 2, limit=3, until=END) == 1


def test_what_does_not_fit_spends_nothing(table: MemoryTable) -> None:
    for amount in (4, 2):
        if amount == 2:
            spend("day", 2, limit=3, until=END)
        with pytest.raises(BudgetExceededError):
            spend("day", amount, limit=3, until=END)
    assert spend("day", 1, limit=3, until=END) == 0


def test_what_was_not_done_can_be_given_back(table: MemoryTable) -> None:
    spend("day", 3, limit=3, until=END)
    give_back("day", 1)
    assert spend("day", 1, limit=3, until=END) == 0


def test_a_lower_limit_holds_at_once(table: MemoryTable) -> None:
    spend("day", 5, limit=10, until=END)
    with pytest.raises(BudgetExceededError):
        spend("day", 1, limit=5, until=END)


def test_a_counter_is_forgotten_a_day_after_its_end(table: MemoryTable) -> None:
    spend("day", 1, limit=3, until=END)
    assert table.items["budget/day"]["ttl"] == END + 24 * 3600


def test_a_table_that_is_away_spends_nothing_that_was_not_asked_for(table: MemoryTable) -> None:
    table.failing = {"update"}
    with pytest.raises(ConnectionError):
        spend("day", 1, limit=3, until=END)
    assert table.items == {}
