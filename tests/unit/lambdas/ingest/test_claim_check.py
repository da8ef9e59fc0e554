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
from tests.unit.lambdas.ingest.test_ingest import PAIRS, a_world, sample
from tests.unit.lambdas.ingest.world import NOW, World, a_request, as_api_gateway

SECRET = "a-token-of-nobody"


@pytest.fixture
def world() -> World:
    return a_world()


def a_notice(length: int, **said: Any) -> Request:
    """A request whose payload, but for a text of so many letters, is always the same."""
    body = json.dumps({"title": "Line 12", "more": "x" * length, **said}).encode()
    return a_request("token", body, authorization=f"Bearer {SECRET}", idempotency_key="k")


def size_of(world: World) -> int:
    """What SNS counts of the event that was published last."""
    text, attributes = world.published[-1]
    return len(text.encode()) + sum(len(name + value + "String") for name, value in attributes.items())


def room(world: World) -> int:
    """Letters after which an event fills a message of SNS."""
    world.accept(a_notice(0))
    return MAX_EVENT_BYTES - size_of(world)


def test_an_event_of_just_what_sns_carries_travels_whole(world: World) -> None:
    event = world.accept(a_notice(room(world)))
    assert size_of(world) == MAX_EVENT_BYTES == 256 * 1024 - MAX_REPLAY_BYTES
    assert world.kept == {}
    assert event.dataref == ""


def test_of_one_byte_more_the_payload_is_kept_before_the_event_is_published(world: World) -> None:
    request = a_notice(room(world) + 1)
    world.calls.clear()
    event = world.accept(request)
    assert world.calls == ["store", "publish"]
    assert event.dataref == f"s3://payloads/token/{event.id}.json"
    assert event.body is None
    assert event.payload() == json.loads(request.body)


def test_all_but_the_payload_is_the_same(world: World) -> None:
    small, large = (
        world.accept(a_notice(length, severity="critical", site="docs")) for length in (0, 500_000)
    )
    assert replace(large, dataref="", load=None) == replace(small, body=None)
    assert world.published[0][1] == world.published[1][1]


def test_a_redelivery_is_kept_in_the_same_place(world: World) -> None:
    request = a_notice(300_000)
    assert world.accept(request).dataref == world.accept(request).dataref
    assert len(world.kept) == 1


def test_where_s3_is_away_nothing_is_published(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.s3_away = True
    with pytest.raises(UnavailableError):
        world.ingest.accept(a_notice(300_000))
    assert world.published == []
    monkeypatch.setattr(handler, "_ingest", lambda: world.ingest)
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "Jamwire-Ingest")
    answer = handler.handle(as_api_gateway(a_notice(300_000)), None)
    assert (answer["statusCode"], answer["headers"]["retry-after"]) == (503, "5")
    assert world.ingest.accept(a_notice(1)).event  # what is small needs no S3


def test_where_sns_is_away_what_was_kept_is_written_again_by_the_next_try(world: World) -> None:
    world.away = True
    with pytest.raises(UnavailableError):
        world.ingest.accept(a_notice(300_000))
    world.away = False
    assert world.accept(a_notice(300_000)).payload()["title"] == "Line 12"
    assert len(world.kept) == 1


def test_credentials_of_the_body_are_not_kept(world: World) -> None:
    small = sample("netlify/deploy-failed")
    body = json.dumps(json.loads(small.body) | {"more": "x" * 300_000}).encode()
    signing, _ = PAIRS["netlify"]
    request = sign(CATALOGUE["netlify"].scheme, signing, replace(small, body=body), now=NOW, delivery_id="1")
    assert b"a-credential-that-must-stay-here" in body
    payload = world.accept(request).payload()
    assert payload["more"] == "x" * 300_000
    assert "a-credential-that-must-stay-here" not in json.dumps([world.kept, world.published])


def test_what_is_kept_is_what_would_have_travelled(world: World) -> None:
    travelled = world.accept(a_notice(0, odd="a\ud800b\uffffc é"))
    kept = world.accept(a_notice(300_000, odd="a\ud800b\uffffc é"))
    assert kept.payload()["odd"] == travelled.payload()["odd"] == "a\ufffdb\ufffdc é"


def test_a_body_of_what_lambda_takes_in_is_taken_and_no_more(world: World) -> None:
    assert MAX_BODY_BYTES == 6 * 1024 * 1024
    assert refusal(world, b"x" * MAX_BODY_BYTES) == 401
    assert refusal(world, b"x" * (MAX_BODY_BYTES + 1)) == 413


def test_what_a_body_takes_in_base64_counts(world: World) -> None:
    assert refusal(world, b"x" * (MAX_BODY_BYTES * 3 // 4), encoded=True) == 401
    assert refusal(world, b"x" * (MAX_BODY_BYTES * 3 // 4 + 1), encoded=True) == 413


@pytest.mark.parametrize("character", ['"', "\\", "\n", "\r", "\t"])
def test_what_json_escapes_in_a_body_counts_twice(world: World, character: str) -> None:
    assert len(json.dumps(character)) - 2 == 2
    body = character.encode() * (MAX_BODY_BYTES // 2)
    assert refusal(world, body) == 401
    assert refusal(world, body + b"x") == 413


def refusal(world: World, body: bytes, *, encoded: bool = False) -> int:
    """The status that a body is refused with; 401, after its size has been found right."""
    event = as_api_gateway(a_request("token", body), base64_encoded=encoded)
    with pytest.raises(Refusal) as refused:
        world.ingest.accept(Request.of(event))
    return refused.value.status
