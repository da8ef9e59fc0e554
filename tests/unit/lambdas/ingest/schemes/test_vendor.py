"""The vendors' own schemes: what is signed is what is believed, and nothing beside it."""

import base64
import hashlib
import json
from dataclasses import replace

import pytest

from jamwire.samples import signing
from jamwire.samples.signing import sign
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.vendor import BodyJws, ContentfulRequest, HygraphEnvelope, TwilioUrl
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import (
    PAIRS,
    SCHEMES,
    URL,
    accepted,
    holds,
    request,
    signed,
)

JWS = BodyJws(header="x-jws", issuer="us")
TWILIO = TwilioUrl()


def test_form_signed_by_twilio_is_not_taken_as_json() -> None:
    key, _ = PAIRS["twilio"]
    made = sign(SCHEMES["twilio"], key, request(b"%7B%22a%22:1%7D="), now=NOW, delivery_id="")
    assert holds("twilio", made)
    for body in (b'{"a":1}', b'\xef\xbb\xbf {"a":1}'):
        assert not holds("twilio", replace(made, body=body))


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256", "hs256", None])
def test_jws_of_another_algorithm_is_refused(algorithm: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = signing._segment
    monkeypatch.setattr(
        signing, "_segment", lambda part: whole(part | {"alg": algorithm} if "alg" in part else part)
    )
    assert not holds("netlify", signed("netlify"))


def test_jws_of_another_issuer_is_refused() -> None:
    other = BodyJws(header="x-webhook-signature", issuer="somebody")
    made = sign(other, PAIRS["netlify"][0], request(b"{}"), now=NOW, delivery_id="")
    assert not holds("netlify", made)


def jws(*segments: bytes) -> Request:
    """A request with a JWS of these segments, signed by the secret `s`."""
    written = ".".join(base64.urlsafe_b64encode(segment).decode().rstrip("=") for segment in segments)
    return request(b"{}", **{"x-jws": f"{written}.{JWS.signature('s', written)}"})


def test_segments_of_a_jws_have_any_length_and_no_padding() -> None:
    for length in range(20):
        claims = {"iss": "us", "sha256": hashlib.sha256(b"{}").hexdigest(), "more": "x" * length}
        header = {"alg": "HS256", "kid": "x" * length}
        assert accepted(JWS, jws(json.dumps(header).encode(), json.dumps(claims).encode()), "s")


@pytest.mark.parametrize("segment", [b"", b"{", b"[]", b"1", b"\xff", b"[" * 100_000])
def test_segment_that_is_no_object_is_refused(segment: bytes) -> None:
    header = b'{"alg": "HS256"}'
    for segments in ((segment, b"{}"), (header, segment), (segment,)):
        assert not accepted(JWS, jws(*segments), "s")


@pytest.mark.parametrize("body", [b"\xff", b"\xed\xa0\x80"])
def test_body_that_hygraph_cannot_have_sent_is_refused(body: bytes) -> None:
    made = request(body, **{"gcms-signature": f"sign=AAAA, env=master, t={int(NOW * 1000)}"})
    assert not accepted(HygraphEnvelope(), made, "s")


def twilio(signed_url: str, called_url: str, body: bytes = b"") -> Request:
    """A call of a URL, signed as one of another URL."""
    made = replace(request(body), url=called_url)
    signature = TWILIO.signature("s", (signed_url + TWILIO.form(made)).encode())
    return replace(made, headers={"x-twilio-signature": signature})


@pytest.mark.parametrize(
    ("signed_url", "called_url", "is_the_same"),
    [
        ("https://a.example/x", "https://a.example/x", True),
        ("https://a.example:443/x", "https://a.example/x", True),
        ("https://a.example/x", "https://a.example:443/x", True),
        ("http://a.example:80/x", "http://a.example/x", True),
        ("https://a.example/x", "https://a.example:8443/x", True),
        ("https://a.example:8443/x", "https://a.example:8443/x", True),
        ("https://a.example:8443/x", "https://a.example/x", False),
        ("https://a.example:80/x", "https://a.example/x", False),
        ("http://a.example:443/x", "http://a.example/x", False),
        ("https://a.example/x", "https://a.example/y", False),
        ("https://a.example/x", "https://b.example/x", False),
    ],
)
def test_url_is_signed_by_twilio_with_its_port_or_without(
    signed_url: str, called_url: str, is_the_same: bool
) -> None:
    assert accepted(TWILIO, twilio(signed_url, called_url, b"a=1"), "s") is is_the_same


def test_url_that_is_none_is_refused() -> None:
    assert not accepted(TWILIO, twilio("https://[a/x", "https://[a/x"), "s")


def test_digest_in_the_url_is_of_the_body() -> None:
    url = f"{URL}?bodySHA256={hashlib.sha256(b'{}').hexdigest()}"
    right = TWILIO.signature("s", url.encode())
    made = replace(request(b"{}", **{"x-twilio-signature": right}), url=url)
    assert accepted(TWILIO, made, "s")
    assert not accepted(TWILIO, replace(made, body=b"[]"), "s")


@pytest.mark.parametrize("missing", ["x-contentful-timestamp", "x-contentful-signed-headers"])
def test_unsigned_timestamp_of_contentful_is_refused(missing: str) -> None:
    """Nor is the list of what is signed believed, which does not name itself."""
    names = sorted({"x-contentful-timestamp", "x-contentful-signed-headers", "content-type"} - {missing})
    scheme = ContentfulRequest()
    headers = {
        "x-contentful-timestamp": str(int(NOW * 1000)),
        "x-contentful-signed-headers": ",".join(names),
        "content-type": "application/json",
    }
    made = request(b"{}", **headers)
    signature = scheme.signature("s", scheme.message(made, names))
    assert not accepted(scheme, replace(made, headers=headers | {"x-contentful-signature": signature}), "s")


def test_no_other_header_of_contentful_need_be_signed() -> None:
    key, public = PAIRS["contentful"]
    names = "x-contentful-timestamp,x-contentful-signed-headers"
    scheme = ContentfulRequest()
    made = request(
        b"{}", **{"x-contentful-timestamp": str(int(NOW * 1000)), "x-contentful-signed-headers": names}
    )
    signature = scheme.signature(key, scheme.message(made, names.split(",")))
    signed_by_us = replace(made, headers={**made.headers, "x-contentful-signature": signature})
    assert accepted(scheme, signed_by_us, public)
    assert not accepted(scheme, replace(signed_by_us, body=b"[]"), public)
