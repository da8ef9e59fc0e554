"""GET and HEAD change nothing, whoever asks: mail scanners open every link."""

import json

import pytest

from lambdas.audience_api.routes import ROUTES
from lambdas.contracts.audience_settings import AudienceApiSettings
from lambdas.followers.links import Purpose
from tests.unit.lambdas.audience_api.world import ANN, ENDPOINT, NUMBER, World, subscription

PURPOSES: tuple[Purpose, ...] = ("confirm", "manage", "unsubscribe")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("path", [*ROUTES, "/", "/nowhere"])
@pytest.mark.parametrize("state", ["asked", "following", "ended", "suppressed"])
def test_reading_changes_nothing(method: str, path: str, state: str) -> None:
    world = World()
    id = world.put("email", ANN, state, answer="word")
    world.put("push", ENDPOINT, push_key="new")
    before = world.stored()
    for purpose in PURPOSES:
        answer = world.request(method, path, query=f"t={world.token(id, purpose, question='word')}")
        assert answer.status in (200, 404, 405, 410, 400)
    assert world.table.items == before
    assert world.asked == []
    assert set(world.table.calls) <= {"GetItem"}


@pytest.mark.parametrize("path", [path for path, methods in ROUTES.items() if "GET" in methods])
def test_head_is_get_without_the_body(path: str) -> None:
    world = World()
    token = world.token(world.put("email", ANN), "manage")
    get, head = world.get(path, token), world.request("HEAD", path, query=f"t={token}")
    assert get.body
    assert head.raw == {**get.raw, "body": ""}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "TRACE"])
def test_other_methods_are_told_which_there_are(method: str) -> None:
    answer = World().request(method, "/follow", type="application/json")
    assert answer.status == 405
    assert answer.headers["allow"] == "POST"


def test_stranger_at_another_address_finds_nothing() -> None:
    answer = World().request("GET", "/admin?x=<script>")
    assert answer.status == 404
    assert answer.json() == {"title": "There is nothing at this address.", "status": 404}
    assert (
        World()
        .request("GET", "/admin", accept="text/html,*/*")
        .headers["content-type"]
        .startswith("text/html")
    )


def test_answers_differ_by_who_may_read_them() -> None:
    for answer in (World().get("/settings"), World().post("/follow", {})):
        assert answer.headers["vary"] == "origin"
        assert "access-control-allow-origin" not in answer.headers, (
            "API Gateway's word, who else would say it twice"
        )


def test_settings_are_what_a_page_needs_to_offer_it() -> None:
    world = World(own=AudienceApiSettings(challenge_site_key="0x4AAA"))
    answer = world.get("/settings")
    assert answer.headers["cache-control"] == "public, max-age=300"
    said = answer.json()
    push = said["channels"].pop("push")
    assert push["id"] == "new"
    assert len(push["key"]) == 87
    assert said == {
        "site": {
            "name": "Harbour Buses",
            "url": "https://example.com",
            "privacy_url": "https://example.com/privacy",
            "locale": "en-GB",
            "zone": "",
        },
        "channels": {"email": {"consent": "Mail me."}, "text": {"consent": "Text me.", "countries": ["US"]}},
        "topics": [
            {"name": "line-*", "title": "Line {}", "text": "Delays and detours, as they happen."},
            {"name": "news", "title": "News", "text": "When something new is on the site."},
        ],
        "challenge": {"kind": "turnstile", "site_key": "0x4AAA"},
    }
    for secret in ("turnstile-secret", "AgICAg"):
        assert secret not in answer.body


def test_settings_name_only_the_channels_that_there_are() -> None:
    said = World(push=None, text=None).get("/settings").json()
    assert set(said["channels"]) == {"email"}
    assert said["challenge"] is None


def test_answers_are_kept_by_nobody_but_the_settings() -> None:
    world = World()
    token = world.token(world.put("text", NUMBER))
    for answer in (world.post("/state", {"follower": token}), world.get("/preferences", token)):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["x-robots-tag"] == "noindex"


def test_key_that_browsers_get_is_that_of_the_private_one() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec

    from lambdas.followers.keys import decode

    said = json.loads(World().get("/settings").body)["channels"]["push"]["key"]
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(said))
    assert public == ec.derive_private_key(int.from_bytes(b"\x02" * 32), ec.SECP256R1()).public_key()
    assert subscription(p256dh=said)
