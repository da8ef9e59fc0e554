"""The console's list of events, and one event."""

import io
from itertools import chain
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jamwire.operations.event_pages import MAX_LOOKED_INTO, MAX_READ
from lambdas.contracts.event import timestamp
from lambdas.contracts.publish_story import Story
from tests.fakes.account import DAY, NOW, Account
from tests.fakes.account_services import Denied
from tests.unit.jamwire.console.conftest import Page


def ids(document: Any) -> list[str]:
    return [event["id"] for event in document["events"]]


def pages(page: Page, **query: Any) -> list[list[str]]:
    """The ids of each page, to the last."""
    found, cursor = [], ""
    while True:
        document = page.read("events", **query, cursor=cursor)
        found.append(ids(document))
        if not (cursor := document["cursor"]):
            return found


def test_overview_says_what_there_is(page: Page) -> None:
    overview = page.read("overview")
    assert overview["deployment"] == "Jamwire"
    assert overview["subscribers"] == ["Archive", "Slack", "Sms"]
    assert overview["archive"] is True
    assert overview["endpoints"] == ["site", "cms"]
    assert overview["region"] == "us-east-1"
    assert overview["local"] is False
    assert overview["now"] == timestamp(NOW)
    assert "deploy.failed" in overview["types"]


def test_newest_event_is_first(account: Account, page: Page) -> None:
    account.keep("old", before=600)
    account.keep("new", before=5)
    document = page.read("events")
    assert ids(document) == ["new", "old"]
    assert document["events"][0] == {
        "id": "new",
        "source": "/endpoints/site",
        "endpoint": "site",
        "type": "deploy.failed",
        "time": timestamp(NOW - 5),
        "severity": "info",
        "title": "Title of new",
    }
    assert document["searched_since"] == timestamp(NOW - DAY)
    assert document["until"] == timestamp(NOW)
    assert document["cursor"] == ""


def test_pages_go_on_across_days(account: Account, page: Page) -> None:
    for number in range(23):
        account.keep(f"e{number:02}", before=number * DAY / 3)
    found = pages(page, since="20d", limit=5)
    assert [len(some) for some in found] == [5, 5, 5, 5, 3]
    assert [*chain.from_iterable(found)] == [f"e{number:02}" for number in range(23)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"type": "deploy.*"}, ["a", "b"]),
        ({"type": "deploy.failed"}, ["a"]),
        ({"endpoint": "cms"}, ["c"]),
        ({"severity": "error"}, ["a"]),
        ({"until": "90s"}, ["c"]),
        ({"text": "TITLE OF B"}, ["b"]),
        ({"text": "published"}, ["c"]),
        ({"text": "in the body"}, ["c"]),
        ({"text": "cms", "type": "deploy.*"}, []),
    ],
)
def test_filters_and_text_choose(
    account: Account, page: Page, query: dict[str, str], expected: list[str]
) -> None:
    account.keep("a", type="deploy.failed", severity="error", before=10)
    account.keep("b", type="deploy.started", before=20)
    account.keep("c", type="content.published", endpoint="cms", before=100, body={"x": "In the BODY"})
    assert ids(page.read("events", **query)) == expected


def test_event_is_found_by_its_whole_id(account: Account, page: Page) -> None:
    account.keep("ab" * 16, before=2 * DAY)
    assert ids(page.read("events", since="3d", text="ab" * 16)) == ["ab" * 16]
    assert ids(page.read("events", text="cd" * 16)) == []


def test_failed_events_say_where(account: Account, page: Page) -> None:
    for number in range(5):
        event = account.keep(f"dead{number}", before=number * 10)
        account.remember("Slack", event.key, "dead")
    account.keep("well")
    document = page.read("events", failed=1, limit=3)
    assert [event["dead_at"] for event in document["events"]] == [["Slack"]] * 3
    assert pages(page, failed=1, limit=3) == [["dead0", "dead1", "dead2"], ["dead3", "dead4"]]
    assert ids(page.read("events", failed=1, text="dead4")) == ["dead4"]


