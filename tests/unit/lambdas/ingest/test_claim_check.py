"""What is too large to travel is kept first, and read from there; what is too large to come in is refused."""

import json
from dataclasses import replace
from typing import Any

import pytest

from jamwire.samples.signing import sign
from lambdas.ingest import handler
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.ingest import MAX_BODY_BYTES, MAX_EVENT_BYTES, MAX_REPLAY_BYTES, Refusal, UnavailableError
from lambdas.ingest.request import Request
from tests.fakes.ingest import NOW, IngestHarness, a_request, as_api_gateway
from tests.unit.lambdas.ingest.every_source import PAIRS, sample

SECRET = "a-token-of-nobody"


def a_notice(length: int, **said: Any) -> Request:
    """A request whose payload, but for a text of so many letters, is always the same."""
    body = json.dumps({"title": "Line 12", "more": "x" * length, **said}).encode()
    return a_request("token", body, authorization=f"Bearer {SECRET}", idempotency_key="k")


def size_of(harness: IngestHarness) -> int:
    """What SNS counts of the event that was published last."""
    text, attributes = harness.published[-1]
    return len(text.encode()) + sum(len(name + value + "String") for name, value in attributes.items())


def room(harness: IngestHarness) -> int:
    """Letters after which an event fills a message of SNS."""
    harness.accept(a_notice(0))
    return MAX_EVENT_BYTES - size_of(harness)


def test_an_event_of_just_what_sns_carries_travels_whole(harness: IngestHarness) -> None:
    event = harness.accept(a_notice(room(harness)))
    assert size_of(harness) == MAX_EVENT_BYTES == 256 * 1024 - MAX_REPLAY_BYTES
    assert harness.kept == {}
    assert event.dataref == ""


def test_larger_payload_is_stored_before_publishing(harness: IngestHarness) -> None:
    request = a_notice(room(harness) + 1)
    harness.calls.clear()
    event = harness.accept(request)
    assert harness.calls == ["store", "publish"]
    assert event.dataref == f"s3://payloads/token/{event.id}.json"
    assert event.body is None
    assert event.payload() == json.loads(request.body)


def test_all_but_the_payload_is_the_same(harness: IngestHarness) -> None:
    small, large = (
        harness.accept(a_notice(length, severity="critical", site="docs")) for length in (0, 500_000)
    )
    assert replace(large, id="", dataref="", load=None) == replace(small, id="", body=None)
    assert harness.published[0][1] == harness.published[1][1]


def test_a_redelivery_is_kept_in_the_same_place(harness: IngestHarness) -> None:
    request = a_notice(300_000)
    assert harness.accept(request).dataref == harness.accept(request).dataref
    assert len(harness.kept) == 1


def test_where_s3_is_away_nothing_is_published(
    harness: IngestHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.s3_away = True
    with pytest.raises(UnavailableError):
        harness.ingest.accept(a_notice(300_000))
    assert harness.published == []
    monkeypatch.setattr(handler, "_ingest", lambda: harness.ingest)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "Jamwire-Ingest")
    answer = handler.handle(as_api_gateway(a_notice(300_000)), None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")
    assert harness.ingest.accept(a_notice(1)).event  # what is small needs no S3


def test_retry_stores_payload_again(harness: IngestHarness) -> None:
    harness.away = True
    with pytest.raises(UnavailableError):
        harness.ingest.accept(a_notice(300_000))
    harness.away = False
    assert harness.accept(a_notice(300_000)).payload()["title"] == "Line 12"
    assert len(harness.kept) == 1


def test_credentials_of_the_body_are_not_kept(harness: IngestHarness) -> None:
    small = sample("netlify/deploy-failed")
    body = json.dumps(json.loads(small.body) | {"more": "x" * 300_000}).encode()
    signing, _ = PAIRS["netlify"]
    request = sign(CATALOGUE["netlify"].scheme, signing, replace(small, body=body), now=NOW, delivery_id="1")
    assert b"a-credential-that-must-stay-here" in body
    payload = harness.accept(request).payload()
    assert payload["more"] == "x" * 300_000
    assert "a-credential-that-must-stay-here" not in json.dumps([harness.kept, harness.published])


def test_what_is_kept_is_what_would_have_travelled(harness: IngestHarness) -> None:
    travelled = harness.accept(a_notice(0, odd="a\ud800b\uffffc é"))
    kept = harness.accept(a_notice(300_000, odd="a\ud800b\uffffc é"))
    assert kept.payload()["odd"] == travelled.payload()["odd"] == "a\ufffdb\ufffdc é"


def test_a_body_of_what_lambda_takes_in_is_taken_and_no_more(harness: IngestHarness) -> None:
    assert MAX_BODY_BYTES == 6 * 1024 * 1024
    assert refusal(harness, b"x" * MAX_BODY_BYTES) == 401
    assert refusal(harness, b"x" * (MAX_BODY_BYTES + 1)) == 413


def test_what_a_body_takes_in_base64_counts(harness: IngestHarness) -> None:
    assert refusal(harness, b"x" * (MAX_BODY_BYTES * 3 // 4), encoded=True) == 401
    assert refusal(harness, b"x" * (MAX_BODY_BYTES * 3 // 4 + 1), encoded=True) == 413


@pytest.mark.parametrize("character", ['"', "\\", "\n", "\r", "\t"])
def test_what_json_escapes_in_a_body_counts_twice(harness: IngestHarness, character: str) -> None:
    assert len(json.dumps(character)) - 2 == 2
    body = character.encode() * (MAX_BODY_BYTES // 2)
    assert refusal(harness, body) == 401
    assert refusal(harness, body + b"x") == 413


def refusal(harness: IngestHarness, body: bytes, *, encoded: bool = False) -> int:
    """The status that a body is refused with; 401, after its size has been found right."""
    event = as_api_gateway(a_request("token", body), base64_encoded=encoded)
    with pytest.raises(Refusal) as refused:
        harness.ingest.accept(Request.of(event))
    return refused.value.status
