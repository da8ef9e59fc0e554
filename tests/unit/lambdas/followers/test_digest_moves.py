"""A follower's digests tell it of each news once, whenever it moves them and whatever is under way meanwhile."""

from functools import partial

import pytest

from lambdas.contracts.event import timestamp
from lambdas.followers.digest_runs import DigestRuns
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.plan import Plan
from lambdas.followers.store import Followers
from lambdas.followers.transitions import AT_ONCE_SECONDS, CHANGE_SECONDS
from tests.unit.lambdas.followers.fan_outs import START, TABLE, Audience, an_event, an_id

DAY, HOUR = 86_400.0, 3600.0
ANN, BOB = an_id(1), an_id(2)


class World:
    """An audience whose time starts at midnight in UTC, the day before that of `START`."""

    def __init__(self) -> None:
        self.audience = Audience(
            "email", give_up_after=12 * HOUR, leave_digest=lambda id: self.followers.leave_digest(id)
        )
        self.midnight = START - 8 * HOUR - DAY
        self.clock = self.audience.clock
        self.clock.now = self.midnight
        table = self.audience.table
        self.followers = Followers(
            table,  # type: ignore[arg-type]
            TABLE,
            clock=lambda: self.clock.now,
            sleep=lambda seconds: None,
        )
        self.runs = DigestRuns(table, TABLE, self.audience.jobs, lambda: self.clock.now)  # type: ignore[arg-type]
        self.events = 0

    def follow(self, id: str = ANN, at: str = "08:00") -> None:
        consent = Consent(wording="", asked_at="", confirmed_at=timestamp(START), how="import")
        self.followers.follow(
            Follower(
                id=id,
                channel="email",
                state="following",
                address=b"sealed",
                topics=("line-12",),
                at=at,
                consent=consent,
            )
        )

    def move(self, at: str, id: str = ANN, zone: str = "", topics: tuple[str, ...] = ("line-12",)) -> None:
        assert self.followers.set_preferences(id, topics, zone, at)

    def happens(self, subject: str = "line-12") -> str:
        self.events += 1
        told = self.audience.planner.told_of(
            an_event(subject, id=f"e{self.events}", source=f"/endpoints/{self.events}", time=self.clock.now)
        )
        assert told
        self.audience.planner.send(self.audience.planner.plan(told))
        return told.event_id

    def pass_to(self, hours: float) -> None:
        """Time passes up to so many hours after the first midnight; what is due is started each half an hour."""
        until = self.midnight + hours * HOUR
        while self.clock.now < until:
            self.clock.now = min(self.clock.now + HOUR / 2, until)
            self.runs.start()
            self.audience.work_off()

    def told(self, id: str = ANN) -> list[list[str]]:
        """The events of each digest that a follower has got."""
        digests = self.audience.channel.digests
        return [[told.event_id for told in one.news] for one in digests if one.recipient.id == id]

    def counted(self, at: str = "08:00") -> int:
        return int(self.audience.table.items["digests", f"UTC#{at}"]["followers"]["N"])

    def place(self, at: str = "08:00", id: str = ANN) -> dict[str, object]:
        return self.audience.table.items[f"digest#UTC#{at}", id]


@pytest.fixture
def world() -> World:
    """Ann's digest comes at 08:00 and Bob's at 20:00, from the second day on."""
    world = World()
    world.follow()
    world.follow(BOB, "20:00")
    world.pass_to(24)
    return world


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
def test_follower_who_moves_reads_each_news_once(world: World, id: str, moves: dict[float, str]) -> None:
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


def test_follower_who_changes_the_zone_reads_each_news_once(world: World) -> None:
    world.pass_to(30)
    event = world.happens()
    world.move("08:00", zone="America/New_York")
    world.pass_to(72)
    assert world.told() == [[event]]


def test_follower_who_moves_before_the_run_reaches_it_is_told_by_the_next(world: World) -> None:
    event = world.happens()
    world.pass_to(31)
    world.clock.now += HOUR
    assert world.runs.start() == 1
    world.move("20:00")
    world.audience.work_off()
    assert world.told() == []
    world.pass_to(48)
    assert world.told() == [[event]]


def test_follower_who_moves_after_the_run_reached_it_is_not_told_again(world: World) -> None:
    event = world.happens()
    world.pass_to(32)
    world.move("20:00")
    world.pass_to(72)
    assert world.told() == [[event]]


def test_follower_who_moves_while_it_is_told_is_counted(world: World) -> None:
    event = world.happens()
    world.audience.channel.before_answer = partial(world.move, "20:00")
    world.pass_to(48)
    assert world.told() == [[event], [event]]
    assert sum(counts.get("uncertain", 0) for _, counts in world.audience.reports) == 1


