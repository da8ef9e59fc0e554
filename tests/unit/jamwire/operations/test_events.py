"""Events are listed with what failed, and shown with what became of them everywhere."""

import datetime as dt

import pytest

from jamwire.operations.archive import Selection
from jamwire.operations.deliveries import DeliveryStatus
from jamwire.operations.errors import OperationError
from jamwire.operations.events import history, list_events, selection_of_time, subscribers_beside_archive
from lambdas.contracts.event import timestamp
from tests.fakes.account import DAY, NOW, Account

PRESENT = dt.datetime.fromtimestamp(NOW, dt.UTC)
LATELY = Selection(since=timestamp(NOW - DAY), until=timestamp(NOW))


def listed(account: Account, *, failed: bool = False, at: str = "", limit: int = 100) -> dict[str, list[str]]:
    found = list_events(account.archive, account.ledgers(at), LATELY, failed=failed, at=at, limit=limit)
    return {
        f.summary.id: sorted(f"{name} {status.state}" for name, status in f.statuses.items()) for f in found
    }


def statuses(account: Account, id: str) -> list[dict[str, DeliveryStatus]]:
    [known] = history(account.deployment, account.archive, account.ledgers(), id, PRESENT)
    return [dict(told.statuses) for told in known.deliveries]


def test_the_newest_are_listed_the_newest_last(account: Account) -> None:
    for n in range(5):
        account.keep(f"e{n}", before=50 - n)
    assert list(listed(account, limit=3)) == ["e2", "e3", "e4"]


def test_only_what_failed_is_listed_with_where(account: Account) -> None:
    for n in range(250):  # more than are looked at together
        event = account.keep(f"e{n}", before=500 - n)
        account.remember("Slack", event.key, "dead" if n % 50 == 0 else "delivered", reason="no_service")
        account.remember("Sms", event.key, "dead" if n == 100 else "waiting")
    assert listed(account, failed=True) == {
        "e0": ["Slack dead"],
        "e50": ["Slack dead"],
        "e100": ["Slack dead", "Sms dead"],
        "e150": ["Slack dead"],
        "e200": ["Slack dead"],
    }
    assert listed(account, failed=True, at="sms") == {"e100": ["Sms dead"]}
    assert list(listed(account, failed=True, limit=2)) == ["e150", "e200"]


def test_what_one_subscriber_has_heard_of_is_listed_with_its_end(account: Account) -> None:
    account.remember("Slack", account.keep("heard").key, "delivered")
    account.keep("unheard")
    assert listed(account, at="slack") == {"heard": ["Slack delivered"]}


@pytest.mark.parametrize(
    ("state", "is_failed"), [("delivered", False), ("waiting", False), ("claimed", False), ("dead", True)]
)
def test_what_a_replay_has_made_good_has_not_failed(account: Account, state: str, is_failed: bool) -> None:
    event = account.keep("one")
    account.remember("Slack", event.key, "dead")
    [summary] = account.archive.find(LATELY)
    account.archive.record_replay(summary, "r1", to=["Slack"], now=NOW)
    assert listed(account, failed=True) == {}  # it is on its way: in the queue
    account.remember("Slack", f"{event.key}#r1", state)
    assert bool(listed(account, failed=True)) is is_failed


def test_a_replay_for_all_that_did_not_reach_it_makes_nothing_good(account: Account) -> None:
    account.remember("Slack", account.keep("one").key, "dead")
    [summary] = account.archive.find(LATELY)
    account.archive.record_replay(summary, "r1", to=[], now=NOW)
    account.archive.record_replay(summary, "r2", to=["Sms"], now=NOW)
    assert listed(account, failed=True) == {"one": ["Slack dead"]}


def test_every_state_is_told_with_its_time_and_reason(account: Account) -> None:
    event = account.keep("one")
    at = timestamp(NOW - 30)

    def status(state: str, **facts: object) -> DeliveryStatus:
        account.remember("Slack", event.key, state, **facts)
        return statuses(account, "one")[0]["Slack"]

    assert status("delivered", tried=2, until=int(NOW) + DAY) == DeliveryStatus("delivered", at, 2)
    next_try = timestamp(NOW + 240.5)
    assert status("waiting", attempts=2, until=NOW + 240.5, reason="Slack answered 500") == DeliveryStatus(
        "waiting", at, 2, next_try, "Slack answered 500"
    )
    assert status("claimed", attempts=1, until=int(NOW) + 20) == DeliveryStatus("being delivered", at, 1)
    assert status("claimed", attempts=1, until=int(NOW) - 20) == DeliveryStatus("interrupted", at, 1)
    assert status("dead", tried=7, reason="no_service") == DeliveryStatus("dead", at, 7, "", "no_service")


def test_of_what_is_not_known_it_is_told_why(account: Account) -> None:
    account.keep("started", type="deploy.started")
    [known] = statuses(account, "started")
    assert known["Sms"] == DeliveryStatus("not told", reason="its rule does not match")
    assert known["Slack"].state == "unknown"
    assert "none waits in its queue" in known["Slack"].reason
    account.sqs.waiting = 12
    assert "one of the 12 that wait in its queue" in statuses(account, "started")[0]["Slack"].reason


def test_what_is_older_than_any_memory_is_told_to_be(account: Account) -> None:
    account.keep("old", before=32 * DAY)
    assert statuses(account, "old")[0]["Slack"].reason == "subscribers remember for 31 days"


def test_replays_are_told_of_like_the_event_itself(account: Account) -> None:
    event = account.keep("one", type="deploy.started")
    account.remember("Slack", event.key, "dead", reason="no_service")
    [summary] = account.archive.find(LATELY)
    account.archive.record_replay(summary, "r1", to=["Slack"], now=NOW - 20)
    account.archive.record_replay(summary, "r2", to=[], now=NOW - 10)
    account.remember("Slack", f"{event.key}#r1", "delivered", tried=1)
    itself, first, second = statuses(account, "one")
    assert itself["Slack"].state == "dead"
    assert {name: status.state for name, status in first.items()} == {"Slack": "delivered"}
    assert {name: status.state for name, status in second.items()} == {"Slack": "unknown", "Sms": "not told"}


def test_one_id_at_two_endpoints_is_two_histories(account: Account) -> None:
    account.keep("same", endpoint="site")
    account.keep("same", endpoint="shop")
    found = history(account.deployment, account.archive, account.ledgers(), "same", PRESENT)
    assert sorted(known.event.endpoint for known in found) == ["shop", "site"]


def test_the_archive_is_no_subscriber_to_ask_or_to_replay_to(account: Account) -> None:
    assert [subscriber.name for subscriber in subscribers_beside_archive(account.deployment)] == [
        "Slack",
        "Sms",
    ]
    with pytest.raises(OperationError, match="no subscriber 'archive'; there are: Slack, Sms"):
        subscribers_beside_archive(account.deployment, "archive")


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
