"""Dead letters sent back and thrown away from the console, with what comes back of them, and beside looks at them."""

import json
from threading import Thread
from typing import Any

import pytest

from jamwire.console.context import Context
from tests.fakes.account import Account
from tests.fakes.dead_letters import DeadLetters
from tests.fakes.events import an_event
from tests.unit.jamwire.console.conftest import Page, Throttled


def test_dead_letters_are_sent_back(letters: DeadLetters, page: Page) -> None:
    done = page.do("redrive", subscriber="slack", reason="odd")
    assert done["shown"]["sentence"] == "2 dead letters of Slack will be sent back to its queue."
    assert (done["done"], len(letters.letters)) == (2, 2)
    assert [json.loads(body)["id"] for _, body in letters.sent] == ["e1", "e3"]


@pytest.mark.parametrize("name", ["redrive", "discard"])
def test_nothing_to_do_is_said(letters: DeadLetters, page: Page, name: str) -> None:
    shown = page.act(name, reason="no such reason", dry_run=True)[1]
    assert shown == {"count": 0, "sentence": "There are no such dead letters.", "body": {}}


def test_one_dead_letter_is_sent_back(letters: DeadLetters, page: Page) -> None:
    assert page.do("redrive", id="e2")["done"] == 1
    assert len(letters.letters) == 3


def test_discarded_letters_come_back_from_the_archive(
    letters: DeadLetters, page: Page, account: Account
) -> None:
    done = page.do("discard", subscriber="slack", reason="even")
    assert done["shown"]["sentence"] == "2 dead letters of Slack will be thrown away."
    assert letters.sent == []
    assert done["undo"]["body"]["sends"] == [
        {"to": "Slack", "source": "/endpoints/site", "ids": ["e0", "e2"]}
    ]
    back = page.do(done["undo"]["act"], **done["undo"]["body"])
    assert back["done"] == 2
    assert [(url[-5:], json.loads(body)["id"]) for url, body in letters.sent] == [
        ("Slack", "e0"),
        ("Slack", "e2"),
    ]


def test_discard_that_ends_midway_is_taken_back(letters: DeadLetters, page: Page) -> None:
    letters.delete_message = Throttled(letters.delete_message, 3)  # type: ignore[method-assign]
    status, part = page.act("discard", subscriber="slack", dry_run=False, count=4)
    assert (status, part["done"], part["sentence"]) == (200, 3, "3 dead letters thrown away.")
    assert "RequestThrottled" in part["error"]
    assert page.do(part["undo"]["act"], **part["undo"]["body"])["done"] == 3
    assert [json.loads(body)["id"] for _, body in letters.sent] == ["e0", "e1", "e2"]
    assert page.do(part["undo"]["act"], **part["undo"]["body"])["done"] == 0  # a second click


def test_redrive_that_ends_midway_says_what_was_done(letters: DeadLetters, page: Page) -> None:
    letters.send_message = Throttled(letters.send_message, 1)  # type: ignore[method-assign]
    status, part = page.act("redrive", subscriber="slack", dry_run=False, count=4)
    assert (status, part["done"]) == (200, 1)
    assert "RequestThrottled" in part["error"]
    assert page.act("redrive", subscriber="slack", dry_run=True)[1]["count"] == 3


def test_act_that_credentials_end_looks_for_new_ones(
    letters: DeadLetters, page: Page, context: Context
) -> None:
    forgotten: list[bool] = []
    context.forget_credentials = lambda: forgotten.append(True)
    letters.send_message = Throttled(letters.send_message, 1, "ExpiredToken")  # type: ignore[method-assign]
    assert page.act("redrive", subscriber="slack", dry_run=False, count=4)[1]["done"] == 1
    assert forgotten == [True]


NEVER = "4 dead letters of {} will be thrown away. This cannot be taken back."


