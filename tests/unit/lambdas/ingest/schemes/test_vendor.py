"""The vendors' own schemes: what is signed is what is believed, and nothing beside it."""

from dataclasses import replace

import pytest

from jamwire.samples import signing
from jamwire.samples.signing import sign
from lambdas.ingest.schemes.vendor import BodyJws, ContentfulRequest
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import PAIRS, SCHEMES, accepted, holds, request, signed


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


def test_unsigned_timestamp_of_contentful_is_refused() -> None:
    made = signed("contentful")
    names = made.headers["x-contentful-signed-headers"].replace(",x-contentful-timestamp", "")
    assert not holds(
        "contentful", replace(made, headers=made.headers | {"x-contentful-signed-headers": names})
    )


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
