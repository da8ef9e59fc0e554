"""Events are found by id, and by time with type, endpoint and severity, by queries alone."""

import dataclasses

import pytest

from jamwire.operations.archive import Archive
from jamwire.operations.errors import OperationError
from jamwire.operations.selection import Selection
from lambdas.contracts.event import timestamp
from tests.fakes.account import DAY, NOW, Account, ids


def lately(days: float = 1, **choice: str) -> Selection:
    return Selection(since=timestamp(NOW - days * DAY), until=timestamp(NOW), **choice)


def test_selection_is_read_day_by_day_over_all_pages(account: Account) -> None:
    for n in range(5):
        account.keep(f"e{n}", before=(5 - n) * DAY / 2)
    account.dynamodb.page = 1
    assert ids(account.archive.find(lately(3))) == ["e0", "e1", "e2", "e3", "e4"]
    assert ids(account.archive.find(lately(3), newest_first=True)) == ["e4", "e3", "e2", "e1", "e0"]
    assert {query["IndexName"] for query in account.dynamodb.queries} == {"ByTime"}


def test_event_outside_the_selection_is_not_found(account: Account) -> None:
    account.keep("before", before=2 * DAY)
    account.keep("after", before=-1)
    account.keep("within", before=DAY)
    assert ids(account.archive.find(lately(1))) == ["within"]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        ({"type": "deploy.failed"}, ["site-failed", "shop-failed"]),
        ({"type": "deploy.failed", "endpoint": "shop"}, ["shop-failed"]),
        ({"endpoint": "site"}, ["site-failed", "site-started"]),
        ({"endpoint": "site", "type": "deploy.*"}, ["site-failed", "site-started"]),
        ({"type": "deploy.*"}, ["site-failed", "site-started", "shop-failed"]),
        ({"type": "deploy.nothing"}, []),
        ({"type": "deploys.*"}, []),
        ({"severity": "error"}, ["site-failed"]),
        ({"endpoint": "/subscribers/Cdn"}, ["purged"]),
    ],
)
def test_events_of_a_time_are_filtered(account: Account, choice: dict[str, str], found: list[str]) -> None:
    account.keep("site-failed", before=5 * DAY, severity="error")
    account.keep("site-started", type="deploy.started", before=4 * DAY)
    account.keep("shop-failed", endpoint="shop", before=30)
    account.keep("order", endpoint="shop", type="order.created", before=20)
    account.keep("purged", endpoint="/subscribers/Cdn", type="cdn.invalidated", before=10)
    assert ids(account.archive.find(lately(6, **choice))) == found
    assert ids(account.archive.find(lately(6, **choice), newest_first=True)) == found[::-1]
    assert {query["IndexName"] for query in account.dynamodb.queries} == {"ByTime"}


def test_first_page_reads_no_day_beyond_it(account: Account) -> None:
    for n in range(5):
        account.keep(f"e{n}", before=n * DAY + 1)
    first = next(account.archive.find(lately(30), newest_first=True))
    assert (first.id, len(account.dynamodb.queries)) == ("e0", 1)


def test_events_are_found_by_their_keys_within_a_selection(account: Account) -> None:
    for n in range(3):
        account.keep(f"e{n}", before=(3 - n) * DAY)
    account.keep("shop", endpoint="shop", before=60)
    keys = [
        (id, f"/endpoints/{endpoint}") for id, endpoint in (("shop", "shop"), ("e2", "site"), ("e0", "site"))
    ]
    assert ids(account.archive.find_keys([*keys, ("gone", "/endpoints/site")], lately(4))) == [
        "e0",
        "e2",
        "shop",
    ]
    assert ids(account.archive.find_keys(keys, lately(2, endpoint="site"))) == ["e2"]


def test_id_may_be_of_several_endpoints(account: Account) -> None:
    account.keep("same", endpoint="site", before=20)
    account.keep("same", endpoint="shop", before=10)
    both = list(account.archive.find(Selection(ids=("same", "same"))))
    assert [summary.endpoint for summary in both] == ["site", "shop"]
    assert ids(account.archive.find(Selection(ids=("same",), endpoint="shop"))) == ["same"]
    assert [event.source for event in account.archive.read(both).values()] == [s.source for s in both]


def test_summary_has_the_key_of_its_event(account: Account) -> None:
    event = account.keep("one")
    [summary] = account.archive.find(Selection(ids=("one",)))
    assert summary.key() == event.key
    assert summary.key("r1") == dataclasses.replace(event, replay="r1").key


def test_unknown_id_is_refused_in_a_line(account: Account) -> None:
    with pytest.raises(
        OperationError, match="no event 'nothing' in the archive, which keeps them for 30 days"
    ):
        list(account.archive.find(Selection(ids=("nothing",))))


def test_replay_record_is_not_an_event(account: Account) -> None:
    account.keep("one")
    [summary] = account.archive.find(Selection(ids=("one",)))
    account.archive.record_replay(summary, "r1", to=["Sms", "Slack"], now=NOW)
    account.archive.record_replay(summary, "r2", to=[], now=NOW + 1)
    assert list(account.archive.find(Selection(ids=("one",)))) == [summary]
    assert ids(account.archive.find(lately())) == ["one"]
    assert [(note.replay, note.to) for note in account.archive.replays_of(summary)] == [
        ("r1", ("Slack", "Sms")),
        ("r2", ()),
    ]
    assert account.archive.replayed([summary], "r1") == {summary}
    assert account.archive.replayed([summary], "r3") == set()


def test_missing_archive_is_reported_with_how_to_get_one() -> None:
    account = Account(archived=False)
    with pytest.raises(OperationError, match=r'ArchiveStack\(app, "Archive", hub=hub\)'):
        Archive.of(account.deployment, account.clock.sleep)


def test_unknown_replay_is_refused_in_a_line(account: Account) -> None:
    with pytest.raises(OperationError, match="no replay 'r9'"):
        account.archive.load_plan("r9")


def test_unprocessed_keys_are_asked_for_again_after_a_wait(account: Account) -> None:
    for n in range(230):
        account.keep(f"e{n}", before=n + 1)
    account.dynamodb.answered = 60
    summaries = list(account.archive.find(lately()))
    assert len(account.archive.read(summaries)) == 230
    assert account.dynamodb.gets == [100, 40, 100, 40, 30]
    assert account.clock.waits == [0.1, 0.1]


def test_busy_dynamodb_is_given_up_after_growing_waits(account: Account) -> None:
    account.keep("one")
    account.dynamodb.answered = 0
    with pytest.raises(OperationError, match="busy"):
        account.archive.read(list(account.archive.find(lately())))
    assert account.clock.waits == sorted(account.clock.waits)
    assert 5 < sum(account.clock.waits) < 60
