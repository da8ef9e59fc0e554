"""Handshakes: answered as each sender wants, and never a signature for a text that a stranger chose."""

import hashlib
import hmac
import json
from typing import Any

import pytest

from lambdas.ingest.answer import Answer
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.ingest import Refusal
from tests.fakes.ingest import IngestHarness, a_request
from tests.unit.lambdas.ingest.every_source import PAIRS, sample


def get(endpoint: str, query: str) -> Any:
    return a_request(endpoint, b"", "GET", url=f"https://jamwire.example/{endpoint}?{query}")


def replied(harness: IngestHarness, request: Any) -> Answer:
    accepted = harness.ingest.accept(request)
    assert accepted.event is None
    assert accepted.answer is not None
    assert harness.published == []
    return accepted.answer


def refused(harness: IngestHarness, request: Any) -> int:
    with pytest.raises(Refusal) as refusal:
        harness.ingest.accept(request)
    assert harness.published == []
    return refusal.value.status


def answer_of_zoom(token: Any) -> Answer | None:
    handshake = CATALOGUE["zoom"].handshake
    assert handshake is not None
    payload = {"event": "endpoint.url_validation", "payload": {"plainToken": token}}
    return handshake.answer(a_request("zoom"), payload, ["s"])


def test_xs_challenge(harness: IngestHarness) -> None:
    document = json.loads(replied(harness, get("x", "crc_token=uzwcfYtzr9")).body)
    assert document["response_token"].startswith("sha256=")


@pytest.mark.parametrize("token", ["%7B%22type%22%3A%22deploy.failed%22%7D", "123", "null", "%22text%22", ""])
def test_x_gets_no_signature_of_a_possible_body(harness: IngestHarness, token: str) -> None:
    assert refused(harness, get("x", f"crc_token={token}")) == 405


def test_zooms_challenge_is_answered_only_if_it_is_signed(harness: IngestHarness) -> None:
    body = json.dumps(
        {"event": "endpoint.url_validation", "payload": {"plainToken": "qgg8vlvZRS6UYooatFL8Aw"}}
    ).encode()
    assert refused(harness, a_request("zoom", body)) == 401


@pytest.mark.parametrize("token", ["v0:1800000000:{}", '{"event": "x"}', 5, None])
def test_zoom_gets_no_signature_of_a_possible_message(harness: IngestHarness, token: Any) -> None:
    assert answer_of_zoom(token) is None


def test_zooms_answer_is_the_hmac_in_hex() -> None:
    reply = answer_of_zoom("abc")
    assert reply is not None
    expected = hmac.new(b"s", b"abc", hashlib.sha256).hexdigest()
    assert json.loads(reply.body) == {"plainToken": "abc", "encryptedToken": expected}


def test_metas_verify_token_is_one_of_the_secrets(harness: IngestHarness) -> None:
    secret = PAIRS["meta"][1]
    query = f"hub.mode=subscribe&hub.challenge=42&hub.verify_token={secret}"
    assert replied(harness, get("meta", query)).body == "42"
    assert refused(harness, get("meta", query[:-1])) == 405


@pytest.mark.parametrize(
    ("endpoint", "name"), [("dropbox", "challenge"), ("microsoft-graph", "validationToken")]
)
def test_an_echo_is_plain_text_and_not_endless(harness: IngestHarness, endpoint: str, name: str) -> None:
    reply = replied(harness, get(endpoint, f"{name}=%3Cscript%3E"))
    assert (reply.body, reply.content_type) == ("<script>", "text/plain; charset=utf-8")
    assert refused(harness, get(endpoint, f"{name}={'x' * 2001}")) == 405


def test_slacks_challenge_is_answered_only_if_it_is_signed(harness: IngestHarness) -> None:
    assert refused(harness, a_request("slack", {"type": "url_verification", "challenge": "x"})) == 401


def test_woocommerces_ping_is_exactly_that(harness: IngestHarness) -> None:
    form = {"content_type": "application/x-www-form-urlencoded"}
    assert replied(harness, a_request("woocommerce", b"webhook_id=1", **form)).body == "{}"
    assert refused(harness, a_request("woocommerce", b"webhook_id=1&a=b", **form)) == 401
    assert (
        refused(harness, a_request("woocommerce", b"webhook_id=1", x_wc_webhook_signature="x", **form)) == 401
    )


@pytest.mark.parametrize("endpoint", ["x", "meta", "dropbox", "microsoft-graph"])
def test_an_endpoint_without_a_secret_answers_no_handshake(endpoint: str) -> None:
    harness = IngestHarness({endpoint: endpoint}, secrets={"other": ("x",)})
    query = "crc_token=a&challenge=a&validationToken=a&hub.mode=subscribe&hub.verify_token=&hub.challenge=a"
    assert refused(harness, get(endpoint, query)) == 405


def test_twilio_hears_what_it_understands(harness: IngestHarness) -> None:
    accepted = harness.ingest.accept(sample("twilio/message"))
    assert accepted.event is not None
    assert accepted.answer == Answer("<Response/>", "text/xml")
