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
from lambdas.ingest.schemes.scheme import VerificationError
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


@pytest.mark.parametrize(
    ("unit", "time"),
    [("rfc3339", "2027-02-30T08:00:00Z"), ("http-date", "Tue, 30 Feb 2027 08:00:00 GMT")],
)
def test_time_that_no_clock_shows_is_refused(unit: Any, time: str) -> None:
    scheme = Hmac(message="{timestamp}{body}", timestamp="date", timestamp_unit=unit)
    right = hmac.new(b"s", time.encode() + b"{}", hashlib.sha256).hexdigest()
    assert not accepted(scheme, request(b"{}", **{"x-signature": right, "date": time}), "s")


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


@pytest.mark.parametrize("missing", ["{header.x-shop}", "{query.shop}"])
def test_missing_part_is_not_signed_as_an_empty_one(missing: str) -> None:
    scheme = Hmac(message=f"{missing}:{{body}}")
    right = hmac.new(b"s", b":{}", hashlib.sha256).hexdigest()
    assert not accepted(scheme, request(b"{}", **{"x-signature": right}), "s")


def test_end_of_a_signed_part_cannot_be_moved() -> None:
    """Both requests have the same message, and so the same signature."""
    scheme = Hmac(message="{header.x-shop}:{body}")
    right = hmac.new(b"s", b"acme:7:8", hashlib.sha256).hexdigest()
    assert accepted(scheme, request(b"7:8", **{"x-signature": right, "x-shop": "acme"}), "s")
    assert not accepted(scheme, request(b"8", **{"x-signature": right, "x-shop": "acme:7"}), "s")


def test_signature_without_its_prefix_is_ignored() -> None:
    scheme = Hmac(prefix="sha256=", split=",")
    right = hmac.new(b"s", b"{}", hashlib.sha256).hexdigest()
    assert accepted(scheme, request(b"{}", **{"x-signature": f"sha1=00,sha256={right}"}), "s")
    for text in (right, f"sha1={right}", f"sha256=00,{right}"):
        assert not accepted(scheme, request(b"{}", **{"x-signature": text}), "s")


def test_signature_is_read_in_any_case_and_padding() -> None:
    hexadecimal = Hmac(prefix="sha256=")
    header = sign(hexadecimal, "s", request(b"{}"), now=NOW, delivery_id="").headers["x-signature"]
    assert accepted(hexadecimal, request(b"{}", **{"x-signature": header.upper().replace("SHA", "sha")}), "s")
    base64 = Hmac(encoding="base64")
    header = sign(base64, "s", request(b"{}"), now=NOW, delivery_id="").headers["x-signature"]
    assert accepted(base64, request(b"{}", **{"x-signature": header.rstrip("=")}), "s")


def test_weak_md5_makes_an_hmac() -> None:
    right = hmac.new(b"s", b"{}", "md5").hexdigest()
    assert accepted(Hmac(algorithm="weak-md5"), request(b"{}", **{"x-signature": right}), "s")
    assert not accepted(Hmac(algorithm="weak-md5"), request(b"[]", **{"x-signature": right}), "s")


def test_signature_is_found_in_any_of_several_headers() -> None:
    scheme = Hmac(header=("x-one", "x-two"))
    right = hmac.new(b"s", b"{}", hashlib.sha256).hexdigest()
    for headers in ({"x-one": right}, {"x-two": right}, {"x-one": "00", "x-two": right}):
        assert accepted(scheme, request(b"{}", **headers), "s")
    for headers in ({}, {"x-one": "", "x-two": ""}, {"x-three": right}, {"x-one": "00"}):
        assert not accepted(scheme, request(b"{}", **headers), "s")


