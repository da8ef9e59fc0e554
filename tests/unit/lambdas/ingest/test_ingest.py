"""From a request to an event, or to a refusal; and what identifies an event."""

from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request
from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.ingest import Refusal, UnavailableError
from lambdas.ingest.request import Request
from lambdas.ingest.schemes import Hmac
from lambdas.ingest.sources import CATALOGUE
from tests.unit.lambdas.ingest.world import NOW, SECRET, World, a_request

ENDPOINTS = {name: name for name in CATALOGUE}
TOKEN = "a-token-of-nobody"
SENT = [label for label, sample in SAMPLES.items() if sample.source != "amplify"]
PAIRS = {name: generate_key_pair(CATALOGUE[name].scheme) for name in CATALOGUE if name != "amplify"}


def sample(label: str, *, fresh: str = "1", tamper: bool = False, **headers: str) -> Request:
    chosen = SAMPLES[label]
    scheme = CATALOGUE[chosen.source].scheme
    url = f"https://jamwire.example/{chosen.source}"
    signing, _ = PAIRS[chosen.source]
    request = build_request(chosen, scheme, signing, url=url, now=NOW, fresh=fresh, tamper=tamper)
    lower = {name.lower(): value for name, value in headers.items()}
    return replace(request, headers={**request.headers, **lower}, url=request.url)


def a_world() -> World:
    secrets = {name: (verifying,) for name, (_, verifying) in PAIRS.items()}
    return World(ENDPOINTS, secrets=secrets | {"token": (secrets["token"][0], TOKEN)})


@pytest.fixture
def world() -> World:
    return a_world()


def refused(world: World, request: Request) -> tuple[int, str]:
    with pytest.raises(Refusal) as refusal:
        world.ingest.accept(request)
    assert world.published == []
    return refusal.value.status, refusal.value.reason


@pytest.mark.parametrize("label", SENT)
def test_every_sample_becomes_an_event_that_subscribers_read(world: World, label: str) -> None:
    event = world.accept(sample(label))
    _, attributes = world.published[0]
    assert attributes == {"type": event.type, "source": event.source, "endpoint": event.endpoint}
    assert event.source == f"/endpoints/{SAMPLES[label].source}"
    assert event.time == "2027-01-15T08:00:00.000Z"
    assert event.notice.title


@pytest.mark.parametrize("label", SENT)
def test_every_tampered_sample_is_refused(world: World, label: str) -> None:
    assert refused(world, sample(label, tamper=True))[0] == 401


@pytest.mark.parametrize("label", SENT)
def test_a_redelivery_is_the_same_event_and_another_delivery_another(world: World, label: str) -> None:
    ids = [world.accept(sample(label, fresh=fresh)).id for fresh in ("1", "1", "2")]
    free_form = CATALOGUE[SAMPLES[label].source].identity == "idempotency-key"
    assert (ids[0] == ids[1]) is not free_form
    assert ids[2] not in ids[:2]


def test_a_captured_request_with_a_fresh_unsigned_id_is_the_same_event(world: World) -> None:
    once = world.accept(sample("github/push", **{"X-GitHub-Delivery": "a"}))
    again = world.accept(sample("github/push", **{"X-GitHub-Delivery": "b"}))
    assert once.id == again.id


def test_the_same_body_is_another_event_at_another_endpoint_and_of_another_kind() -> None:
    _, secret = PAIRS["github"]
    world = World({"one": "github", "two": "github"}, secrets={"one": (secret,), "two": (secret,)})
    request = sample("github/push")

    def at(endpoint: str, kind: str) -> str:
        headers = {**request.headers, "x-github-event": kind}
        return world.accept(Request(endpoint=endpoint, method="POST", headers=headers, body=request.body)).id

    assert len({at("one", "push"), at("two", "push"), at("one", "release")}) == 3


def test_a_free_form_sender_may_name_its_deliveries(world: World) -> None:
    ids = [world.accept(sample("token/notice", **{"Idempotency-Key": key})).id for key in ("k1", "k1", "k2")]
    assert ids[0] == ids[1] != ids[2]


def test_an_unknown_endpoint_is_not_found_whatever_it_sends(world: World) -> None:
    assert refused(world, a_request("nowhere"))[0] == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_another_method_is_not_allowed(world: World, method: str) -> None:
    assert refused(world, a_request("netlify", method=method))[0] == 405


BAD_BODIES = [b"", b"{", b"\xff", b'{"a":1,"a":2}', b"NaN", b"[" * 1000 + b"]" * 1000, b'"\\ud800']


