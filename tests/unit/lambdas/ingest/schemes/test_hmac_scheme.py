"""HMACs: what can be written down is verified as it says, and what does not fit together is refused."""

import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.schemes.document import read_scheme, scheme_document
from lambdas.ingest.schemes.hmac_scheme import Hmac
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import (
    URL,
    accepted,
    hmac_schemes,
    holds,
    request,
    signed,
)


@given(scheme=hmac_schemes, body=st.binary(max_size=100))
def test_hmac_accepts_what_it_signs_and_nothing_else(scheme: Hmac, body: bytes) -> None:
    secret, _ = generate_key_pair(scheme)
    made = sign(scheme, secret, request(body), now=NOW, delivery_id="msg_1")
    assert accepted(scheme, made, secret)
    assert not accepted(scheme, replace(made, body=body + b" "), secret)
    assert read_scheme(scheme_document(scheme)) == scheme


@pytest.mark.parametrize("time", ["", "soon", "-1", "1.8e9", "\uff11800000000", "9" * 30, " 1800000000"])
def test_invalid_timestamp_is_refused(time: str) -> None:
    scheme = Hmac(message="{timestamp}.{body}", timestamp="x-timestamp")
    headers = sign(scheme, "s", request(b"{}"), now=NOW, delivery_id="").headers
    assert not accepted(scheme, request(b"{}", **headers | {"x-timestamp": time}), "s")


@pytest.mark.parametrize("unit", ["s", "ms", "rfc3339", "http-date"])
def test_timestamp_is_read_in_any_unit(unit: Any) -> None:
    scheme = Hmac(message="{timestamp}\n{body}", timestamp="date", timestamp_unit=unit)
    made = sign(scheme, "s", request(b"{}"), now=NOW, delivery_id="")
    assert accepted(scheme, made, "s")
    assert not accepted(scheme, made, "s", now=NOW + 302)


def test_two_timestamps_in_one_header_are_refused() -> None:
    made = signed("stripe")
    header = made.headers["stripe-signature"]
    for doubled in (f"{header},t=1800000000", f"t=1700000000,{header}"):
        assert not holds("stripe", replace(made, headers={"stripe-signature": doubled}))


def test_older_signature_versions_are_ignored() -> None:
    made = signed("stripe")
    header = made.headers["stripe-signature"]
    assert holds("stripe", replace(made, headers={"stripe-signature": f"{header},v0=00,v1=00"}))
    assert not holds("stripe", replace(made, headers={"stripe-signature": header.replace("v1=", "v0=")}))


def test_plain_hash_of_secret_and_body_is_verified() -> None:
    scheme = Hmac(message="{secret}{body}", header="x-hash")
    right = hashlib.sha256(b"s3cret" + b"{}").hexdigest()
    assert accepted(scheme, request(b"{}", **{"x-hash": right}), "s3cret")
    assert not accepted(scheme, request(b"{} ", **{"x-hash": right}), "s3cret")


def test_url_and_headers_are_part_of_the_message() -> None:
    scheme = Hmac(message="{method} {url} {path} {header.x-shop} {body}")
    message = f"POST {URL} /endpoint acme {{}}".encode()
    right = hmac.new(b"s", message, hashlib.sha256).hexdigest()
    assert accepted(scheme, request(b"{}", **{"x-signature": right, "x-shop": "acme"}), "s")
    assert not accepted(scheme, request(b"{}", **{"x-signature": right, "x-shop": "other"}), "s")
    assert not accepted(scheme, request(b"{}", **{"x-signature": right}), "s")


def test_signature_is_read_in_any_case_and_padding() -> None:
    hexadecimal = Hmac(prefix="sha256=")
    header = sign(hexadecimal, "s", request(b"{}"), now=NOW, delivery_id="").headers["x-signature"]
    assert accepted(hexadecimal, request(b"{}", **{"x-signature": header.upper().replace("SHA", "sha")}), "s")
    base64 = Hmac(encoding="base64")
    header = sign(base64, "s", request(b"{}"), now=NOW, delivery_id="").headers["x-signature"]
    assert accepted(base64, request(b"{}", **{"x-signature": header.rstrip("=")}), "s")


BAD: dict[str, dict[str, Any]] = {
    "a header that is none": {"header": "x signature"},
    "no header": {"header": ""},
    "an unknown hash": {"algorithm": "md5"},
    "an unknown encoding": {"encoding": "base32"},
    "an unknown unit": {"timestamp_unit": "h"},
    "a message without the body": {"message": "{timestamp}", "timestamp": "x-time"},
    "a message with the body twice": {"message": "{body}{body}"},
    "a message with a stranger": {"message": "{query}.{body}"},
    "a broken template": {"message": "{body"},
    "a template with a format": {"message": "{body!r}"},
    "a time that is not signed": {"timestamp": "x-time"},
    "a signed time that is nowhere": {"message": "{timestamp}.{body}"},
    "an id that is not signed": {"id": "x-id"},
    "pairs that nothing separates": {"key": "v1"},
    "a pair's time without pairs": {"timestamp_key": "t", "message": "{timestamp}.{body}"},
    "two times": {
        "timestamp_key": "t",
        "timestamp": "x-t",
        "key": "v1",
        "split": ",",
        "message": "{timestamp}.{body}",
    },
    "no tolerance": {"tolerance": 0},
}


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD.keys())
def test_inconsistent_scheme_is_refused_in_one_sentence(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^The .* expected [^\n]*\.$"):
        Hmac(**fields)
