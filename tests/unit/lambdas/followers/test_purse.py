"""The budgets: what is spent, and when a budget begins anew."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import pytest

from lambdas.followers.purse import MAX_REPLIES, Purse, QuestionPurse, SpentError
from lambdas.followers.spending import Spending
from tests.fakes.audience_table import AudienceTable
from tests.unit.lambdas.followers.people import ANN, BOB

NOW = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC).timestamp()
MIDNIGHT = dt.datetime(2027, 1, 16, tzinfo=dt.UTC).timestamp()
EAST = "America/New_York"
Spend = Callable[[], object]


@pytest.fixture
def purse() -> Purse:
    spending = Spending(AudienceTable(), "audience")  # type: ignore[arg-type]
    return Purse(spending, per_day=9, per_follower=4, codes_per_day=2, now=NOW)


def refused(spend: Spend) -> tuple[float, bool]:
    """When a budget begins anew that is spent, and whether it is that of all."""
    with pytest.raises(SpentError) as spent:
        spend()
    return spent.value.until, spent.value.by_all


def test_first_of_a_followers_day_is_told(purse: Purse) -> None:
    assert [purse.take(who, EAST, 2) for who in (ANN, ANN, BOB)] == [True, False, True]


def test_followers_budget_is_of_its_own_day(purse: Purse) -> None:
    purse.take(ANN, EAST, 4)
    assert refused(lambda: purse.take(ANN, EAST, 1)) == (MIDNIGHT + 5 * 3600, False)
    assert not refused(lambda: replace(purse, now=MIDNIGHT).take(ANN, EAST, 1))[1]
    assert replace(purse, now=MIDNIGHT + 5 * 3600).take(ANN, EAST, 1)


def test_budget_of_all_is_of_a_day_of_utc(purse: Purse) -> None:
    for who in (ANN, BOB):
        purse.take(who, EAST, 4)
    assert refused(lambda: purse.take("c" * 32, EAST, 2)) == (MIDNIGHT, True)
    assert purse.take("c" * 32, EAST, 1), "nothing of it was spent on this follower"
    assert refused(lambda: purse.take("d" * 32, EAST, 1)) == (MIDNIGHT, True)


def test_what_is_given_back_may_be_spent(purse: Purse) -> None:
    purse.take(ANN, EAST, 4)
    purse.give_back(ANN, EAST, 4)
    assert purse.take(ANN, EAST, 4)
    purse.take(BOB, EAST, 4)
    assert purse.take("c" * 32, EAST, 1)


def test_number_gets_one_code_and_all_get_so_many(purse: Purse) -> None:
    purse.take_code(ANN, 1)
    assert refused(lambda: purse.take_code(ANN, 1)) == (MIDNIGHT, False)
    purse.give_back_code(ANN, 1)
    purse.take_code(ANN, 1)
    purse.take_code(BOB, 1)
    assert refused(lambda: purse.take_code("c" * 32, 1)) == (MIDNIGHT, True)


def test_replies_are_one_to_each_text_within_a_days_limits(purse: Purse) -> None:
    purse.take_reply(ANN, 1, "m1")
    assert refused(lambda: purse.take_reply(ANN, 1, "m1")) == (MIDNIGHT, False)
    purse.take_reply(ANN, 1, "m2")
    assert refused(lambda: purse.take_reply(BOB, 1, "m3")) == (MIDNIGHT, True)
    purse.take_code(BOB, 1)


def test_number_is_answered_five_times_a_day(purse: Purse) -> None:
    purse = replace(purse, codes_per_day=100, per_day=100)
    for number in range(MAX_REPLIES):
        purse.take_reply(ANN, 1, f"m{number}")
    assert refused(lambda: purse.take_reply(ANN, 1, "more")) == (MIDNIGHT, False)


@pytest.mark.parametrize(
    "spend",
    [
        lambda purse: purse.take(BOB, EAST, 3),
        lambda purse: purse.take_code(BOB, 3),
        lambda purse: purse.take_reply(BOB, 3, "m1"),
    ],
    ids=["text", "code", "reply"],
)
def test_everything_is_of_the_days_parts(purse: Purse, spend: Callable[[Purse], object]) -> None:
    purse = replace(purse, per_day=5)
    spend(purse)
    assert refused(lambda: purse.take(ANN, EAST, 3)) == (MIDNIGHT, True)
    purse.take(ANN, EAST, 2)


def test_questions_by_email_are_so_many_on_a_day_of_utc() -> None:
    spending = Spending(AudienceTable(), "audience")  # type: ignore[arg-type]
    purse = QuestionPurse(spending, per_day=2, now=NOW)
    for _ in range(2):
        purse.take()
    assert refused(purse.take) == (MIDNIGHT, True)
    purse.give_back()
    purse.take()
    replace(purse, now=MIDNIGHT).take()
