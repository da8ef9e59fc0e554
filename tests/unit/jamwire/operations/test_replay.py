"""A replay sends each event once, to whom it was asked for, at the rate asked for, and can be gone on with."""

import datetime as dt
import json
from collections.abc import Callable, Sequence
from itertools import pairwise

import pytest

from jamwire.operations.archive import Archive
from jamwire.operations.errors import OperationError
from jamwire.operations.replay import (
    ALL,
    ReplayPlan,
    ReplayResult,
    Sender,
    check_rate,
    find_pending,
    new_name,
    run,
)
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import Event, timestamp
from lambdas.ingest.ingest import MAX_REPLAY_BYTES
from tests.fakes.account import DAY, KEPT, NOW, TOPIC, Account

LATELY = Selection(since=timestamp(NOW - DAY), until=timestamp(NOW))
Send = Callable[[Event, Sequence[DeployedSubscriber]], None]


def plan(to: str = ALL, *, failed: bool = False, selection: Selection = LATELY) -> ReplayPlan:
    return ReplayPlan(replay="r1", selection=selection, failed=failed, to=to)


def replay(
    account: Account,
    plan: ReplayPlan,
    *,
    rate: float = 10,
    on_progress: Callable[[EventSummary], None] = lambda summary: None,
    send: Send | None = None,
) -> ReplayResult:
    ledgers = account.ledgers("" if plan.to == ALL else plan.to)
    return run(
        plan,
        find_pending(plan, account.archive, ledgers),
        archive=account.archive,
        send=send or Sender(account.deployment),
        rate=rate,
        clock=account.clock,
        sleep=account.clock.sleep,
        on_progress=on_progress,
    )


@pytest.fixture
def five(account: Account) -> list[Event]:
    return [account.keep(f"e{n}", before=50 - n) for n in range(5)]


def test_replay_to_all_publishes_the_event_with_its_name(account: Account, five: list[Event]) -> None:
    replay(account, plan(selection=Selection(ids=("e0",))))
    [message] = account.sns.published
    assert message["TopicArn"] == TOPIC
    assert json.loads(message["Message"]) == json.loads(five[0].to_json()) | {"replay": "r1"}
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert attributes == {"type": "deploy.failed", "source": "/endpoints/site", "endpoint": "site"}


def test_replay_to_one_goes_to_its_queue_alone(account: Account, five: list[Event]) -> None:
    replay(account, plan("slack"))
    assert account.sent() == [("Slack", f"e{n}") for n in range(5)]
    assert {json.loads(body)["replay"] for _, body in account.sqs.sent} == {"r1"}


def test_replay_of_failures_goes_where_they_are_dead(account: Account, five: list[Event]) -> None:
    account.remember("Slack", five[0].key, "dead")
    account.remember("Slack", five[1].key, "delivered")
    account.remember("Slack", five[2].key, "dead")
    account.remember("Sms", five[2].key, "dead")
    account.remember("Sms", five[3].key, "waiting")
    assert replay(account, plan(failed=True)).sent == 2
    assert account.sent() == [("Slack", "e0"), ("Slack", "e2"), ("Sms", "e2")]
    [summary] = account.archive.find(Selection(ids=("e2",)))
    assert [note.to for note in account.archive.replays_of(summary)] == [("Slack", "Sms")]


def test_replay_of_failures_to_one_goes_to_it_alone(account: Account, five: list[Event]) -> None:
    for subscriber in ("Slack", "Sms"):
        account.remember(subscriber, five[0].key, "dead")
    replay(account, plan("sms", failed=True))
    assert account.sent() == [("Sms", "e0")]


@pytest.mark.parametrize(("rate", "seconds"), [(10, 0.4), (0.5, 8.0)])
def test_rate_limits_the_events_of_a_second(
    account: Account, five: list[Event], rate: float, seconds: float
) -> None:
    replay(account, plan(), rate=rate)
    assert account.clock.now - NOW == pytest.approx(seconds, abs=0.001)
    assert max(account.clock.waits) == pytest.approx(1 / rate, abs=0.001)


