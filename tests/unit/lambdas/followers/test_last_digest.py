"""Who moves from a digest to at once gets that digest once more, with what waits."""

import pytest

from lambdas.followers.digest_runs import SETTLING_SECONDS
from lambdas.followers.transitions import AT_ONCE_SECONDS, CHANGE_SECONDS
from tests.unit.lambdas.followers.digest_world import ANN, HOUR, DigestWorld
from tests.unit.lambdas.followers.fan_outs import an_id


@pytest.fixture
def world() -> DigestWorld:
    return DigestWorld.begun()


def test_what_waits_comes_once_more_to_one_who_moves_to_at_once(world: DigestWorld) -> None:
    waits = world.happens()
    world.pass_to(28)
    world.move("")
    world.clock.now += CHANGE_SECONDS
    world.happens()
    world.pass_to(80)
    assert world.told() == [[waits]]
    assert world.audience.channel.told == [ANN]


def test_last_digest_is_the_last(world: DigestWorld) -> None:
    world.pass_to(28)
    world.move("")
    assert world.counted() == 1
    world.pass_to(33)
    assert world.counted() == 0
    assert [key for key in world.audience.table.items if key[0].startswith("digest#UTC#08")] == []
    found = world.followers.get(ANN)
    assert found
    assert (found.last, found.digest) == ("", "")


def test_last_digest_waits_for_the_run_that_has_all_of_it(world: DigestWorld) -> None:
    early = world.happens()
    world.pass_to(31.5)
    world.clock.now = world.midnight + 32 * HOUR - 60
    late = world.happens()
    world.move("")
    world.clock.now += 60
    world.runs.start()
    world.audience.work_off()
    assert world.told() == [[early]]
    world.pass_to(57)
    assert world.told() == [[early], [late]]
    assert world.counted() == 0


def test_last_digest_may_end_with_the_run_that_tells_it(world: DigestWorld) -> None:
    world.clock.now = world.midnight + 32 * HOUR - CHANGE_SECONDS - SETTLING_SECONDS
    event = world.happens()
    world.move("")
    world.pass_to(32)
    assert (world.told(), world.counted()) == ([[event]], 0)


@pytest.mark.parametrize("at", ["", "08:00"])
def test_who_has_no_last_digest_to_come_leaves_none(world: DigestWorld, at: str) -> None:
    world.move(at)
    if not at:
        world.pass_to(33)
    before = world.followers.get(ANN)
    world.followers.leave_digest(ANN)
    assert before
    assert world.followers.get(ANN) == before


def test_last_digest_is_not_left_before_it_has_come(world: DigestWorld) -> None:
    waits = world.happens()
    world.move("")
    world.followers.leave_digest(ANN)
    world.followers.leave_digest(an_id(3))
    assert world.followers.get(an_id(3)) is None
    world.pass_to(57)
    assert world.told() == [[waits]]


def test_who_ends_it_gets_no_last_digest(world: DigestWorld) -> None:
    world.happens()
    world.move("")
    assert world.followers.end(ANN, "unsubscribe")
    assert world.counted() == 0
    world.pass_to(57)
    assert world.told() == []


def test_last_digest_has_the_topics_of_now(world: DigestWorld) -> None:
    world.happens()
    world.move("")
    event = world.happens("news")
    world.move("", topics=("news",))
    world.pass_to(57)
    assert world.told() == [[event]]


@pytest.mark.parametrize("at", ["08:00", "20:00"])
def test_who_comes_back_before_the_last_digest_has_what_waits_in_the_next(
    world: DigestWorld, at: str
) -> None:
    waits = world.happens()
    world.move("")
    world.clock.now += 2 * AT_ONCE_SECONDS
    world.move(at)
    world.pass_to(60)
    assert world.told() == [[waits]]


def test_worker_that_dies_before_the_last_digest_ends_leaves_it_to_the_next_run(world: DigestWorld) -> None:
    waits = world.happens()
    world.move("")
    leave, world.followers.leave_digest = world.followers.leave_digest, lambda id: None  # type: ignore[method-assign]
    world.pass_to(33)
    assert world.counted() == 1
    world.followers.leave_digest = leave  # type: ignore[method-assign]
    world.pass_to(57)
    assert world.counted() == 0
    assert world.told() == [[waits]]
