"""A follower's digests tell it of each news once, whenever it moves them and whatever is under way meanwhile."""

from functools import partial

import pytest

from lambdas.followers.outcomes import Gone, Later, Outcome, Refused, Unknown
from lambdas.followers.plan import Plan
from lambdas.followers.transitions import AT_ONCE_SECONDS
from tests.unit.lambdas.followers.digest_world import ANN, BOB, HOUR, DigestWorld
from tests.unit.lambdas.followers.fan_outs import an_id


@pytest.fixture
def world() -> DigestWorld:
    return DigestWorld.begun()


@pytest.mark.parametrize(
    ("id", "moves"),
    [
        (ANN, {36: "20:00"}),
        (ANN, {31: "20:00"}),
        (BOB, {36: "08:00"}),
        (BOB, {46: "08:00"}),
        (ANN, {36: "06:00"}),
        (ANN, {30: "20:00", 50: "08:00"}),
        (ANN, {33: "20:00", 33.5: "09:00", 34: "08:00"}),
    ],
)
def test_follower_who_moves_reads_each_news_once(
    world: DigestWorld, id: str, moves: dict[float, str]
) -> None:
    happened = []
    for quarter in range(12):
        world.pass_to(24 + 4 * quarter + 0.25)
        happened.append(world.happens())
        for after, at in moves.items():
            if 24 + 4 * quarter < after <= 28 + 4 * quarter:
                world.pass_to(after)
                world.move(at, id)
    world.pass_to(120)
    assert [event for digest in world.told(id) for event in digest] == happened


def test_follower_who_changes_the_zone_reads_each_news_once(world: DigestWorld) -> None:
    world.pass_to(30)
    event = world.happens()
    world.move("08:00", zone="America/New_York")
    world.pass_to(72)
    assert world.told() == [[event]]


def test_follower_who_moves_before_the_run_reaches_it_is_told_by_the_next(world: DigestWorld) -> None:
    event = world.happens()
    world.pass_to(31)
    world.clock.now += HOUR
    assert world.runs.start() == 1
    world.move("20:00")
    world.audience.work_off()
    assert world.told() == []
    world.pass_to(48)
    assert world.told() == [[event]]


def test_follower_who_moves_after_the_run_reached_it_is_not_told_again(world: DigestWorld) -> None:
    event = world.happens()
    world.pass_to(32)
    world.move("20:00")
    world.pass_to(72)
    assert world.told() == [[event]]


def test_follower_who_moves_while_it_is_told_is_counted(world: DigestWorld) -> None:
    event = world.happens()
    world.audience.channel.before_answer = partial(world.move, "20:00")
    world.pass_to(48)
    assert world.told() == [[event], [event]]
    assert sum(counts.get("uncertain", 0) for _, counts in world.audience.reports) == 1


def test_change_that_meets_the_record_of_a_digest_keeps_it(world: DigestWorld) -> None:
    event = world.happens()
    world.clock.now += 8 * HOUR
    world.runs.start()
    world.audience.table.before_write = world.audience.work_off
    world.move("20:00")
    assert world.told() == [[event]]
    world.pass_to(72)
    assert world.told() == [[event]]


@pytest.mark.parametrize("outcome", [Later(60, "429"), Unknown("timed out")])
def test_digest_that_was_not_taken_comes_again(world: DigestWorld, outcome: Outcome) -> None:
    event = world.happens()
    world.audience.channel.answers = {ANN: [outcome]}
    world.pass_to(72)
    assert world.told() == [[event], [event]]


def test_refused_digest_is_not_made_up(world: DigestWorld) -> None:
    event = world.happens()
    world.audience.channel.answers = {ANN: [Refused("too large")]}
    world.pass_to(72)
    assert world.told() == [[event]]


def test_who_is_gone_ends_by_its_digest(world: DigestWorld) -> None:
    world.happens()
    world.audience.channel.answers = {ANN: [Gone("bounce")]}
    world.pass_to(33)
    assert world.audience.channel.gone == [(ANN, "bounce")]


def test_digest_that_never_came_is_made_up_by_the_next(world: DigestWorld) -> None:
    lost = world.happens()
    world.clock.now += 8 * HOUR
    world.runs.start()
    world.clock.now += 13 * HOUR
    world.audience.work_off()
    event = world.happens()
    world.pass_to(60)
    assert world.told() == [[lost, event]]


def test_first_digest_begins_when_one_follows(world: DigestWorld) -> None:
    world.happens()
    world.pass_to(28)
    world.follow(an_id(3))
    event = world.happens()
    world.pass_to(36)
    assert world.told(an_id(3)) == [[event]]


def test_first_digest_has_what_may_not_have_been_told_at_once(world: DigestWorld) -> None:
    world.follow(an_id(3), "")
    world.happens()
    world.clock.now += AT_ONCE_SECONDS
    events = [world.happens()]
    world.clock.now += AT_ONCE_SECONDS - 1
    world.move("08:00", an_id(3))
    events.append(world.happens())
    world.pass_to(36)
    assert world.told(an_id(3)) == [events]


def test_other_topics_leave_what_was_told(world: DigestWorld) -> None:
    told = world.happens()
    world.pass_to(33)
    world.move("08:00", topics=("line-12", "news"))
    event = world.happens("news")
    world.pass_to(60)
    assert world.told() == [[told], [event]]


def test_place_of_an_older_deployment_has_what_the_run_has(world: DigestWorld) -> None:
    del world.place()["told_until"]
    first = world.happens()
    world.pass_to(33)
    assert world.told() == [[first]]
    assert "told_until" in world.place()
    world.move("20:00")
    event = world.happens()
    world.pass_to(48)
    assert world.told() == [[first], [event]]


def test_place_of_an_older_deployment_can_be_left(world: DigestWorld) -> None:
    del world.place()["told_until"]
    assert world.followers.end(ANN, "unsubscribe")
    assert ("digest#UTC#08:00", ANN) not in world.audience.table.items


def test_late_rest_does_not_set_back_what_was_told(world: DigestWorld) -> None:
    world.happens()
    world.pass_to(33)
    was = dict(world.place())
    late = Plan(name="UTC#08:00#2027-01-13", at=world.clock.now, followers={"email": 1}, until=world.midnight)
    world.audience.plans.write(late)
    world.audience.jobs.put(late.jobs(), world.clock.now)
    world.audience.work_off()
    assert world.place() == was


def test_news_are_read_once_for_all_who_were_told_until_another_time(world: DigestWorld) -> None:
    for number in range(3, 7):
        world.follow(an_id(number))
        world.happens()
        world.clock.now += 1
    world.clock.now = world.midnight + 32 * HOUR
    world.runs.start()
    calls = world.audience.table.calls
    calls.clear()
    world.audience.work_off()
    of_recipients = 2
    assert calls.count("Query") == of_recipients + 1
    assert [len(world.told(an_id(number))[0]) for number in range(3, 7)] == [4, 3, 2, 1]