def test_rate_holds_after_a_standstill(account: Account, five: list[Event]) -> None:
    times: list[float] = []

    def slow(event: Event, to: Sequence[DeployedSubscriber]) -> None:
        times.append(account.clock.now)
        account.clock.now += 3 if len(times) == 1 else 0

    replay(account, plan(), rate=1, send=slow)
    assert [later - earlier for earlier, later in pairwise(times)] == [3, 1, 1, 1]


@pytest.mark.parametrize("last", range(1, 6))
def test_interrupted_replay_resumes_and_sends_each_once(
    account: Account, five: list[Event], last: int
) -> None:
    told: list[str] = []

    def interrupt(summary: EventSummary) -> None:
        told.append(summary.id)
        if len(told) == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay(account, plan(), on_progress=interrupt)
    assert len(account.sent()) == last
    assert replay(account, plan()).sent == 5 - last
    assert account.sent() == [("all", f"e{n}") for n in range(5)]


def test_unrecorded_event_is_sent_again_under_the_same_name(
    account: Account, five: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationError("The account cannot be reached")

    with monkeypatch.context() as patch:
        patch.setattr(Archive, "record_replay", away)
        with pytest.raises(OperationError):
            replay(account, plan("Slack"))
    replay(account, plan("Slack"))
    assert [id for _, id in account.sent()] == ["e0", "e0", "e1", "e2", "e3", "e4"]
    assert len({Event.from_json(body).key for _, body in account.sqs.sent}) == 5


def test_second_replay_sends_everything_again(account: Account, five: list[Event]) -> None:
    replay(account, plan())
    replay(account, ReplayPlan(replay="r2", selection=LATELY, failed=False, to=ALL))
    keys = [Event.from_json(message["Message"]).key for message in account.sns.published]
    assert len(set(keys)) == len(keys) == 10


def test_expired_event_is_reported_as_unsent(account: Account, five: list[Event]) -> None:
    work = find_pending(plan(), account.archive, account.ledgers())
    del account.dynamodb.tables["events"]["e3", "/endpoints/site"]
    clock = account.clock
    result = run(
        plan(),
        work,
        archive=account.archive,
        send=Sender(account.deployment),
        rate=10,
        clock=clock,
        sleep=clock.sleep,
        on_progress=lambda summary: None,
    )
    assert result.sent == 4
    assert {summary.id: why for summary, why in result.unsent.items()} == {"e3": "it has expired"}


def test_too_large_event_is_reported_and_the_others_go_on(account: Account) -> None:
    small = account.keep("small", before=10)
    room = 256 * 1024 - len(small.to_json()) - 3 * 6 - 51
    account.keep("small", before=10, body={"id": "small", "x": "x" * (room - 8)})
    account.keep("other", before=5)
    result = replay(account, plan())
    assert [summary.id for summary in result.unsent] == ["small"]
    assert account.sent() == [("all", "other")]


def test_ingest_leaves_room_for_the_name_of_a_replay() -> None:
    name = new_name(dt.datetime.fromtimestamp(NOW, dt.UTC), "a1b2c3")
    assert len(f',"replay":"{name}"') <= MAX_REPLAY_BYTES


def test_plan_is_read_as_it_was_saved(account: Account) -> None:
    for kept in (plan("Slack", failed=True), plan(selection=Selection(ids=("a", "b"), endpoint="site"))):
        account.archive.save_plan("r1", kept.to_document(), NOW)
        assert ReplayPlan.from_document(account.archive.load_plan("r1")) == kept
    assert account.dynamodb.tables["events"]["r1", "replay"]["ttl"] == {"N": str(int(NOW) + KEPT)}


def test_replay_record_outlives_the_event(account: Account) -> None:
    account.keep("e1", before=5)
    [summary] = account.archive.find(Selection(ids=("e1",)))
    account.archive.record_replay(summary, "r1", to=[], now=NOW + 0.7)
    assert [item["ttl"] for item in account.dynamodb.tables["events"].values() if "at" in item] == [
        {"N": str(int(NOW) + KEPT)}
    ]


@pytest.mark.parametrize("rate", [0, -1, 0.001, 1001, float("nan"), float("inf")])
def test_invalid_rate_is_refused_in_a_line(rate: float) -> None:
    with pytest.raises(OperationError, match=r"expected 0\.01 to 1000 events a second"):
        check_rate(rate)
