"""Acts of the console: counted first, done only if nothing has changed, and taken back."""

import json
from threading import Thread
from typing import Any

import pytest

from jamwire.console.context import Context
from jamwire.console.ended_secrets import KEPT_SECONDS
from jamwire.operations.http_client import EndpointResponse
from jamwire.operations.secrets import add_secret, list_secrets
from lambdas.ingest.request import Request
from tests.fakes.account import NOW, Account
from tests.fakes.dead_letters import DeadLetters
from tests.fakes.events import an_event
from tests.fakes.network import client_error
from tests.unit.jamwire.console.conftest import Page

VALUE = "pasted-by-the-operator"


def do(page: Page, name: str, /, **body: Any) -> Any:
    """Look at what an act would do, and do it."""
    status, shown = page.act(name, **body, dry_run=True)
    assert status == 200, shown
    status, done = page.act(name, **body | shown.pop("body"), dry_run=False, count=shown["count"])
    assert status == 200, done
    return {**done, "shown": shown}


class Throttled:
    """A call that AWS answers for so many times, and then no more until it is `over`."""

    def __init__(self, call: Any, answers: int, code: str = "RequestThrottled") -> None:
        self.call, self.answers, self.code, self.over = call, answers, code, False

    def __call__(self, **request: Any) -> Any:
        self.answers -= 1
        if self.answers < 0 and not self.over:
            raise client_error(self.code, "SendMessage")
        return self.call(**request)


@pytest.fixture
def letters(account: Account) -> DeadLetters:
    account.sqs = account.clients["sqs"] = queue = DeadLetters()
    for number in range(4):
        queue.bury(account.keep(f"e{number}").to_json())
    return queue


def test_events_are_replayed_to_one_subscriber(account: Account, page: Page) -> None:
    account.keep("a")
    account.keep("b")
    done = do(page, "replay", ids=["a", "b"], to="slack")
    assert done["shown"] == {"count": 2, "sentence": "2 events will be sent once more, to Slack."}
    assert (done["done"], done["unsent"], done["undo"]) == (2, [], None)
    assert sorted(account.sent()) == [("Slack", "a"), ("Slack", "b")]
    assert json.loads(account.sqs.sent[0][1])["replay"] == "20270115-080000-fresh1"


def test_event_is_replayed_to_all(account: Account, page: Page) -> None:
    account.keep("a")
    done = do(page, "replay", ids=["a"], to="")
    assert (
        done["shown"]["sentence"] == "1 event will be sent once more, to every subscriber whose rule matches."
    )
    assert account.sent() == [("all", "a")]


def test_events_of_a_filter_are_replayed(account: Account, page: Page) -> None:
    account.keep("a", type="deploy.failed", before=60)
    account.keep("b", type="deploy.started", before=60)
    account.keep("c", type="deploy.failed", before=7200)
    done = do(page, "replay", filter={"since": "1h", "type": "deploy.failed"}, to="sms")
    assert (done["done"], account.sent()) == (1, [("Sms", "a")])


def test_what_failed_is_replayed_where_it_failed(account: Account, page: Page) -> None:
    account.remember("Sms", account.keep("a").key, "dead")
    account.keep("b")
    done = do(page, "replay", filter={"failed": True}, to="")
    assert done["shown"]["sentence"] == "1 event will be sent once more, to those at which they are dead."
    assert account.sent() == [("Sms", "a")]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"ids": []},
        {"ids": "a"},
        {"ids": [1]},
        {"ids": ["a"], "filter": {"type": "x"}},
        {"filter": "all"},
        {"filter": {"since": 1}},
        {"ids": ["a"], "to": 1},
        {"sends": "a"},
        {"sends": ["a"]},
    ],
)
def test_replay_of_nothing_that_is_said_is_refused(
    account: Account, page: Page, body: dict[str, Any]
) -> None:
    account.keep("a")
    status, document = page.act("replay", **body, dry_run=True)
    assert status == 400
    assert "expected" in document["error"]