@pytest.mark.parametrize("body", BAD_BODIES)
def test_the_signature_is_judged_before_the_body(world: World, body: bytes) -> None:
    assert refused(world, a_request("token", body, authorization="Bearer wrong"))[0] == 401
    assert refused(world, a_request("token", body, authorization=f"Bearer {TOKEN}"))[0] == 400


def test_another_type_is_refused_after_verification(world: World) -> None:
    headers: dict[str, Any] = {"authorization": f"Bearer {TOKEN}", "content_type": "image/png"}
    assert refused(world, a_request("token", b"{}", **headers))[0] == 415


def test_an_endpoint_without_a_secret_refuses_everything_and_names_the_command(world: World) -> None:
    world.secrets = world.fresh_secrets = {}
    status, reason = refused(world, sample("netlify/deploy-failed"))
    assert status == 401
    assert "jamwire secret add netlify" in reason


def test_an_endpoint_without_a_secret_names_the_command_when_no_refresh_is_left(world: World) -> None:
    world.secrets, world.fresh_secrets = {}, None
    assert "jamwire secret add netlify" in refused(world, sample("netlify/deploy-failed"))[1]


def test_a_secret_added_a_moment_ago_works_at_once(world: World) -> None:
    world.fresh_secrets = world.secrets
    world.secrets = {"netlify": ("old",)}
    assert world.accept(sample("netlify/deploy-failed")).type == "deploy.failed"
    assert world.refreshes == 1


def test_a_verified_request_reads_no_secret_anew(world: World) -> None:
    world.accept(sample("netlify/deploy-failed"))
    assert world.refreshes == 0


def test_where_sns_is_away_nothing_is_said_to_be_accepted(world: World) -> None:
    world.away = True
    with pytest.raises(UnavailableError):
        world.ingest.accept(sample("netlify/deploy-failed"))
    assert world.published == []


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_signed_json_body_stays_what_it_is_under_another_type() -> None:
    """Who has captured a request may send it again with a content type of his own."""
    attack = "&payload=" + quote('{"type": "deploy.failed", "title": "Everything is down"}')
    world = World({"own": Hmac(), "code": "github"})
    for endpoint, body in product(world.configured, ({"type": "note", "text": attack}, [attack])):
        scheme = world.ingest.endpoints[endpoint].scheme
        signed = sign(scheme, SECRET, a_request(endpoint, body), now=NOW, delivery_id="")
        as_json, as_form = (
            world.accept(replace(signed, headers={**signed.headers, "content-type": content_type}))
            for content_type in ("application/json", "application/x-www-form-urlencoded")
        )
        assert as_json == as_form
        assert as_form.body == body


def test_github_may_send_its_json_in_a_form() -> None:
    world = World({"code": "github"})
    body = b"payload=" + quote(sample("github/push").body).encode()
    request = a_request("code", body, x_github_event="push")
    signed = sign(CATALOGUE["github"].scheme, SECRET, request, now=NOW, delivery_id="")
    assert world.accept(signed).type == "code.pushed"


def test_what_curl_calls_a_form_is_taken_as_the_json_it_is(world: World) -> None:
    for text in ("Until Sunday.", "a=b&payload={}"):
        body = {"title": "Line 12", "text": text, "severity": "warning"}
        notice = world.accept(notice_in(body, **FORM)).notice
        assert (notice.title, notice.text, notice.severity) == ("Line 12", text, "warning")


def test_a_field_called_payload_is_one_like_any_other(world: World) -> None:
    event = world.accept(notice_in(b"title=Line+12&payload=%7B%7D", **FORM))
    assert (event.notice.title, event.body) == ("Line 12", {"title": "Line 12", "payload": "{}"})


def notice_in(body: Any, **headers: str) -> Request:
    lower = {name.lower(): value for name, value in headers.items()}
    return a_request("token", body, authorization=f"Bearer {TOKEN}", **lower)


def test_credentials_of_the_body_stay_in_ingest(world: World) -> None:
    request = sample("netlify/deploy-failed")
    assert b"a-credential-that-must-stay-here" in request.body
    world.ingest.accept(request)
    assert "a-credential-that-must-stay-here" not in world.published[0][0]


def test_characters_that_sns_refuses_do_not_reach_it(world: World) -> None:
    body = b'{"title": "a\\ud800b\\uffffc", "text": "line\\u0000"}'
    event = world.accept(a_request("token", body, authorization=f"Bearer {TOKEN}"))
    assert event.notice.title == "a\ufffdb\ufffdc"
    world.published[0][0].encode()