def test_parts_of_a_header_are_found_by_their_places() -> None:
    scheme = Hmac(split=",", key=1, timestamp_key=0, message="{timestamp}.{body}")
    right = hmac.new(b"s", b"1800000000.{}", hashlib.sha256).hexdigest()
    assert accepted(scheme, request(b"{}", **{"x-signature": f"1800000000,{right}"}), "s")
    assert accepted(scheme, request(b"{}", **{"x-signature": f"1800000000, {right}"}), "s")
    for text in (
        right,
        f"{right},1800000000",
        f"1800000000,{right},",
        f"1800000000,{right},{right}",
        f",{right}",
    ):
        assert not accepted(scheme, request(b"{}", **{"x-signature": text}), "s")


def test_signature_in_the_query_does_not_sign_itself() -> None:
    scheme = Hmac(query="sig", message="{url}|{path}|{body}")
    for query, signed_query in (("sig={}", ""), ("a=1&sig={}", "?a=1"), ("sig={}&a=1", "?a=1")):
        message = f"{URL}{signed_query}|/endpoint{signed_query}|{{}}".encode()
        right = hmac.new(b"s", message, hashlib.sha256).hexdigest()
        made = replace(request(b"{}"), url=f"{URL}?{query.format(right)}")
        assert accepted(scheme, made, "s")
        assert not accepted(scheme, replace(made, url=made.url + "&b=2"), "s")
        assert not accepted(scheme, replace(made, body=b"[]"), "s")


def test_signed_fields_are_what_an_event_is_known_by() -> None:
    """Whoever changes the rest of the body makes no other event of it."""
    scheme = Hmac(message="{body.id}:{body.paid}:{body.amount}")
    right = hmac.new(b"s", b"7:true:12.50", hashlib.sha256).hexdigest()
    made = request(b'{"id":7,"paid":true,"amount":12.50,"note":"a"}', **{"x-signature": right})
    other = replace(made, body=made.body.replace(b'"a"', b'"b"'))
    contents = {scheme.verify(["s"], one, NOW).content for one in (made, other)}
    assert contents == {b"7:true:12.50"}
    for body in (
        b'{"id":7,"paid":true}',
        b'{"id":{},"paid":true,"amount":1}',
        b"[]",
        b"\xff",
        b"[" * 100_000,
    ):
        assert not accepted(scheme, replace(made, body=body), "s")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "the body is neither JSON nor a form"),
        (b"[" * 100_000, "the body is neither JSON nor a form"),
        (b"%ff=1", "the body is neither JSON nor a form"),
        (b'{"b": 1}', "no field a in the body"),
        (b'["a"]', "no field a in the body"),
    ],
)
def test_refusal_tells_why_a_field_is_not_there(body: bytes, reason: str) -> None:
    with pytest.raises(VerificationError, match=f"^{reason}$"):
        Hmac(message="{body.a}").verify(["s"], request(body, **{"x-signature": "00"}), NOW)


def test_empty_field_of_a_form_is_signed_too() -> None:
    right = hmac.new(b"s", b"|1", hashlib.sha256).hexdigest()
    assert accepted(
        Hmac(message="{body.a}|{body.b}", field="sig"), request(f"a=&b=1&sig={right}".encode()), "s"
    )


def test_fields_of_a_form_are_signed_once_each() -> None:
    scheme = Hmac(message="{body.a}", field="sig")
    right = hmac.new(b"s", b"1", hashlib.sha256).hexdigest()
    assert accepted(scheme, request(f"a=1&sig={right}".encode()), "s")
    for body in (f"a=1&a=1&sig={right}", f"a=1&sig={right}&sig={right}", f"a=2&sig={right}", "a=1", "%ff=1"):
        assert not accepted(scheme, request(body.encode()), "s")


@pytest.mark.parametrize("text", ["", "MfKQ9r8G****", "MfKQ 9r8G", "MfKQ9"])
def test_text_that_is_no_base64_is_no_secret(text: str) -> None:
    scheme = Hmac(secret_encoding="base64", secret_prefix="whsec_")
    assert scheme.is_secret("whsec_MfKQ9r8G")
    assert scheme.is_secret("MfKQ9r8G")
    assert not scheme.is_secret(text)
    made = sign(scheme, "MfKQ9r8G", request(b"{}"), now=NOW, delivery_id="")
    assert not accepted(scheme, made, text)