def test_replay_that_takes_long_is_left_to_the_command(
    account: Account, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jamwire.console.acts.replays.MOST", 2)
    for id in "abc":
        account.keep(id)
    status, document = page.act("replay", filter={"since": "1h"}, dry_run=True)
    assert status == 400
    assert "jamwire events replay" in document["error"]


def test_unknown_event_is_named_and_the_others_are_sent(account: Account, page: Page) -> None:
    account.keep("a")
    done = do(page, "replay", ids=["gone", "a"], to="slack")
    assert done["unsent"] == [{"id": "gone", "reason": "the archive no longer has it"}]
    assert account.sent() == [("Slack", "a")]


def test_second_try_of_a_replay_sends_what_is_left(account: Account, page: Page) -> None:
    for id in "abc":
        account.keep(id)
    account.sqs.send_message = throttled = Throttled(account.sqs.send_message, 2)  # type: ignore[method-assign]
    body = {"ids": ["a", "b", "c"], "to": "slack"}
    body |= page.act("replay", **body, dry_run=True)[1]["body"]
    status, part = page.act("replay", **body, dry_run=False, count=3)
    assert (status, part["done"], part["sentence"]) == (200, 2, "2 events sent once more.")
    assert "RequestThrottled" in part["error"]
    throttled.over = True
    assert page.act("replay", **body, dry_run=False, count=3)[0] == 409
    assert do(page, "replay", **body)["done"] == 1
    assert account.sent() == [("Slack", "a"), ("Slack", "b"), ("Slack", "c")]
    assert len({json.loads(sent)["replay"] for _, sent in account.sqs.sent}) == 1
    assert page.act("replay", **body, dry_run=True)[1]["sentence"] == "Nothing is left to send."


def test_replay_that_sends_nothing_is_an_error(account: Account, page: Page) -> None:
    account.keep("a")
    account.sqs.send_message = Throttled(account.sqs.send_message, 0)  # type: ignore[method-assign]
    status, document = page.act("replay", ids=["a"], to="slack", dry_run=False, count=1)
    assert (status, document.keys()) == (502, {"error"})


@pytest.mark.parametrize("name", ["r1", "20270115-080000-", "20270115-080000-abcdefg", 7])
def test_replay_of_a_name_that_no_act_has_is_refused(account: Account, page: Page, name: Any) -> None:
    account.keep("a")
    status, document = page.act("replay", ids=["a"], replay=name, dry_run=True)
    assert status == 400
    assert document["error"].startswith("replay: expected")


def test_waiting_events_are_tried_now(account: Account, page: Page) -> None:
    event = account.keep("a")
    account.remember("Slack", event.key, "waiting", not_before=int(NOW + 600) * 1000, reason="no_service")
    done = do(page, "retry", subscriber="slack")
    assert done["shown"] == {"count": 1, "sentence": "1 waiting event of Slack will be tried now."}
    assert (done["done"], account.sent()) == (1, [("Slack", "a")])
    status, nothing = page.act("retry", subscriber="sms", dry_run=True)
    assert (status, nothing) == (200, {"count": 0, "sentence": "Nothing waits.", "body": {}})


def test_dead_letters_are_sent_back(letters: DeadLetters, page: Page) -> None:
    done = do(page, "redrive", subscriber="slack", reason="odd")
    assert done["shown"]["sentence"] == "2 dead letters of Slack will be sent back to its queue."
    assert (done["done"], len(letters.letters)) == (2, 2)
    assert [json.loads(body)["id"] for _, body in letters.sent] == ["e1", "e3"]


@pytest.mark.parametrize("name", ["redrive", "discard"])
def test_nothing_to_do_is_said(letters: DeadLetters, page: Page, name: str) -> None:
    shown = page.act(name, reason="no such reason", dry_run=True)[1]
    assert shown == {"count": 0, "sentence": "There are no such dead letters.", "body": {}}


def test_one_dead_letter_is_sent_back(letters: DeadLetters, page: Page) -> None:
    assert do(page, "redrive", id="e2")["done"] == 1
    assert len(letters.letters) == 3


def test_discarded_letters_come_back_from_the_archive(
    letters: DeadLetters, page: Page, account: Account
) -> None:
    done = do(page, "discard", subscriber="slack", reason="even")
    assert done["shown"]["sentence"] == "2 dead letters of Slack will be thrown away."
    assert letters.sent == []
    assert done["undo"]["body"]["sends"] == [
        {"to": "Slack", "source": "/endpoints/site", "ids": ["e0", "e2"]}
    ]
    back = do(page, done["undo"]["act"], **done["undo"]["body"])
    assert back["done"] == 2
    assert [(url[-5:], json.loads(body)["id"]) for url, body in letters.sent] == [
        ("Slack", "e0"),
        ("Slack", "e2"),
    ]


def test_discard_that_ends_midway_is_taken_back_as_far_as_it_came(letters: DeadLetters, page: Page) -> None:
    letters.delete_message = Throttled(letters.delete_message, 3)  # type: ignore[method-assign]
    status, part = page.act("discard", subscriber="slack", dry_run=False, count=4)
    assert (status, part["done"], part["sentence"]) == (200, 3, "3 dead letters thrown away.")
    assert "RequestThrottled" in part["error"]
    assert do(page, part["undo"]["act"], **part["undo"]["body"])["done"] == 3
    assert [json.loads(body)["id"] for _, body in letters.sent] == ["e0", "e1", "e2"]
    assert do(page, part["undo"]["act"], **part["undo"]["body"])["done"] == 0  # a second click


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
    done = do(page, "discard", subscriber="slack")
    assert done["shown"]["sentence"] == NEVER.format("Slack")
    assert (done["done"], done["undo"]) == (4, None)


def test_dead_letters_of_the_archive_itself_are_discarded_for_good(letters: DeadLetters, page: Page) -> None:
    letters.url = letters.url.replace("Slack", "Archive")
    done = do(page, "discard")
    assert done["shown"]["sentence"] == NEVER.format("Archive")
    assert done["undo"] is None


def test_discard_of_what_no_archive_has_is_said_to_be_for_good(letters: DeadLetters, page: Page) -> None:
    letters.bury("no event")
    letters.bury(an_event(id="not archived").to_json())
    done = do(page, "discard")
    assert done["shown"]["sentence"] == (
        "6 dead letters of Slack will be thrown away. 2 of them cannot be taken back."
    )
    assert do(page, done["undo"]["act"], **done["undo"]["body"])["done"] == 4


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
    done = do(page, name, subscriber="slack", id="e1", source="/endpoints/cms")
    assert done["done"] == 1
    if undo := done["undo"]:
        assert do(page, undo["act"], **undo["body"])["done"] == 1
    assert [json.loads(body)["source"] for _, body in letters.sent] == ["/endpoints/cms"]


def test_replay_leaves_the_event_of_another_endpoint(account: Account, page: Page) -> None:
    account.keep("a")
    account.keep("a", endpoint="cms")
    assert do(page, "replay", ids=["a"], to="slack", source="/endpoints/cms")["done"] == 1
    assert json.loads(account.sqs.sent[0][1])["source"] == "/endpoints/cms"
    unknown = do(page, "replay", ids=["a"], to="slack", source="/endpoints/zap")
    assert (unknown["done"], len(unknown["unsent"])) == (0, 1)


def test_second_operator_sees_what_the_first_has_done(letters: DeadLetters, page: Page) -> None:
    _, shown = page.act("discard", subscriber="slack", dry_run=True)
    assert do(page, "discard", id="e1")["done"] == 1
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


def test_secret_is_added_never_shown_and_ended(account: Account, page: Page) -> None:
    done = do(page, "secret-add", name="site", value=VALUE)
    assert done["shown"] == {"count": 1, "sentence": "A secret will be put to site, as its first one."}
    [key] = list_secrets(account.deployment, "site")
    assert key.value == VALUE
    assert done["undo"] == {"act": "secret-end", "body": {"name": "site", "id": key.id}}
    assert VALUE not in json.dumps([done, page.read("endpoints")])
    do(page, "secret-end", **done["undo"]["body"])
    assert list_secrets(account.deployment, "site") == []


def test_ended_secret_is_put_back_where_it_was(account: Account, page: Page) -> None:
    old, new = (add_secret(account.deployment, "site", f"{VALUE}-{n}") for n in "12")
    done = do(page, "secret-end", name="site", id=old.id)
    assert done["shown"]["sentence"] == f"Secret {old.id} of site will be ended; 1 other will go on to count."
    assert VALUE not in json.dumps(done)
    assert [key.id for key in list_secrets(account.deployment, "site")] == [new.id]
    back = do(page, done["undo"]["act"], **done["undo"]["body"])
    assert VALUE not in json.dumps(back)
    assert list_secrets(account.deployment, "site") == [old, new]
    assert page.act("secret-restore", **done["undo"]["body"], dry_run=True)[0] == 404


def test_ended_secret_is_forgotten_after_ten_minutes(account: Account, page: Page, context: Context) -> None:
    key = add_secret(account.deployment, "site", VALUE)
    done = do(page, "secret-end", name="site", id=key.id)
    account.clock.now += KEPT_SECONDS
    page.read("overview")
    assert VALUE not in repr(vars(context.ended_secrets))
    assert context.ended_secrets._ended == {}
    assert page.act("secret-restore", **done["undo"]["body"], dry_run=True)[0] == 404


def test_last_secret_is_said_to_be_the_only_one(account: Account, page: Page) -> None:
    key = add_secret(account.deployment, "site", VALUE)
    _, shown = page.act("secret-end", name="site", id=key.id, dry_run=True)
    assert "it is the only one" in shown["sentence"]


def test_secret_that_another_has_ended_is_not_found(account: Account, page: Page) -> None:
    assert page.act("secret-end", name="site", id="0a1b2c3d", dry_run=True)[0] == 404


@pytest.mark.parametrize("value", ["", " spaced ", "two\nlines", 5, None])
def test_value_that_is_no_secret_is_not_repeated(page: Page, value: Any) -> None:
    status, document = page.act("secret-add", name="site", value=value, dry_run=True)
    assert status == 400
    assert not str(value).strip() or str(value) not in document["error"]


def test_what_waited_for_a_destination_is_tried_with_its_new_secret(account: Account, page: Page) -> None:
    account.deployment.stacks[2].outputs["SecretArn"] = "slack"  # type: ignore[index]
    event = account.keep("a")
    account.remember("Slack", event.key, "waiting", not_before=int(NOW + 600) * 1000)
    done = do(page, "secret-add", name="slack", value="https://hooks.example/T/B/new")
    assert done["sentence"].endswith("1 waiting event tried with it now.")
    assert account.sent() == [("Slack", "a")]


def test_secret_is_ended_again_where_no_event_could_be_tried_with_it(account: Account, page: Page) -> None:
    account.deployment.stacks[2].outputs["SecretArn"] = "slack"  # type: ignore[index]
    event = account.keep("a")
    account.remember("Slack", event.key, "waiting", not_before=int(NOW + 600) * 1000)
    account.sqs.send_message = Throttled(account.sqs.send_message, 0)  # type: ignore[method-assign]
    done = do(page, "secret-add", name="slack", value="https://hooks.example/T/B/new")
    assert "RequestThrottled" in done["sentence"]
    do(page, done["undo"]["act"], **done["undo"]["body"])
    assert list_secrets(account.deployment, "slack") == []


def test_retry_that_ends_midway_says_what_was_done(account: Account, page: Page) -> None:
    for id in "ab":
        key = account.keep(id).key
        account.remember("Slack", key, "waiting", not_before=int(NOW + 600) * 1000)
    account.sqs.send_message = Throttled(account.sqs.send_message, 1)  # type: ignore[method-assign]
    status, part = page.act("retry", subscriber="slack", dry_run=False, count=2)
    assert (status, part["sentence"]) == (200, "1 event tried now.")
    assert "RequestThrottled" in part["error"]


def test_sample_is_sent_signed(account: Account, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    add_secret(account.deployment, "site", VALUE)
    posted: list[tuple[str, Request]] = []

    def post(url: str, request: Request) -> EndpointResponse:
        posted.append((url, request))
        return EndpointResponse(200 if len(posted) == 1 else 401, '{"title":"Unauthorized"}')

    monkeypatch.setattr("jamwire.operations.send_sample.post", post)
    done = do(page, "send", sample="netlify/deploy-failed", endpoint="site")
    assert done["shown"]["sentence"].startswith("netlify/deploy-failed will be sent to site: ")
    assert (done["done"], done["sentence"]) == (1, "site has accepted it.")
    assert posted[0][0].endswith("/site")
    assert "x-webhook-signature" in posted[0][1].headers
    refused = do(page, "send", sample="netlify/deploy-failed")
    assert (refused["done"], refused["sentence"]) == (0, "site has refused it.")
    assert refused["unsent"][0]["reason"].startswith("401 ")


def test_unknown_sample_is_not_found(page: Page) -> None:
    assert page.act("send", sample="nobody/nothing", dry_run=True)[0] == 404


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "dry_run"),
        ({"dry_run": 1}, "dry_run"),
        ({"dry_run": False}, "count"),
        ({"dry_run": False, "count": True}, "count"),
    ],
)
def test_act_says_whether_it_is_meant(letters: DeadLetters, page: Page, body: Any, words: str) -> None:
    status, document = page.act("discard", **body)
    assert status == 400
    assert document["error"].startswith(f"{words}: expected")
    assert len(letters.letters) == 4


