"""Events are listed with what failed, and shown with what became of them everywhere."""

import datetime as dt

import pytest

from jamwire.operations.deliveries import DeliveryStatus
from jamwire.operations.dynamodb import to_item
from jamwire.operations.errors import OperationError
from jamwire.operations.events import history, list_events, selection_of_time, subscribers_beside_archive
from jamwire.operations.selection import Selection
from lambdas.contracts.event import timestamp
from lambdas.contracts.rate_limit import RATE_LIMIT_ID, PermitItem
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


def test_events_are_listed_the_newest_last(account: Account) -> None:
    for n in range(5):
        account.keep(f"e{n}", before=50 - n)
    assert list(listed(account, limit=3)) == ["e2", "e3", "e4"]


def test_failed_events_are_listed_with_their_subscribers(account: Account) -> None:
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


def test_failed_events_are_found_without_reading_the_others(account: Account) -> None:
    for n in range(300):
        account.remember("Slack", account.keep(f"e{n}", before=500 - n).key, "delivered")
    account.remember("Slack", account.keep("dead", before=20).key, "dead")
    account.remember("Slack", account.keep("dead-before", before=2 * DAY).key, "dead")
    account.remember("Slack", f"{account.keep('replayed').key}#r1", "dead")
    assert listed(account, failed=True) == {"dead": ["Slack dead"]}
    assert sum(account.dynamodb.gets) < 10
    assert not any(query.get("IndexName") == "ByTime" for query in account.dynamodb.queries)


def test_event_accepted_by_a_fast_clock_is_found_among_the_failed(account: Account) -> None:
    account.remember("Slack", account.keep("one", before=10).key, "dead", updated_at=(int(NOW) - 40) * 1000)
    since = Selection(since=timestamp(NOW - 10), until=timestamp(NOW))
    found = list_events(account.archive, account.ledgers(), since, failed=True, at="", limit=9)
    assert [event.summary.id for event in found] == ["one"]


def test_events_of_one_subscriber_are_listed_with_status(account: Account) -> None:
    account.remember("Slack", account.keep("heard").key, "delivered")
    account.keep("unheard")
    assert listed(account, at="slack") == {"heard": ["Slack delivered"]}


@pytest.mark.parametrize(
    ("state", "is_failed"), [("delivered", False), ("waiting", False), ("claimed", False), ("dead", True)]
)
def test_replayed_event_has_not_failed(account: Account, state: str, is_failed: bool) -> None:
    event = account.keep("one")
    account.remember("Slack", event.key, "dead")
    [summary] = account.archive.find(LATELY)
    account.archive.record_replay(summary, "r1", to=["Slack"], now=NOW)
    assert listed(account, failed=True) == {}  # it is on its way: in the queue
    account.remember("Slack", f"{event.key}#r1", state)
    assert bool(listed(account, failed=True)) is is_failed


def test_replay_that_missed_a_subscriber_leaves_it_failed(account: Account) -> None:
    account.remember("Slack", account.keep("one").key, "dead")
    [summary] = account.archive.find(LATELY)
    account.archive.record_replay(summary, "r1", to=[], now=NOW)
    account.archive.record_replay(summary, "r2", to=["Sms"], now=NOW)
    assert listed(account, failed=True) == {"one": ["Slack dead"]}


def test_status_has_the_time_and_the_reason(account: Account) -> None:
    event = account.keep("one")
    at = timestamp(NOW - 30)

    def ms(seconds: float) -> int:
        return int(seconds * 1000)

    def status(state: str, **facts: object) -> DeliveryStatus:
        account.remember("Slack", event.key, state, **facts)
        return statuses(account, "one")[0]["Slack"]

    assert status("delivered", final_attempts=2, remembered_until=ms(NOW + DAY)) == DeliveryStatus(
        "delivered", at, 2
    )
    next_try = timestamp(NOW + 240.5)
    assert status(
        "waiting", attempts=2, not_before=ms(NOW + 240.5), reason="Slack answered 500"
    ) == DeliveryStatus("waiting", at, 2, next_try, "Slack answered 500")
    assert status("claimed", attempts=1, expires_at=ms(NOW + 20)) == DeliveryStatus("being delivered", at, 1)
    assert status("claimed", attempts=1, expires_at=ms(NOW - 20)) == DeliveryStatus("interrupted", at, 1)
    assert status("dead", final_attempts=7, reason="no_service") == DeliveryStatus(
        "dead", at, 7, "", "no_service"
    )


