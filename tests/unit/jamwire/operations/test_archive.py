"""Events are found by id, time, type and endpoint, by whichever index holds least beside them."""

import dataclasses

import pytest

from jamwire.operations.archive import Archive, Selection
from jamwire.operations.errors import OperationError
from lambdas.contracts.event import timestamp
from tests.unit.jamwire.operations.world import DAY, NOW, World, ids


def lately(days: float = 1, **choice: str) -> Selection:
    return Selection(since=timestamp(NOW - days * DAY), until=timestamp(NOW), **choice)


def test_a_time_is_read_day_by_day_in_order_and_over_all_pages(world: World) -> None:
    for n in range(5):
        world.keep(f"e{n}", before=(5 - n) * DAY / 2)
    world.dynamodb.page = 1
    assert ids(world.archive.find(lately(3))) == ["e0", "e1", "e2", "e3", "e4"]
    assert ids(world.archive.find(lately(3), newest_first=True)) == ["e4", "e3", "e2", "e1", "e0"]
    assert {query["IndexName"] for query in world.dynamodb.queries} == {"ByDay"}


def test_what_is_outside_the_time_is_not_found(world: World) -> None:
    world.keep("before", before=2 * DAY)
    world.keep("after", before=-1)
    world.keep("within", before=DAY)
    assert ids(world.archive.find(lately(1))) == ["within"]


@pytest.mark.parametrize(
    ("choice", "index", "found"),
    [
        ({"type": "deploy.failed"}, "ByType", ["site-failed", "shop-failed"]),
        ({"type": "deploy.failed", "endpoint": "shop"}, "ByType", ["shop-failed"]),
        ({"endpoint": "site"}, "ByEndpoint", ["site-failed", "site-started"]),
        ({"endpoint": "site", "type": "deploy.*"}, "ByEndpoint", ["site-failed", "site-started"]),
        ({"type": "deploy.*"}, "ByDay", ["site-failed", "site-started", "shop-failed"]),
        ({"type": "deploy.nothing"}, "ByType", []),
        ({"type": "deploys.*"}, "ByDay", []),
    ],
)
def test_the_index_that_holds_least_is_read(
    world: World, choice: dict[str, str], index: str, found: list[str]
) -> None:
    world.keep("site-failed", before=50)
    world.keep("site-started", type="deploy.started", before=40)
    world.keep("shop-failed", endpoint="shop", before=30)
    world.keep("order", endpoint="shop", type="order.created", before=20)
    assert ids(world.archive.find(lately(0.01, **choice))) == found
    assert {query["IndexName"] for query in world.dynamodb.queries} == {index}


def test_several_endpoints_may_have_accepted_the_same_id(world: World) -> None:
    world.keep("same", endpoint="site", before=20)
    world.keep("same", endpoint="shop", before=10)
    both = list(world.archive.find(Selection(ids=("same", "same"))))
    assert [summary.endpoint for summary in both] == ["site", "shop"]
    assert ids(world.archive.find(Selection(ids=("same",), endpoint="shop"))) == ["same"]
    assert [event.source for event in world.archive.read(both).values()] == [s.source for s in both]


def test_an_event_is_known_to_subscribers_by_the_same_key(world: World) -> None:
    event = world.keep("one")
    [summary] = world.archive.find(Selection(ids=("one",)))
    assert summary.key() == event.key
    assert summary.key("r1") == dataclasses.replace(event, replay="r1").key


def test_an_unknown_id_is_said_in_a_line(world: World) -> None:
    with pytest.raises(
        OperationError, match="no event 'nothing' in the archive, which keeps them for 30 days"
    ):
        list(world.archive.find(Selection(ids=("nothing",))))


def test_a_note_of_a_replay_is_no_event(world: World) -> None:
    world.keep("one")
    [summary] = world.archive.find(Selection(ids=("one",)))
    world.archive.record_replay(summary, "r1", to=["Sms", "Slack"], now=NOW)
    world.archive.record_replay(summary, "r2", to=[], now=NOW + 1)
    assert list(world.archive.find(Selection(ids=("one",)))) == [summary]
    assert ids(world.archive.find(lately())) == ["one"]
    assert [(note.replay, note.to) for note in world.archive.replays_of(summary)] == [
        ("r1", ("Slack", "Sms")),
        ("r2", ()),
    ]
    assert world.archive.replayed([summary], "r1") == {summary}
    assert world.archive.replayed([summary], "r3") == set()


def test_without_an_archive_it_is_said_how_to_get_one() -> None:
    world = World(archived=False)
    with pytest.raises(OperationError, match=r'ArchiveStack\(app, "Archive", hub=hub\)'):
        Archive.of(world.deployment, world.clock.sleep)


def test_an_unknown_replay_is_said_in_a_line(world: World) -> None:
    with pytest.raises(OperationError, match="no replay 'r9'"):
        world.archive.load_plan("r9")


def test_unprocessed_keys_are_asked_for_again_after_a_wait(world: World) -> None:
    for n in range(230):
        world.keep(f"e{n}", before=n + 1)
    world.dynamodb.answered = 60
    summaries = list(world.archive.find(lately()))
    assert len(world.archive.read(summaries)) == 230
    assert world.dynamodb.gets == [100, 40, 100, 40, 30]
    assert world.clock.waits == [0.1, 0.1]


def test_busy_dynamodb_is_given_up_after_growing_waits(world: World) -> None:
    world.keep("one")
    world.dynamodb.answered = 0
    with pytest.raises(OperationError, match="busy"):
        world.archive.read(list(world.archive.find(lately())))
    assert world.clock.waits == sorted(world.clock.waits)
    assert 5 < sum(world.clock.waits) < 60