def test_change_that_meets_the_record_of_a_digest_keeps_it(world: World) -> None:
    event = world.happens()
    world.clock.now += 8 * HOUR
    world.runs.start()
    world.audience.table.before_write = world.audience.work_off
    world.move("20:00")
    assert world.told() == [[event]]
    world.pass_to(72)
    assert world.told() == [[event]]


def test_digest_that_never_came_is_made_up_by_the_next(world: World) -> None:
    lost = world.happens()
    world.clock.now += 8 * HOUR
    world.runs.start()
    world.clock.now += 13 * HOUR
    world.audience.work_off()
    event = world.happens()
    world.pass_to(60)
    assert world.told() == [[lost, event]]


def test_first_digest_begins_when_one_follows(world: World) -> None:
    world.happens()
    world.pass_to(28)
    world.follow(an_id(3))
    event = world.happens()
    world.pass_to(36)
    assert world.told(an_id(3)) == [[event]]


def test_first_digest_has_what_may_not_have_been_told_at_once(world: World) -> None:
    world.follow(an_id(3), "")
    world.happens()
    world.clock.now += AT_ONCE_SECONDS
    events = [world.happens()]
    world.clock.now += AT_ONCE_SECONDS - 1
    world.move("08:00", an_id(3))
    events.append(world.happens())
    world.pass_to(36)
    assert world.told(an_id(3)) == [events]


def test_what_waits_comes_once_more_to_one_who_moves_to_at_once(world: World) -> None:
    waits = world.happens()
    world.pass_to(28)
    world.move("")
    world.clock.now += CHANGE_SECONDS
    world.happens()
    world.pass_to(80)
    assert world.told() == [[waits]]
    assert world.audience.channel.told == [ANN]


def test_last_digest_is_the_last(world: World) -> None:
    world.pass_to(28)
    world.move("")
    assert world.counted() == 1
    world.pass_to(33)
    assert world.counted() == 0
    assert [key for key in world.audience.table.items if key[0].startswith("digest#UTC#08")] == []
    found = world.followers.get(ANN)
    assert found
    assert (found.last, found.digest) == ("", "")


def test_last_digest_waits_for_the_run_that_has_all_of_it(world: World) -> None:
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


def test_who_ends_it_gets_no_last_digest(world: World) -> None:
    world.happens()
    world.move("")
    assert world.followers.end(ANN, "unsubscribe")
    assert world.counted() == 0
    world.pass_to(57)
    assert world.told() == []


def test_last_digest_has_the_topics_of_now(world: World) -> None:
    world.happens()
    world.move("")
    event = world.happens("news")
    world.move("", topics=("news",))
    world.pass_to(57)
    assert world.told() == [[event]]


@pytest.mark.parametrize("at", ["08:00", "20:00"])
def test_who_comes_back_before_the_last_digest_has_what_waits_in_the_next(world: World, at: str) -> None:
    waits = world.happens()
    world.move("")
    world.clock.now += 2 * AT_ONCE_SECONDS
    world.move(at)
    world.pass_to(60)
    assert world.told() == [[waits]]


def test_worker_that_dies_before_the_last_digest_ends_leaves_it_to_the_next_run(world: World) -> None:
    waits = world.happens()
    world.move("")
    leave, world.followers.leave_digest = world.followers.leave_digest, lambda id: None  # type: ignore[method-assign]
    world.pass_to(33)
    assert world.counted() == 1
    world.followers.leave_digest = leave  # type: ignore[method-assign]
    world.pass_to(57)
    assert world.counted() == 0
    assert world.told() == [[waits]]


def test_other_topics_leave_what_was_told(world: World) -> None:
    told = world.happens()
    world.pass_to(33)
    world.move("08:00", topics=("line-12", "news"))
    event = world.happens("news")
    world.pass_to(60)
    assert world.told() == [[told], [event]]


def test_place_of_an_older_deployment_has_what_the_run_has(world: World) -> None:
    del world.place()["told_until"]
    first = world.happens()
    world.pass_to(33)
    assert world.told() == [[first]]
    assert "told_until" in world.place()
    world.move("20:00")
    event = world.happens()
    world.pass_to(48)
    assert world.told() == [[first], [event]]


def test_place_of_an_older_deployment_can_be_left(world: World) -> None:
    del world.place()["told_until"]
    assert world.followers.end(ANN, "unsubscribe")
    assert ("digest#UTC#08:00", ANN) not in world.audience.table.items


def test_late_rest_does_not_set_back_what_was_told(world: World) -> None:
    world.happens()
    world.pass_to(33)
    was = dict(world.place())
    late = Plan(name="UTC#08:00#2027-01-13", at=world.clock.now, followers={"email": 1}, until=world.midnight)
    world.audience.plans.write(late)
    world.audience.jobs.put(late.jobs(), world.clock.now)
    world.audience.work_off()
    assert world.place() == was


def test_news_are_read_once_for_all_who_were_told_until_another_time(world: World) -> None:
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