@pytest.mark.parametrize("body", ["", "[", "[]", "null", '"x"', "[" * 99_999, "x" * 300_000])
def test_body_that_is_no_act_is_refused(page: Page, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = page.client.post("/console/api/acts/discard", content=body, headers=headers)
    assert answer.status_code == 400


def test_unknown_act_is_not_found(page: Page) -> None:
    assert page.act("explode", dry_run=True)[0] == 404
    assert page.answer("acts/discard")[0] == 405


def test_curl_has_no_signature_on_aws(account: Account, page: Page) -> None:
    add_secret(account.deployment, "site", VALUE)
    account.keep("a", body={"id": "x", "it's": "<b>"})
    document = page.read("events/a/curl", endpoint="site")
    assert document["signed"] is False
    assert "no signature" in document["note"]
    assert document["command"].startswith("curl -sS https://a1.execute-api.us-east-1.amazonaws.com/site")
    assert VALUE not in json.dumps(document)
    assert "jamwire-event" not in document["command"]


def test_curl_is_signed_on_a_local_account(account: Account, page: Page) -> None:
    account.deployment.local_url = "http://127.0.0.1:4000"
    add_secret(account.deployment, "site", VALUE)
    account.keep("a")
    document = page.read("events/a/curl")
    assert document["signed"] is True
    assert "x-webhook-signature: " in document["command"]
    assert "http://127.0.0.1:4000/_aws/execute-api/a1/site" in document["command"]
    assert VALUE not in document["command"]


def test_curl_of_another_endpoint_is_not_found(account: Account, page: Page) -> None:
    account.keep("a")
    assert page.answer("events/a/curl", endpoint="cms")[0] == 404
    assert page.answer("events/nothing/curl")[0] == 404
