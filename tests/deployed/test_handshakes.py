"""Senders of one's own ask something first, over HTTP, and are answered as they want; then their events are accepted."""

import json
import secrets
import time
from typing import Any
from urllib.parse import quote

import pytest

from docs.handshake_examples import REPLIES
from jamwire.operations.secrets import list_secrets
from jamwire.samples.signing import sign
from lambdas.ingest.request import Request
from tests.deployed.deployed import Answer, Deployed

TOPIC = "https://news.example/feed.json"


def secret_of(deployed: Deployed, name: str) -> str:
    return list_secrets(deployed.deployment, name)[-1].value


def signed(deployed: Deployed, name: str, body: Any, **headers: str) -> tuple[str, dict[str, str], bytes]:
    """A request of an endpoint's sender."""
    endpoint = deployed.deployment.endpoint(name)
    request = Request(
        endpoint=name,
        method="POST",
        headers={header.replace("_", "-"): value for header, value in headers.items()},
        body=json.dumps(body).encode(),
        url=endpoint.signed_url,
    )
    made = sign(
        endpoint.scheme,
        secret_of(deployed, name),
        request,
        now=time.time(),
        delivery_id=secrets.token_hex(8),
    )
    return name, dict(made.headers), made.body


def is_text(answer: Answer, body: str, status: int = 200) -> bool:
    """Whether this text was answered, which no browser takes for a page."""
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"].startswith("text/plain")
    return (answer.status, answer.document) == (status, body)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_trello_finds_its_address(deployed: Deployed, method: str) -> None:
    assert is_text(deployed.post("trello", {}, b"", method), "")
    deployed.until_accepted(*signed(deployed, "trello", {"action": {"type": "updateCard"}}))


def test_twitch_is_given_its_challenge(deployed: Deployed) -> None:
    kind = {"twitch_eventsub_message_type": "webhook_callback_verification"}
    asked = signed(deployed, "twitch", {"challenge": "pogchamp-kappa-360noscope-vohiyo"}, **kind)
    deployed.until_accepted(*asked)
    assert is_text(deployed.post(*asked), "pogchamp-kappa-360noscope-vohiyo")
    unsigned = {name: value for name, value in asked[1].items() if not name.endswith("signature")}
    assert deployed.post("twitch", unsigned, asked[2]).status == 401
    deployed.until_accepted(
        *signed(deployed, "twitch", {"event": {}}, twitch_eventsub_message_type="notification")
    )


def test_asana_is_given_its_secret_which_is_not_trusted(deployed: Deployed) -> None:
    theirs = secrets.token_hex(32)
    answer = deployed.post("asana", {"x-hook-secret": theirs}, b"")
    assert is_text(answer, "")
    assert answer.headers["x-hook-secret"] == theirs
    assert theirs not in [key.value for key in list_secrets(deployed.deployment, "asana")]
    deployed.until_accepted(*signed(deployed, "asana", {"events": [{"action": "changed"}]}))
    _, headers, body = signed(deployed, "asana", {"events": []})
    assert deployed.post("asana", headers, body + b" ").status == 401


def test_websubs_intent_is_confirmed_by_topic_and_token(deployed: Deployed) -> None:
    token = secret_of(deployed, "websub")
    asked = f"websub?hub.mode=subscribe&hub.topic={quote(TOPIC, safe='')}&hub.challenge=c-1&hub.verify_token={token}"
    deployed.until(lambda: deployed.post(asked, {}, b"", "GET").status == 200, "the intent confirmed")
    assert is_text(deployed.post(asked, {}, b"", "GET"), "c-1")
    for given, instead in ((token, "guessed"), ("feed.json", "other.json"), ("subscribe", "unsubscribe")):
        assert deployed.post(asked.replace(given, instead), {}, b"", "GET").status == 405
    deployed.until_accepted(*signed(deployed, "websub", {"version": "https://jsonfeed.org/version/1.1"}))


def test_okta_is_given_json(deployed: Deployed) -> None:
    answer = deployed.post("okta", {"x-okta-verification-challenge": "abc"}, b"", "GET")
    assert (answer.status, answer.document) == (200, {"verification": "abc"})


@pytest.mark.parametrize("name", REPLIES)
def test_reply_is_what_the_sender_wants(deployed: Deployed, name: str) -> None:
    reply = REPLIES[name].configuration.reply
    request = signed(deployed, name, {"title": secrets.token_hex(8)})
    answer = deployed.until(lambda: accepted(deployed.post(*request)), f"an answer of {name}")
    assert answer.status == reply.status
    said = json.dumps(answer.document) if reply.content_type == "application/json" else answer.document
    assert said == reply.body


def accepted(answer: Answer) -> Answer | None:
    return answer if answer.status < 300 else None
