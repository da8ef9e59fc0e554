"""Every number has every event once, within the quiet hours; what cannot be sent now waits."""

from lambdas.runtime import Retry, Undeliverable
from tests.fakes.subscriber import SENT_AT
from tests.unit.lambdas.sms.conftest import BOTH, FIRST, HOUR, MIDNIGHT, NIGHT, SECOND, MakeWorld, World


def test_event_is_sent_and_its_part_counted(world: World) -> None:
    world.accept(world.event())
    world.run()
    assert world.texts == [(FIRST, "Deploy failed")]
    assert (world.counted, world.waiting) == (["Parts"], [])


def test_few_events_have_a_text_each_and_more_share_one(world: World) -> None:
    world.accept(*[world.event(letter) for letter in "abc"])
    world.run()
    assert world.sent == ["Deploy failed"] * 3
    world.accept(*[world.event(letter) for letter in "defg"])
    world.run()
    assert world.sent[3:] == ["4 events since 08:00: 4 failed deploys. Last: Deploy failed"]


def test_number_that_fails_keeps_no_other_waiting(make_world: MakeWorld) -> None:
    world = make_world(numbers=BOTH)
    world.refuse = lambda number: Retry(reason="busy") if number == FIRST else None
    world.accept(world.event("a"), world.event("b"))
    world.run()
    assert [number for number, _ in world.texts] == [SECOND, SECOND]
    world.refuse = lambda number: None
    world.run_until(SENT_AT + 60)
    assert [number for number, _ in world.texts] == [SECOND, SECOND, FIRST, FIRST]
    assert world.waiting == []


def test_only_the_events_of_a_lost_text_are_uncertain(make_world: MakeWorld) -> None:
    world = make_world(numbers=BOTH)
    world.refuse = lambda number: Retry(reason="lost", uncertain=number == SECOND)
    world.accept(world.event("a"), world.event("b"))
    world.run()
    assert world.around.outcomes == ["uncertain", "postponed", "postponed"]


def test_undeliverable_event_leaves_others_waiting(make_world: MakeWorld) -> None:
    world = make_world(numbers=BOTH, quiet=NIGHT)
    world.around.now = MIDNIGHT - HOUR
    world.refuse = lambda number: Undeliverable("opted out") if number == FIRST else None
    world.accept(world.event("a", severity="critical"), world.event("b"))
    world.run()
    assert world.texts == [(SECOND, "Deploy failed")]
    assert world.around.reasons == ["opted out"]
    assert [event.id for _, event in world.waiting] == ["b"]


def test_quiet_hours_hold_back_all_but_critical_events(make_world: MakeWorld) -> None:
    world = make_world(quiet=NIGHT)
    world.around.now = MIDNIGHT - HOUR
    world.accept(*[world.event(letter) for letter in "abcde"])
    world.accept(world.event("f", severity="critical", title="Shop is down"))
    world.run()
    assert world.sent == ["Shop is down"]
    world.run_until(MIDNIGHT + 7 * HOUR)
    assert world.sent == ["Shop is down"]
    world.run_until(MIDNIGHT + 8 * HOUR)
    assert world.sent[1:] == ["5 events since Jan 15, 23:00: 5 failed deploys. Last: Deploy failed"]


def test_single_late_event_is_sent_with_its_time(world: World) -> None:
    event = world.event()
    world.around.now += HOUR
    world.accept(event)
    world.run()
    assert world.sent == ["08:00 Deploy failed"]


def test_two_late_events_share_a_text(world: World) -> None:
    events = [world.event("a"), world.event("b")]
    world.around.now += HOUR
    world.accept(*events)
    world.run()
    assert world.sent == ["2 events since 08:00: 2 failed deploys. Last: Deploy failed"]


def test_number_is_named_by_its_place_in_the_rulebook(make_world: MakeWorld) -> None:
    world = make_world(numbers=BOTH)
    world.accept(world.event())
    world.run()
    assert world.places == [1, 2]