def test_subscriber_and_text_are_asked_together(account: Account, page: Page) -> None:
    for id in ("red", "green"):
        account.remember("Slack", account.keep(id).key, "delivered")
    account.keep("red too")
    assert ids(page.read("events", subscriber="slack", text="red")) == ["red"]
    assert sorted(ids(page.read("events", subscriber="slack"))) == ["green", "red"]


def test_arrivals_are_told_though_they_came_late(account: Account, page: Page) -> None:
    account.keep("known", before=10)
    account.keep("late", before=15)
    account.keep("old", before=131)
    assert ids(page.read("events", after=timestamp(NOW - 10))) == ["known", "late"]


def test_page_of_many_events_reads_few(account: Account, page: Page) -> None:
    for number in range(3_000):
        account.keep(f"e{number}", before=number)
    account.dynamodb.read = 0
    page.read("events", limit=100)
    assert account.dynamodb.read <= 202


def test_failed_event_among_many_is_found_by_few_reads(account: Account, page: Page) -> None:
    for number in range(2_000):
        event = account.keep(f"e{number}", before=number)
        account.remember("Slack", event.key, "delivered")
    account.remember("Slack", event.key, "dead")
    account.dynamodb.read = 0
    assert ids(page.read("events", failed=1)) == ["e1999"]
    assert account.dynamodb.read <= 2
    assert sum(account.dynamodb.gets) <= 10


def test_rare_event_is_not_looked_for_without_an_end(
    account: Account, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jamwire.operations.event_pages.MAX_READ", 300)
    monkeypatch.setattr("jamwire.operations.event_pages.READ_AT_ONCE", 100)
    for number in range(1_000):
        account.keep(f"e{number:04}", type="rare" if number == 900 else "common", before=number)
    account.dynamodb.read = 0
    first = page.read("events", since="1h", type="rare")
    assert (ids(first), account.dynamodb.read) == ([], 300)
    assert first["searched_since"] == timestamp(NOW - 299)
    assert [*chain.from_iterable(pages(page, since="1h", type="rare"))] == ["e0900"]


def test_text_is_searched_within_a_stated_range(
    account: Account, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jamwire.operations.event_pages.MAX_LOOKED_INTO", 100)
    for number in range(250):
        account.keep(f"e{number:04}", before=number, body={"word": "needle" if number == 240 else ""})
    first = page.read("events", text="needle")
    assert (ids(first), first["searched_since"]) == ([], timestamp(NOW - 99))
    assert [*chain.from_iterable(pages(page, text="needle"))] == ["e0240"]


def test_bounds_are_what_a_second_allows() -> None:
    assert MAX_READ * 250 <= 10_000_000  # bytes of the index
    assert MAX_LOOKED_INTO <= 1_000


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"since": "yesterday"}, "since: 'yesterday' is not a valid time"),
        ({"limit": "0"}, "limit is '0', expected 1 to 500"),
        ({"limit": "9" * 5000}, "limit is"),
        ({"cursor": "nonsense"}, "is not a valid cursor"),
        ({"until": "25h"}, "expected a time after"),
    ],
)
def test_bad_question_is_answered_in_words(page: Page, query: dict[str, str], words: str) -> None:
    status, document = page.answer("events", **query)
    assert status == 400
    assert words in document["error"]


def test_unknown_things_are_not_found(page: Page) -> None:
    assert page.answer("events", subscriber="pager")[0] == 404
    assert page.answer("events/nobody")[0] == 404


def test_event_says_which_rule_matched_and_why_not(account: Account, page: Page) -> None:
    event = account.keep("a", type="deploy.started", body={"html": "<script>\ud800"})
    account.remember("Slack", event.key, "delivered")
    [known] = page.read("events/a")["histories"]
    assert known["event"]["data"]["notice"]["title"] == "Title of a"
    slack, sms = known["deliveries"][0]["subscribers"]
    assert (slack["state"], slack["matched"], slack["not_matched_because"]) == ("delivered", True, "")
    assert slack["rule_text"] == "type is deploy.*"
    assert slack["rule"]["policy"] == {"type": [{"prefix": "deploy."}]}
    assert (sms["state"], sms["matched"]) == ("not told", False)
    assert sms["not_matched_because"] == "type is deploy.started; the rule takes deploy.failed"


