"""A day has no more parts than its budget, and what is beyond the budget waits."""

from collections import Counter

from lambdas.contracts.sms_limits import Budget
from lambdas.runtime import Retry
from tests.fakes.subscriber import SENT_AT
from tests.unit.lambdas.sms.conftest import BOTH, FIRST, HOUR, MIDNIGHT, SECOND, MakeWorld, World


def test_events_beyond_the_budget_share_a_text_next_day(make_world: MakeWorld) -> None:
    world = make_world(budget=Budget(per_day=50, per_number=3))
    for n in range(10):
        world.accept(world.event(f"e{n}"))
        world.run()
        world.around.now += HOUR
    assert world.sent == [*["Deploy failed"] * 2, "Deploy failed Budget reached, more at 00:00 UTC."]
    assert len(world.waiting) == 7
    world.run_until(MIDNIGHT + HOUR)
    assert world.sent[3:] == ["7 events since Jan 15, 11:00: 7 failed deploys. Last: Deploy failed"]
    assert world.waiting == []


def test_last_text_of_a_day_has_all_events(make_world: MakeWorld) -> None:
    world = make_world(budget=Budget(per_day=2, per_number=2))
    world.accept(*[world.event(letter) for letter in "abc"])
    world.run()
    assert world.sent == [
        "Deploy failed",
        "2 events since 08:00: 2 failed deploys. Last: Deploy failed Budget reached, more at 00:00 UTC.",
    ]
    assert world.waiting == []


def test_budget_is_for_all_numbers_together_too(make_world: MakeWorld) -> None:
    world = make_world(numbers=BOTH, budget=Budget(per_day=3, per_number=3))
    world.accept(world.event("a"))
    world.run()
    world.accept(world.event("b"))
    world.run()
    assert Counter(number for number, _ in world.texts) == {FIRST: 2, SECOND: 1}
    assert [event.id for _, event in world.waiting] == ["b"]
    assert "Budget reached" in world.sent[1]  # the second number hears no more today
    world.run_until(MIDNIGHT + HOUR)
    assert Counter(number for number, _ in world.texts) == {FIRST: 2, SECOND: 2}


def test_part_refused_for_all_is_refunded_to_the_number(make_world: MakeWorld) -> None:
    world = make_world(numbers=BOTH, budget=Budget(per_day=3, per_number=3))
    for letter in "abc":
        world.accept(world.event(letter))
        world.run()
    spent = {key: item["spent"] for key, item in world.around.items.items() if "spent" in item}
    assert sorted(spent.values()) == [1, 2, 3]
    assert spent["budget/2027-01-15/all"] == 3


def test_part_that_was_certainly_not_sent_is_refunded(make_world: MakeWorld) -> None:
    world = make_world(budget=Budget(per_day=1, per_number=1))
    world.refuse = lambda number: Retry(reason="busy")
    world.accept(world.event())
    world.run()
    world.refuse = lambda number: None
    world.run_until(SENT_AT + 60)
    assert len(world.texts) == 1


def test_part_that_may_have_been_sent_is_spent(make_world: MakeWorld) -> None:
    world = make_world(budget=Budget(per_day=1, per_number=1))
    world.refuse = lambda number: Retry(reason="timeout", uncertain=True)
    world.accept(world.event())
    world.run()
    world.refuse = lambda number: None
    world.run_until(MIDNIGHT)
    assert world.texts == []
    world.run_until(MIDNIGHT + HOUR)
    assert len(world.texts) == 1


def test_budget_holds_for_critical_events_too(make_world: MakeWorld) -> None:
    world = make_world(budget=Budget(per_day=1, per_number=1))
    world.accept(world.event("a"))
    world.run()
    world.accept(world.event("b", severity="critical"))
    world.run()
    assert len(world.texts) == len(world.waiting) == 1


def test_no_number_is_in_the_table(world: World) -> None:
    world.accept(world.event())
    world.run()
    assert any(key.startswith("budget/2027-01-15/") for key in world.around.items)
    assert FIRST.removeprefix("+") not in str(world.around.items)
