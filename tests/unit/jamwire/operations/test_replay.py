"""A replay sends each event once, to whom it was asked for, at the rate asked for, and can be gone on with."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from jamwire.operations.archive import Archive, Selection, Summary
from jamwire.operations.deployment import OperationError
from jamwire.operations.replay import ALL, Plan, Result, Sender, check_rate, new_name, run, todo
from jamwire.operations.subscribers import Subscriber
from lambdas.contracts.event import Event, timestamp
from lambdas.ingest.ingest import MAX_REPLAY_BYTES
from tests.unit.jamwire.operations.world import DAY, KEPT, NOW, TOPIC, World

LATELY = Selection(since=timestamp(NOW - DAY), until=timestamp(NOW))
Send = Callable[[Event, Sequence[Subscriber]], None]


def plan(to: str = ALL, *, failed: bool = False, selection: Selection = LATELY) -> Plan:
    return Plan(replay="r1", selection=selection, failed=failed, to=to)


def replay(
    world: World,
    plan: Plan,
    *,
    rate: float = 10,
    told: Callable[[Summary], None] = lambda summary: None,
    send: Send | None = None,
) -> Result:
    ledgers = world.ledgers("" if plan.to == ALL else plan.to)
    return run(
        plan,
        todo(plan, world.archive, ledgers),
        archive=world.archive,
        send=send or Sender(world.deployment),
        rate=rate,
        clock=world.clock,
        sleep=world.clock.sleep,
        told=told,
    )


@pytest.fixture
def five(world: World) -> list[Event]:
    return [world.keep(f"e{n}", before=50 - n) for n in range(5)]


def test_for_all_an_event_is_published_as_it_was_but_marked(world: World, five: list[Event]) -> None:
    replay(world, plan(selection=Selection(ids=("e0",))))
    [message] = world.sns.published
    assert message["TopicArn"] == TOPIC
    assert json.loads(message["Message"]) == json.loads(five[0].to_json()) | {"replay": "r1"}
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes == {"type": "deploy.failed", "source": "/endpoints/site", "endpoint": "site"}


def test_for_one_it_goes_to_that_queue_alone(world: World, five: list[Event]) -> None:
    replay(world, plan("slack"))
    assert world.sent() == [("Slack", f"e{n}") for n in range(5)]
    assert {json.loads(body)["replay"] for _, body in world.sqs.sent} == {"r1"}


def test_what_failed_goes_only_to_those_at_which_it_did(world: World, five: list[Event]) -> None:
    world.remember("Slack", five[0].key, "dead")
    world.remember("Slack", five[1].key, "delivered")
    world.remember("Slack", five[2].key, "dead")
    world.remember("Sms", five[2].key, "dead")
    world.remember("Sms", five[3].key, "waiting")
    assert replay(world, plan(failed=True)).sent == 2
    assert world.sent() == [("Slack", "e0"), ("Slack", "e2"), ("Sms", "e2")]
    [summary] = world.archive.find(Selection(ids=("e2",)))
    assert [note.to for note in world.archive.replays_of(summary)] == [("Slack", "Sms")]


def test_what_failed_at_one_goes_to_that_one_alone(world: World, five: list[Event]) -> None:
    for subscriber in ("Slack", "Sms"):
        world.remember(subscriber, five[0].key, "dead")
    replay(world, plan("sms", failed=True))
    assert world.sent() == [("Sms", "e0")]


@pytest.mark.parametrize(("rate", "seconds"), [(10, 0.4), (0.5, 8.0)])
def test_no_more_are_sent_in_a_second_than_asked_for(
    world: World, five: list[Event], rate: float, seconds: float
) -> None:
    replay(world, plan(), rate=rate)
    assert world.clock.now - NOW == pytest.approx(seconds, abs=0.001)
    assert max(world.clock.waits) == pytest.approx(1 / rate, abs=0.001)


def test_after_a_standstill_nothing_is_caught_up_in_a_rush(world: World, five: list[Event]) -> None:
    times: list[float] = []

    def slow(event: Event, to: Sequence[Subscriber]) -> None:
        times.append(world.clock.now)
        world.clock.now += 3 if len(times) == 1 else 0

    replay(world, plan(), rate=1, send=slow)
    assert [later - earlier for earlier, later in pairwise(times)] == [3, 1, 1, 1]


@pytest.mark.parametrize("last", range(1, 6))
def test_interrupted_it_goes_on_where_it_was_and_sends_each_once(
    world: World, five: list[Event], last: int
) -> None:
    told: list[str] = []

    def interrupt(summary: Summary) -> None:
        told.append(summary.id)
        if len(told) == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(world, plan(), told=interrupt)
    assert len(world.sent()) == last
    assert replay(world, plan()).sent == 5 - last
    assert world.sent() == [("all", f"e{n}") for n in range(5)]


def test_what_was_sent_but_not_noted_is_sent_again_under_the_same_name(
    world: World, five: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationError("The account cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "note", away)
        with pytest.raises(OperationError):
            replay(world, plan("Slack"))
    replay(world, plan("Slack"))
    assert [id for _, id in world.sent()] == ["e0", "e0", "e1", "e2", "e3", "e4"]
    assert len({Event.from_json(body).key for _, body in world.sqs.sent}) == 5


def test_another_replay_sends_all_of_it_again(world: World, five: list[Event]) -> None:
    replay(world, plan())
    replay(world, Plan(replay="r2", selection=LATELY, failed=False, to=ALL))
    keys = [Event.from_json(message["Message"]).key for message in world.sns.published]
    assert len(set(keys)) == len(keys) == 10


def test_what_has_expired_in_the_meantime_is_told_of(world: World, five: list[Event]) -> None:
    work = todo(plan(), world.archive, world.ledgers())
    del world.dynamodb.tables["events"]["e3", "/endpoints/site"]
    clock = world.clock
    result = run(
        plan(),
        work,
        archive=world.archive,
        send=Sender(world.deployment),
        rate=10,
        clock=clock,
        sleep=clock.sleep,
        told=lambda summary: None,
    )
    assert result.sent == 4
    assert {summary.id: why for summary, why in result.unsent.items()} == {"e3": "it has expired"}


def test_what_the_mark_makes_too_large_is_told_of_and_the_others_go_on(world: World) -> None:
    small = world.keep("small", before=10)
    item = world.dynamodb.tables["events"]["small", "/endpoints/site"]
    room = 256 * 1024 - len(small.to_json()) - 3 * 6 - 51
    text = json.loads(small.to_json())
    text["data"]["payload"] = {"id": "small", "x": "x" * (room - 8)}
    item["event"] = {"S": json.dumps(text, separators=(",", ":"))}
    world.keep("other", before=5)
    result = replay(world, plan())
    assert [summary.id for summary in result.unsent] == ["small"]
    assert world.sent() == [("all", "other")]


def test_ingest_leaves_room_for_the_mark() -> None:
    name = new_name(dt.datetime.fromtimestamp(NOW, dt.UTC))
    assert len(f',"replay":"{name}"') <= MAX_REPLAY_BYTES


def test_a_plan_is_kept_and_read_as_it_was(world: World) -> None:
    for kept in (plan("Slack", failed=True), plan(selection=Selection(ids=("a", "b"), endpoint="site"))):
        world.archive.save("r1", kept.to_document(), NOW)
        assert Plan.from_document(world.archive.load("r1")) == kept
    assert world.dynamodb.tables["events"]["r1", "replay"]["ttl"] == {"N": str(int(NOW) + KEPT)}


def test_a_note_of_a_replay_outlives_the_event(world: World) -> None:
    world.keep("e1", before=5)
    [summary] = world.archive.find(Selection(ids=("e1",)))
    world.archive.note(summary, "r1", to=[], now=NOW + 0.7)
    assert [item["ttl"] for item in world.dynamodb.tables["events"].values() if "at" in item] == [
        {"N": str(int(NOW) + KEPT)}
    ]


@pytest.mark.parametrize("rate", [0, -1, 0.001, 1001, float("nan"), float("inf")])
def test_a_rate_that_is_none_is_refused_in_a_line(rate: float) -> None:
    with pytest.raises(OperationError, match=r"expected 0\.01 to 1000 events a second"):
        check_rate(rate)