def test_event_is_shown_without_what_is_denied(account: Account, page: Page) -> None:
    event = account.keep("a")
    account.remember("Slack", event.key, "delivered")
    account.clients |= {"sns": Denied("sns:ListSubscriptionsByTopic"), "logs": Denied("logs:FilterLogEvents")}
    document = page.read("events/a")
    [known] = document["histories"]
    slack, sms = known["deliveries"][0]["subscribers"]
    assert slack["state"] == "delivered"
    assert "matched" not in slack
    assert sms["state"] == "unknown"
    assert "sns:ListSubscriptionsByTopic" in sms["reason"]
    assert [problem["action"] for problem in document["problems"]] == ["sns:ListSubscriptionsByTopic"]


def test_denied_log_leaves_the_rest_of_an_event(account: Account, page: Page) -> None:
    event = account.keep("a")
    account.remember("Sms", event.key, "delivered")
    account.deployment.stacks[2].outputs["SubscriberLog"] = "slack"  # type: ignore[index]
    account.clients["logs"] = Denied("logs:FilterLogEvents")
    document = page.read("events/a")
    slack, sms = document["histories"][0]["deliveries"][0]["subscribers"]
    assert (slack["state"], slack["matched"], sms["state"]) == ("unknown", True, "delivered")
    assert "logs:FilterLogEvents" in slack["reason"]
    assert [problem["action"] for problem in document["problems"]] == ["logs:FilterLogEvents"]


def test_denied_story_leaves_the_rest_of_an_event(account: Account, page: Page) -> None:
    account.keep_story("brisk-otter", Story())
    account.keep("a", correlation="brisk-otter")
    account.dynamodb.get_item = lambda **_: Denied("dynamodb:GetItem").get_item()  # type: ignore[method-assign]
    document = page.read("events/a")
    [known] = document["histories"]
    assert known["story"] is None
    assert known["deliveries"][0]["subscribers"][0]["matched"] is True
    assert [problem["action"] for problem in document["problems"]] == ["dynamodb:GetItem"]


def test_ledger_that_is_nowhere_leaves_the_rest(account: Account, page: Page) -> None:
    event = account.keep("a")
    account.remember("Sms", event.key, "delivered")
    del account.deployment.stacks[2].outputs["SubscriberLedgerTable"]  # type: ignore[attr-defined]
    [known] = page.read("events/a")["histories"]
    slack, sms = known["deliveries"][0]["subscribers"]
    assert (slack["state"], sms["state"]) == ("unknown", "delivered")
    assert "deploy it anew" in slack["reason"]


class Bucket:
    """Payloads that were too large to travel, by their names."""

    def __init__(self, **payloads: str) -> None:
        self.payloads = payloads

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.payloads:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "gone"}}, "GetObject")
        return {"Body": io.BytesIO(self.payloads[Key].encode())}


def test_payload_is_read_from_wherever_it_is(account: Account, page: Page) -> None:
    account.clients["s3"] = Bucket(large='{"id": 820982911946154508}')
    account.keep("small", body={"id": 820982911946154508})
    account.keep("large", dataref="s3://payloads/large")
    account.keep("old", dataref="s3://payloads/old")
    for id in ("small", "large"):
        found = page.read(f"events/{id}/payload", endpoint="site")
        assert found == {"payload": {"id": 820982911946154508}}
    status, document = page.answer("events/old/payload")
    assert (status, document["error"]) == (400, "Its payload is no longer kept")
    assert page.answer("events/large/payload", endpoint="cms")[0] == 404


def test_deployment_without_an_archive_says_so(page: Page, account: Account) -> None:
    account.deployment.stacks = [s for s in account.deployment.stacks if s.short_name != "Archive"]
    assert page.read("overview")["archive"] is False
    status, document = page.answer("events")
    assert status == 404
    assert "ArchiveStack" in document["error"]
