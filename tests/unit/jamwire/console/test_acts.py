"""Acts of the console: counted first, done only if nothing has changed, and taken back."""

import json
from typing import Any

import pytest

from jamwire.console.context import Context
from jamwire.console.ended_secrets import KEPT_SECONDS
from jamwire.operations.http_client import EndpointResponse
from jamwire.operations.secrets import add_secret, list_secrets
from lambdas.ingest.request import Request
from tests.fakes.account import NOW, Account
from tests.fakes.dead_letters import DeadLetters
from tests.unit.jamwire.console.conftest import Page, Throttled

VALUE = "pasted-by-the-operator"


def test_events_are_replayed_to_one_subscriber(account: Account, page: Page) -> None:
    account.keep("a")
    account.keep("b")
    done = page.do("replay", ids=["a", "b"], to="slack")
    assert done["shown"] == {"count": 2, "sentence": "2 events will be sent once more, to Slack."}
    assert (done["done"], done["unsent"], done["undo"]) == (2, [], None)
    assert sorted(account.sent()) == [("Slack", "a"), ("Slack", "b")]
    assert json.loads(account.sqs.sent[0][1])["replay"] == "20270115-080000-fresh1"


def test_event_is_replayed_to_all(account: Account, page: Page) -> None:
    account.keep("a")
    done = page.do("replay", ids=["a"], to="")
    assert (
        done["shown"]["sentence"] == "1 event will be sent once more, to every subscriber whose rule matches."
    )
    assert account.sent() == [("all", "a")]


def test_events_of_a_filter_are_replayed(account: Account, page: Page) -> None:
    account.keep("a", type="deploy.failed", before=60)
    account.keep("b", type="deploy.started", before=60)
    account.keep("c", type="deploy.failed", before=7200)
    done = page.do("replay", filter={"since": "1h", "type": "deploy.failed"}, to="sms")
    assert (done["done"], account.sent()) == (1, [("Sms", "a")])


def test_what_failed_is_replayed_where_it_failed(account: Account, page: Page) -> None:
    account.remember("Sms", account.keep("a").key, "dead")
    account.keep("b")
    done = page.do("replay", filter={"failed": True}, to="")
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
    done = page.do("replay", ids=["gone", "a"], to="slack")
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
    assert page.do("replay", **body)["done"] == 1
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
    done = page.do("retry", subscriber="slack")
    assert done["shown"] == {"count": 1, "sentence": "1 waiting event of Slack will be tried now."}
    assert (done["done"], account.sent()) == (1, [("Slack", "a")])
    status, nothing = page.act("retry", subscriber="sms", dry_run=True)
    assert (status, nothing) == (200, {"count": 0, "sentence": "Nothing waits.", "body": {}})


def test_replay_leaves_the_event_of_another_endpoint(account: Account, page: Page) -> None:
    account.keep("a")
    account.keep("a", endpoint="cms")
    assert page.do("replay", ids=["a"], to="slack", source="/endpoints/cms")["done"] == 1
    assert json.loads(account.sqs.sent[0][1])["source"] == "/endpoints/cms"
    unknown = page.do("replay", ids=["a"], to="slack", source="/endpoints/zap")
    assert (unknown["done"], len(unknown["unsent"])) == (0, 1)


def test_secret_is_added_never_shown_and_ended(account: Account, page: Page) -> None:
    done = page.do("secret-add", name="site", value=VALUE)
    assert done["shown"] == {"count": 1, "sentence": "A secret will be put to site, as its first one."}
    [key] = list_secrets(account.deployment, "site")
    assert key.value == VALUE
    assert done["undo"] == {"act": "secret-end", "body": {"name": "site", "id": key.id}}
    assert VALUE not in json.dumps([done, page.read("endpoints")])
    page.do("secret-end", **done["undo"]["body"])
    assert list_secrets(account.deployment, "site") == []


def test_ended_secret_is_put_back_where_it_was(account: Account, page: Page) -> None:
    old, new = (add_secret(account.deployment, "site", f"{VALUE}-{n}") for n in "12")
    done = page.do("secret-end", name="site", id=old.id)
    assert done["shown"]["sentence"] == f"Secret {old.id} of site will be ended; 1 other will go on to count."
    assert VALUE not in json.dumps(done)
    assert [key.id for key in list_secrets(account.deployment, "site")] == [new.id]
    back = page.do(done["undo"]["act"], **done["undo"]["body"])
    assert VALUE not in json.dumps(back)
    assert list_secrets(account.deployment, "site") == [old, new]
    assert page.act("secret-restore", **done["undo"]["body"], dry_run=True)[0] == 404


def test_ended_secret_is_forgotten_after_ten_minutes(account: Account, page: Page, context: Context) -> None:
    key = add_secret(account.deployment, "site", VALUE)
    done = page.do("secret-end", name="site", id=key.id)
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
    done = page.do("secret-add", name="slack", value="https://hooks.example/T/B/new")
    assert done["sentence"].endswith("1 waiting event tried with it now.")
    assert account.sent() == [("Slack", "a")]


def test_new_secret_that_no_event_is_tried_with_can_be_ended(account: Account, page: Page) -> None:
    account.deployment.stacks[2].outputs["SecretArn"] = "slack"  # type: ignore[index]
    event = account.keep("a")
    account.remember("Slack", event.key, "waiting", not_before=int(NOW + 600) * 1000)
    account.sqs.send_message = Throttled(account.sqs.send_message, 0)  # type: ignore[method-assign]
    done = page.do("secret-add", name="slack", value="https://hooks.example/T/B/new")
    assert "RequestThrottled" in done["sentence"]
    page.do(done["undo"]["act"], **done["undo"]["body"])
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
    done = page.do("send", sample="netlify/deploy-failed", endpoint="site")
    assert done["shown"]["sentence"].startswith("netlify/deploy-failed will be sent to site: ")
    assert (done["done"], done["sentence"]) == (1, "site has accepted it.")
    assert posted[0][0].endswith("/site")
    assert "x-webhook-signature" in posted[0][1].headers
    refused = page.do("send", sample="netlify/deploy-failed")
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
