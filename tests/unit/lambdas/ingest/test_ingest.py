"""From a request to an event, or to a refusal; and what identifies an event."""

from dataclasses import replace
from itertools import product
from typing import Any
from urllib.parse import quote

import pytest

from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.signing import sign
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.ingest import Refusal, UnavailableError
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from tests.fakes.ingest import NOW, SECRET, IngestHarness, a_request
from tests.unit.lambdas.ingest.every_source import PAIRS, SENT, TOKEN, sample


def refused(harness: IngestHarness, request: Request) -> tuple[int, str]:
    with pytest.raises(Refusal) as refusal:
        harness.ingest.accept(request)
    assert harness.published == []
    return refusal.value.status, refusal.value.reason


@pytest.mark.parametrize("label", SENT)
def test_every_sample_becomes_an_event_that_subscribers_read(harness: IngestHarness, label: str) -> None:
    event = harness.accept(sample(label))
    _, attributes = harness.published[0]
    assert attributes == {"type": event.type, "source": event.source, "endpoint": event.endpoint}
    assert event.source == f"/endpoints/{SAMPLES[label].source}"
    assert event.time == "2027-01-15T08:00:00.000Z"
    assert event.notice.title


@pytest.mark.parametrize("label", SENT)
def test_every_tampered_sample_is_refused(harness: IngestHarness, label: str) -> None:
    assert refused(harness, sample(label, tamper=True))[0] == 401


@pytest.mark.parametrize("label", SENT)
def test_two_samples_are_two_events(harness: IngestHarness, label: str) -> None:
    assert len({harness.accept(sample(label, fresh=fresh)).id for fresh in ("1", "2")}) == 2


def test_id_depends_on_the_endpoint() -> None:
    _, secret = PAIRS["github"]
    harness = IngestHarness({"one": "github", "two": "github"}, secrets={"one": (secret,), "two": (secret,)})
    request = sample("github/push")
    assert len({harness.accept(replace(request, endpoint=name)).id for name in ("one", "two")}) == 2


def test_an_unknown_endpoint_is_not_found_whatever_it_sends(harness: IngestHarness) -> None:
    assert refused(harness, a_request("nowhere"))[0] == 404


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_another_method_is_not_allowed(harness: IngestHarness, method: str) -> None:
    assert refused(harness, a_request("netlify", method=method))[0] == 405


BAD_BODIES = [b"", b"{", b"\xff", b'{"a":1,"a":2}', b"NaN", b"[" * 1000 + b"]" * 1000, b'"\\ud800']


@pytest.mark.parametrize("body", BAD_BODIES)
def test_the_signature_is_judged_before_the_body(harness: IngestHarness, body: bytes) -> None:
    assert refused(harness, a_request("token", body, authorization="Bearer wrong"))[0] == 401
    assert refused(harness, a_request("token", body, authorization=f"Bearer {TOKEN}"))[0] == 400


def test_another_type_is_refused_after_verification(harness: IngestHarness) -> None:
    headers: dict[str, Any] = {"authorization": f"Bearer {TOKEN}", "content_type": "image/png"}
    assert refused(harness, a_request("token", b"{}", **headers))[0] == 415


def test_missing_secret_is_refused_and_names_command(harness: IngestHarness) -> None:
    harness.secrets = harness.fresh_secrets = {}
    status, reason = refused(harness, sample("netlify/deploy-failed"))
    assert status == 401
    assert "jamwire secret add netlify" in reason


def test_missing_secret_names_command_without_refresh(harness: IngestHarness) -> None:
    harness.secrets, harness.fresh_secrets = {}, None
    assert "jamwire secret add netlify" in refused(harness, sample("netlify/deploy-failed"))[1]


def test_a_secret_added_a_moment_ago_works_at_once(harness: IngestHarness) -> None:
    harness.fresh_secrets = harness.secrets
    harness.secrets = {"netlify": ("old",)}
    assert harness.accept(sample("netlify/deploy-failed")).type == "deploy.failed"
    assert harness.refreshes == 1


def test_a_verified_request_reads_no_secret_anew(harness: IngestHarness) -> None:
    harness.accept(sample("netlify/deploy-failed"))
    assert harness.refreshes == 0


def test_where_sns_is_away_nothing_is_said_to_be_accepted(harness: IngestHarness) -> None:
    harness.away = True
    with pytest.raises(UnavailableError):
        harness.ingest.accept(sample("netlify/deploy-failed"))
    assert harness.published == []


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_a_signed_json_body_stays_what_it_is_under_another_type() -> None:
    """Who has captured a request may send it again with a content type of his own."""
    attack = "&payload=" + quote('{"type": "deploy.failed", "title": "Everything is down"}')
    harness = IngestHarness({"own": Hmac(), "code": "github"})
    for endpoint, body in product(harness.configured, ({"type": "note", "text": attack}, [attack])):
        scheme = harness.ingest.endpoints[endpoint].scheme
        signed = sign(scheme, SECRET, a_request(endpoint, body), now=NOW, delivery_id="")
        as_json, as_form = (
            harness.accept(replace(signed, headers={**signed.headers, "content-type": content_type}))
            for content_type in ("application/json", "application/x-www-form-urlencoded")
        )
        assert as_json == as_form
        assert as_form.body == body


def test_github_may_send_its_json_in_a_form() -> None:
    harness = IngestHarness({"code": "github"})
    body = b"payload=" + quote(sample("github/push").body).encode()
    request = a_request("code", body, x_github_event="push")
    signed = sign(CATALOGUE["github"].scheme, SECRET, request, now=NOW, delivery_id="")
    assert harness.accept(signed).type == "code.pushed"


def test_what_curl_calls_a_form_is_taken_as_the_json_it_is(harness: IngestHarness) -> None:
    for text in ("Until Sunday.", "a=b&payload={}"):
        body = {"title": "Line 12", "text": text, "severity": "warning"}
        notice = harness.accept(notice_in(body, **FORM)).notice
        assert (notice.title, notice.text, notice.severity) == ("Line 12", text, "warning")


def test_a_field_called_payload_is_one_like_any_other(harness: IngestHarness) -> None:
    event = harness.accept(notice_in(b"title=Line+12&payload=%7B%7D", **FORM))
    assert (event.notice.title, event.body) == ("Line 12", {"title": "Line 12", "payload": "{}"})


def notice_in(body: Any, **headers: str) -> Request:
    lower = {name.lower(): value for name, value in headers.items()}
    return a_request("token", body, authorization=f"Bearer {TOKEN}", **lower)


def test_credentials_of_the_body_stay_in_ingest(harness: IngestHarness) -> None:
    request = sample("netlify/deploy-failed")
    assert b"a-credential-that-must-stay-here" in request.body
    harness.ingest.accept(request)
    assert "a-credential-that-must-stay-here" not in harness.published[0][0]


def test_characters_that_sns_refuses_do_not_reach_it(harness: IngestHarness) -> None:
    body = b'{"title": "a\\ud800b\\uffffc", "text": "line\\u0000"}'
    event = harness.accept(a_request("token", body, authorization=f"Bearer {TOKEN}"))
    assert event.notice.title == "a\ufffdb\ufffdc"
    harness.published[0][0].encode()