def test_unknown_status_has_a_reason(account: Account) -> None:
    account.keep("started", type="deploy.started")
    [known] = statuses(account, "started")
    assert known["Sms"].state == "not told"
    assert known["Sms"].reason.startswith("its rule does not match: type is ")
    assert known["Slack"].state == "unknown"
    assert "none waits in its queue" in known["Slack"].reason
    account.sqs.waiting = 12
    assert "one of the 12 that wait in its queue" in statuses(account, "started")[0]["Slack"].reason


def test_event_older_than_the_ledger_is_unknown(account: Account) -> None:
    account.keep("old", before=32 * DAY)
    assert statuses(account, "old")[0]["Slack"].reason == "subscribers remember for 31 days"


@pytest.mark.parametrize(("left", "state"), [(5, "being delivered"), (-5, "interrupted")])
def test_event_in_flight_of_a_permit_is_shown(account: Account, left: int, state: str) -> None:
    event, ended = account.keep("one"), account.keep("ended")
    account.remember("Slack", ended.key, "delivered", owner="a/1")
    permit = PermitItem(
        owner="a/1",
        started_at=int(NOW - 2) * 1000,
        expires_at=int(NOW + left) * 1000,
        in_flight=(event.key, ended.key),
    )
    item = to_item({"id": RATE_LIMIT_ID, **permit.values()})
    account.dynamodb.put_item(TableName="Slack-ledger", Item=item)
    assert statuses(account, "one")[0]["Slack"] == DeliveryStatus(state, timestamp(NOW - 2), 1)
    assert statuses(account, "ended")[0]["Slack"].state == "delivered"


def test_replay_is_a_delivery_like_the_event(account: Account) -> None:
    event = account.keep("one", type="deploy.started")
    account.remember("Slack", event.key, "dead", reason="no_service")
    [summary] = account.archive.find(LATELY)
    account.archive.record_replay(summary, "r1", to=["Slack"], now=NOW - 20)
    account.archive.record_replay(summary, "r2", to=[], now=NOW - 10)
    account.remember("Slack", f"{event.key}#r1", "delivered", final_attempts=1)
    itself, first, second = statuses(account, "one")
    assert itself["Slack"].state == "dead"
    assert {name: status.state for name, status in first.items()} == {"Slack": "delivered"}
    assert {name: status.state for name, status in second.items()} == {"Slack": "unknown", "Sms": "not told"}


def test_event_is_archived_until_its_days_are_over(account: Account) -> None:
    account.keep("one", before=DAY)
    [known] = history(account.deployment, account.archive, account.ledgers(), "one", PRESENT)
    assert known.archived_until == timestamp(NOW + 29 * DAY)


def test_id_at_two_endpoints_has_two_histories(account: Account) -> None:
    account.keep("same", endpoint="site")
    account.keep("same", endpoint="shop")
    found = history(account.deployment, account.archive, account.ledgers(), "same", PRESENT)
    assert sorted(known.event.endpoint for known in found) == ["shop", "site"]


def test_archive_is_not_among_the_subscribers(account: Account) -> None:
    assert [subscriber.name for subscriber in subscribers_beside_archive(account.deployment)] == [
        "Slack",
        "Sms",
    ]
    with pytest.raises(OperationError, match="no subscriber 'archive'; there are: Slack, Sms"):
        subscribers_beside_archive(account.deployment, "archive")


def moment(hours: float) -> dt.datetime:
    return PRESENT + dt.timedelta(hours=hours)


def test_selection_ends_now_at_the_latest() -> None:
    assert selection_of_time(moment(-1), None, PRESENT).until == timestamp(NOW)
    assert selection_of_time(moment(-1), moment(1), PRESENT).until == timestamp(NOW)


@pytest.mark.parametrize(
    ("since", "until", "says"), [(1, None, "a time that has come"), (-1, -2, "expected a time after --since")]
)
def test_invalid_selection_is_refused_in_a_line(since: float, until: float | None, says: str) -> None:
    with pytest.raises(OperationError, match=says):
        selection_of_time(moment(since), moment(until) if until else None, PRESENT)