def test_discard_without_an_archive_says_that_it_is_for_good(
    letters: DeadLetters, page: Page, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jamwire.console.acts.dead_letters.MOST", 2)  # for what can be taken back only
    account.deployment.stacks = [at for at in account.deployment.stacks if at.short_name != "Archive"]
    done = page.do("discard", subscriber="slack")
    assert done["shown"]["sentence"] == NEVER.format("Slack")
    assert (done["done"], done["undo"]) == (4, None)


def test_letters_of_the_archive_are_discarded_for_good(letters: DeadLetters, page: Page) -> None:
    letters.url = letters.url.replace("Slack", "Archive")
    done = page.do("discard")
    assert done["shown"]["sentence"] == NEVER.format("Archive")
    assert done["undo"] is None


def test_discard_of_what_no_archive_has_is_said_to_be_for_good(letters: DeadLetters, page: Page) -> None:
    letters.bury("no event")
    letters.bury(an_event(id="not archived").to_json())
    done = page.do("discard")
    assert done["shown"]["sentence"] == (
        "6 dead letters of Slack will be thrown away. 2 of them cannot be taken back."
    )
    assert page.do(done["undo"]["act"], **done["undo"]["body"])["done"] == 4


def test_discard_of_more_than_comes_back_is_refused(
    letters: DeadLetters, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jamwire.console.acts.dead_letters.MOST", 3)
    status, document = page.act("discard", dry_run=True)
    assert status == 400
    assert "jamwire dead-letters discard" in document["error"]
    assert page.act("discard", dry_run=False, count=4)[0] == 400
    assert len(letters.letters) == 4


@pytest.mark.parametrize("name", ["redrive", "discard"])
def test_act_leaves_the_event_of_another_endpoint(
    letters: DeadLetters, page: Page, account: Account, name: str
) -> None:
    """Two endpoints have accepted events of one id."""
    letters.bury(account.keep("e1", endpoint="cms").to_json())
    done = page.do(name, subscriber="slack", id="e1", source="/endpoints/cms")
    assert done["done"] == 1
    if undo := done["undo"]:
        assert page.do(undo["act"], **undo["body"])["done"] == 1
    assert [json.loads(body)["source"] for _, body in letters.sent] == ["/endpoints/cms"]


def test_second_operator_sees_what_the_first_has_done(letters: DeadLetters, page: Page) -> None:
    _, shown = page.act("discard", subscriber="slack", dry_run=True)
    assert page.do("discard", id="e1")["done"] == 1
    status, document = page.act("discard", subscriber="slack", dry_run=False, count=shown["count"])
    assert (status, document["count"]) == (409, 3)
    assert document["error"] == "It has changed meanwhile. 3 dead letters of Slack will be thrown away."
    assert len(letters.letters) == 3


@pytest.mark.parametrize("name", ["redrive", "discard"])
def test_look_at_dead_letters_hides_none_from_an_act(letters: DeadLetters, page: Page, name: str) -> None:
    """A look receives all letters, and holds them until its end."""
    shown: list[Any] = []
    act = Thread(target=lambda: shown.append(page.act(name, subscriber="slack", dry_run=True)))

    def meanwhile() -> None:
        letters.on_receive = lambda: None
        act.start()
        act.join(0.2)  # it waits for the look

    letters.on_receive = meanwhile
    page.read("dead-letters")
    act.join()
    assert shown[0][1]["count"] == 4


def test_act_hides_no_dead_letters_from_a_look(letters: DeadLetters, page: Page) -> None:
    seen: list[Any] = []
    look = Thread(target=lambda: seen.append(page.read("dead-letters", reason="even")))

    def meanwhile() -> None:
        letters.on_receive = lambda: None
        look.start()
        look.join(0.2)

    _, shown = page.act("redrive", reason="odd", dry_run=True)
    letters.on_receive = meanwhile
    assert page.act("redrive", reason="odd", dry_run=False, count=shown["count"])[1]["done"] == 2
    look.join()
    assert len(seen[0]["letters"]) == 2
