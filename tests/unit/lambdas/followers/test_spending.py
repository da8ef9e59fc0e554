"""Counters of a day, which never go beyond their limit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.sms_limits import Day
from lambdas.followers.spending import ALL, Spending
from tests.fakes.audience_table import AudienceTable

DAY = Day("2027-01-15", 1_800_057_600.0)
NEXT = Day("2027-01-16", 1_800_144_000.0)


@pytest.fixture
def table() -> AudienceTable:
    return AudienceTable()


@pytest.fixture
def spending(table: AudienceTable) -> Spending:
    return Spending(table, "audience")  # type: ignore[arg-type]


def test_spending_says_how_much_it_is_by_now(spending: Spending) -> None:
    assert [spending.spend("text", DAY, ALL, amount, 5) for amount in (2, 3)] == [2, 5]


def test_spending_stops_at_its_limit(spending: Spending) -> None:
    assert [spending.spend("text", DAY, ALL, amount, 5) for amount in (4, 2, 1, 1)] == [4, None, 5, None]


def test_more_than_the_limit_is_never_spent(spending: Spending, table: AudienceTable) -> None:
    assert spending.spend("text", DAY, ALL, 6, 5) is None
    assert spending.spend("text", DAY, ALL, 5, 5) == 5
    assert not Spending(AudienceTable(), "audience").spend("text", DAY, ALL, 1, 0)  # type: ignore[arg-type]


def test_each_day_owner_and_budget_is_counted_by_itself(spending: Spending) -> None:
    spent = [
        spending.spend("text", DAY, ALL, 1, 1),
        spending.spend("codes", DAY, ALL, 1, 1),
        spending.spend("text", NEXT, ALL, 1, 1),
        spending.spend("text", DAY, "a" * 32, 1, 1),
    ]
    assert spent == [1, 1, 1, 1]


def test_what_is_given_back_may_be_spent(spending: Spending) -> None:
    spending.spend("text", DAY, ALL, 2, 2)
    spending.give_back("text", DAY, ALL, 1)
    assert spending.spend("text", DAY, ALL, 1, 2) == 2


def test_cause_spends_once(spending: Spending) -> None:
    spent = [spending.spend("replies", DAY, ALL, 1, 9, cause) for cause in ("m1", "m1", "m2")]
    assert spent == [1, None, 2]


def test_counter_is_forgotten_two_days_after(spending: Spending, table: AudienceTable) -> None:
    spending.spend("text", DAY, ALL, 1, 1)
    [item] = table.partition("spent#text#2027-01-15")
    assert int(item["ttl"]["N"]) == DAY.ends + 2 * 86_400


@given(st.lists(st.integers(1, 4)), st.integers(0, 12))
def test_any_spending_stays_within_the_limit(amounts: list[int], limit: int) -> None:
    spending = Spending(AudienceTable(), "audience")  # type: ignore[arg-type]
    taken = 0
    for amount in amounts:
        spent = spending.spend("text", DAY, ALL, amount, limit)
        assert (spent is None) == (taken + amount > limit)
        taken += amount if spent else 0
        assert spent in (None, taken)
