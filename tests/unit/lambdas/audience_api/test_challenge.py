"""The challenge: who does not meet it gets no further, and neither does anybody while it cannot be checked."""

from typing import Any
from urllib.parse import parse_qs

import pytest

from lambdas.clients.http import HttpResponse, NoResponseError
from lambdas.contracts.audience_settings import AudienceApiSettings
from tests.unit.lambdas.audience_api import world as worlds
from tests.unit.lambdas.audience_api.world import EMAIL, PUSH, TEXT, World

OWN = AudienceApiSettings(challenge_site_key="0x4AAA", per_network=10)


@pytest.mark.parametrize("fields", [PUSH, EMAIL, TEXT])
def test_met_challenge_lets_in(fields: dict[str, Any]) -> None:
    world = World(own=OWN)
    assert world.post("/follow", {**fields, "challenge": "token"}).status in (200, 202)
    [request] = world.sent
    assert request.url.geturl() == "https://challenges.cloudflare.com/turnstile/v0/siteverify"
    assert parse_qs(request.body.decode()) == {"secret": ["turnstile-secret"], "response": ["token"]}


def test_widgets_own_field_is_read_too() -> None:
    world = World(own=OWN)
    assert world.submit("/follow", {**EMAIL, "cf-turnstile-response": "token"}).status == 202


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (HttpResponse(200, body=b'{"success": false, "error-codes": ["invalid-input-response"]}'), 400),
        (HttpResponse(200, body=b'{"success": false, "error-codes": ["timeout-or-duplicate"]}'), 400),
        (HttpResponse(200, body=b'{"success": false, "error-codes": ["invalid-input-secret"]}'), 503),
        (HttpResponse(200, body=b'{"success": false, "error-codes": ["internal-error"]}'), 503),
        (HttpResponse(200, body=b'{"success": false, "error-codes": []}'), 503),
        (HttpResponse(200, body=b'{"success": false, "error-codes": [[]]}'), 503),
        (HttpResponse(200, body=b'{"success": "true"}'), 503),
        (HttpResponse(200, body=b"[true]"), 503),
        (HttpResponse(200, body=b"<html>"), 503),
        (HttpResponse(200, body=b"\xff"), 503),
        (HttpResponse(500, body=b""), 503),
        (NoResponseError(), 503),
    ],
)
@pytest.mark.parametrize("fields", [PUSH, EMAIL])
def test_without_turnstiles_yes_nobody_gets_in(fields: dict[str, Any], answer: Any, status: int) -> None:
    world = World(own=OWN)
    world.turnstile = answer
    refused = world.post("/follow", {**fields, "challenge": "token"})
    assert refused.status == status
    assert ("retry-after" in refused.headers) == (status == 503)
    assert world.stored() == {}
    assert world.asked == []


@pytest.mark.parametrize("shown", [{}, {"challenge": ""}, {"challenge": None}])
def test_missing_challenge_asks_nobody(shown: dict[str, Any]) -> None:
    world = World(own=OWN)
    assert world.post("/follow", {**EMAIL, **shown}).status == 400
    assert world.sent == []


def test_secret_that_is_missing_does_not_open_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(own=OWN)
    without = worlds.AudienceKeys(data=b"d" * 32, lookup=b"l" * 32, links=b"s" * 32, push=())
    monkeypatch.setattr(worlds, "KEYS", without)
    assert world.post("/follow", {**EMAIL, "challenge": "token"}).status == 503
    assert world.sent == []


def test_challenge_is_asked_for_only_where_somebody_begins() -> None:
    world = World(own=OWN)
    token = world.token(world.put("push", worlds.ENDPOINT, push_key="new"))
    assert world.post("/state", {"follower": token}).status == 200
    assert world.post("/preferences", {"follower": token, "topics": ["news"]}).status == 200
    assert world.sent == []
