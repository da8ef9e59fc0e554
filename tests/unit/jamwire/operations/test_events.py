"""Events are listed with what failed, and shown with what became of them everywhere."""

import datetime as dt

import pytest

from jamwire.operations.archive import Selection
from jamwire.operations.deliveries import Fate
from jamwire.operations.deployment import OperationError
from jamwire.operations.events import history, list_events, listeners, selection_of_time
from lambdas.contracts.event import timestamp
from tests.unit.jamwire.operations.world import DAY, NOW, World

PRESENT = dt.datetime.fromtimestamp(NOW, dt.UTC)
LATELY = Selection(since=timestamp(NOW - DAY), until=timestamp(NOW))


def listed(world: World, *, failed: bool = False, at: str = "", limit: int = 100) -> dict[str, list[str]]:
    found = list_events(world.archive, world.ledgers(at), LATELY, failed=failed, at=at, limit=limit)
    return {f.summary.id: sorted(f"{name} {fate.state}" for name, fate in f.fates.items()) for f in found}


def fates(world: World, id: str) -> list[dict[str, Fate]]:
    [known] = history(world.deployment, world.archive, world.ledgers(), id, PRESENT)
    return [dict(told.fates) for told in known.told]


def test_the_newest_are_listed_the_newest_last(world: World) -> None:
    for n in range(5):
        world.keep(f"e{n}", before=50 - n)
    assert list(listed(world, limit=3)) == ["e2", "e3", "e4"]


def test_only_what_failed_is_listed_with_where(world: World) -> None:
    for n in range(250):  # more than are looked at together
        event = world.keep(f"e{n}", before=500 - n)
        world.remember("Slack", event.key, "dead" if n % 50 == 0 else "delivered", reason="no_service")
        world.remember("Sms", event.key, "dead" if n == 100 else "waiting")
    assert listed(world, failed=True) == {
        "e0": ["Slack dead"],
        "e50": ["Slack dead"],
        "e100": ["Slack dead", "Sms dead"],
        "e150": ["Slack dead"],
        "e200": ["Slack dead"],
    }
    assert listed(world, failed=True, at="sms") == {"e100": ["Sms dead"]}
    assert list(listed(world, failed=True, limit=2)) == ["e150", "e200"]


def test_what_one_subscriber_has_heard_of_is_listed_with_its_end(world: World) -> None:
    world.remember("Slack", world.keep("told").key, "delivered")
    world.keep("untold")
    assert listed(world, at="slack") == {"told": ["Slack delivered"]}


@pytest.mark.parametrize(
    ("state", "is_failed"), [("delivered", False), ("waiting", False), ("claimed", False), ("dead", True)]
)
def test_what_a_replay_has_made_good_has_not_failed(world: World, state: str, is_failed: bool) -> None:
    event = world.keep("one")
    world.remember("Slack", event.key, "dead")
    [summary] = world.archive.find(LATELY)
    world.archive.note(summary, "r1", to=["Slack"], now=NOW)
    assert listed(world, failed=True) == {}  # it is on its way: in the queue
    world.remember("Slack", f"{event.key}#r1", state)
    assert bool(listed(world, failed=True)) is is_failed


def test_a_replay_for_all_that_did_not_reach_it_makes_nothing_good(world: World) -> None:
    world.remember("Slack", world.keep("one").key, "dead")
    [summary] = world.archive.find(LATELY)
    world.archive.note(summary, "r1", to=[], now=NOW)
    world.archive.note(summary, "r2", to=["Sms"], now=NOW)
    assert listed(world, failed=True) == {"one": ["Slack dead"]}


def test_every_state_is_told_with_its_time_and_reason(world: World) -> None:
    event = world.keep("one")
    at = timestamp(NOW - 30)

    def ms(seconds: float) -> int:
        return int(seconds * 1000)

    def fate(state: str, **facts: object) -> Fate:
        world.remember("Slack", event.key, state, **facts)
        return fates(world, "one")[0]["Slack"]

    assert fate("delivered", final_attempts=2, remembered_until=ms(NOW + DAY)) == Fate("delivered", at, 2)
    next_try = timestamp(NOW + 240.5)
    assert fate("waiting", attempts=2, not_before=ms(NOW + 240.5), reason="Slack answered 500") == Fate(
        "waiting", at, 2, next_try, "Slack answered 500"
    )
    assert fate("claimed", attempts=1, expires_at=ms(NOW + 20)) == Fate("being delivered", at, 1)
    assert fate("claimed", attempts=1, expires_at=ms(NOW - 20)) == Fate("interrupted", at, 1)
    assert fate("dead", final_attempts=7, reason="no_service") == Fate("dead", at, 7, "", "no_service")


def test_of_what_is_not_known_it_is_told_why(world: World) -> None:
    world.keep("started", type="deploy.started")
    [known] = fates(world, "started")
    assert known["Sms"] == Fate("not told", reason="its rule does not match")
    assert known["Slack"].state == "unknown"
    assert "none waits in its queue" in known["Slack"].reason
    world.sqs.waiting = 12
    assert "one of the 12 that wait in its queue" in fates(world, "started")[0]["Slack"].reason


def test_what_is_older_than_any_memory_is_told_to_be(world: World) -> None:
    world.keep("old", before=32 * DAY)
    assert fates(world, "old")[0]["Slack"].reason == "subscribers remember for 31 days"


def test_replays_are_told_of_like_the_event_itself(world: World) -> None:
    event = world.keep("one", type="deploy.started")
    world.remember("Slack", event.key, "dead", reason="no_service")
    [summary] = world.archive.find(LATELY)
    world.archive.note(summary, "r1", to=["Slack"], now=NOW - 20)
    world.archive.note(summary, "r2", to=[], now=NOW - 10)
    world.remember("Slack", f"{event.key}#r1", "delivered", final_attempts=1)
    itself, first, second = fates(world, "one")
    assert itself["Slack"].state == "dead"
    assert {name: fate.state for name, fate in first.items()} == {"Slack": "delivered"}
    assert {name: fate.state for name, fate in second.items()} == {"Slack": "unknown", "Sms": "not told"}


def test_one_id_at_two_endpoints_is_two_histories(world: World) -> None:
    world.keep("same", endpoint="site")
    world.keep("same", endpoint="shop")
    found = history(world.deployment, world.archive, world.ledgers(), "same", PRESENT)
    assert sorted(known.event.endpoint for known in found) == ["shop", "site"]


def test_the_archive_is_no_subscriber_to_ask_or_to_replay_to(world: World) -> None:
    assert [subscriber.name for subscriber in listeners(world.deployment)] == ["Slack", "Sms"]
    with pytest.raises(OperationError, match="no subscriber 'archive'; there are: Slack, Sms"):
        listeners(world.deployment, "archive")


def moment(hours: float) -> dt.datetime:
    return PRESENT + dt.timedelta(hours=hours)


def test_a_time_ends_now_at_the_latest() -> None:
    assert selection_of_time(moment(-1), None, PRESENT).until == timestamp(NOW)
    assert selection_of_time(moment(-1), moment(1), PRESENT).until == timestamp(NOW)


@pytest.mark.parametrize(
    ("since", "until", "says"), [(1, None, "a time that has come"), (-1, -2, "expected a time after --since")]
)
def test_a_time_that_is_none_is_refused_in_a_line(since: float, until: float | None, says: str) -> None:
    with pytest.raises(OperationError, match=says):
        selection_of_time(moment(since), moment(until) if until else None, PRESENT)
