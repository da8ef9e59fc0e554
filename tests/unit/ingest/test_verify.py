"""Verification: what the sender signed is accepted, anything else is refused, and nothing is ever raised."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jamwire.signing import sign
from lambdas.ingest.request import Request
from lambdas.ingest.schemes import BodyJws, Hmac, Scheme, Token, read_scheme, scheme_document
from lambdas.ingest.sources import CATALOGUE
from lambdas.ingest.verify import RefusedError, verify
from tests.unit.ingest.world import NOW, SECRET

SCHEMES = {name: source.scheme for name, source in CATALOGUE.items()}
SIGNING = {name: scheme for name, scheme in SCHEMES.items() if not isinstance(scheme, Token)}
every_scheme = pytest.mark.parametrize("scheme", SCHEMES.values(), ids=SCHEMES.keys())
every_signing_scheme = pytest.mark.parametrize("scheme", SIGNING.values(), ids=SIGNING.keys())

header_names = st.sampled_from(["x-signature", "x-hub-signature-256", "webhook-signature"])
hmac_schemes = st.builds(
    lambda timed, identified, ascii_prefix, **fields: Hmac(
        message=".".join([*(["{id}"] if identified else []), *(["{timestamp}"] if timed else []), "{body}"]),
        timestamp="x-timestamp" if timed else "",
        id="x-id" if identified else "",
        prefix=ascii_prefix,
        **fields,
    ),
    timed=st.booleans(),
    identified=st.booleans(),
    ascii_prefix=st.sampled_from(["", "sha256=", "v1,", "v0="]),
    header=header_names,
    algorithm=st.sampled_from(["sha1", "sha256", "sha512"]),
    encoding=st.sampled_from(["hex", "base64", "base64url"]),
    split=st.sampled_from(["", " ", ";"]),
    timestamp_unit=st.sampled_from(["s", "ms", "rfc3339"]),
    secret_encoding=st.sampled_from(["utf8", "base64"]),
    secret_prefix=st.sampled_from(["", "whsec_"]),
)


def request(headers: dict[str, str], body: bytes) -> Request:
    return Request(endpoint="site", method="POST", headers=headers, body=body)


def signed(scheme: Scheme, body: bytes, *, secret: str = SECRET, at: float = NOW) -> dict[str, str]:
    return sign(scheme, secret, body, now=at, delivery_id="msg_1")


def accepted(scheme: Scheme, headers: dict[str, str], body: bytes, *secrets: str, now: float = NOW) -> bool:
    try:
        verify(scheme, secrets or (SECRET,), request(headers, body), now)
    except RefusedError:
        return False
    return True


@every_scheme
@given(body=st.binary(max_size=300))
def test_what_the_sender_signed_is_accepted(scheme: Scheme, body: bytes) -> None:
    assert accepted(scheme, signed(scheme, body), body)


@given(scheme=hmac_schemes, body=st.binary(max_size=100))
def test_any_scheme_that_can_be_written_down_accepts_what_it_signs_and_nothing_else(
    scheme: Hmac, body: bytes
) -> None:
    headers = signed(scheme, body)
    assert accepted(scheme, headers, body)
    assert not accepted(scheme, headers, body + b" ")
    assert read_scheme(scheme_document(scheme)) == scheme


@every_signing_scheme
@given(body=st.binary(min_size=1, max_size=100), data=st.data())
def test_one_changed_byte_is_refused(scheme: Scheme, body: bytes, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytes([body[place] ^ data.draw(st.integers(1, 255))])
    assert not accepted(scheme, signed(scheme, body), body[:place] + changed + body[place + 1 :])


@every_scheme
def test_another_secret_is_refused(scheme: Scheme) -> None:
    other = SECRET.swapcase()
    assert not accepted(scheme, signed(scheme, b"{}", secret=other), b"{}")
    assert not accepted(scheme, signed(scheme, b"{}"), b"{}", other)


@every_scheme
def test_any_of_several_secrets_is_accepted(scheme: Scheme) -> None:
    other = SECRET.swapcase()
    headers = signed(scheme, b"{}")
    assert accepted(scheme, headers, b"{}", other, SECRET)
    assert accepted(scheme, headers, b"{}", SECRET, other)


@every_scheme
def test_no_secret_and_an_empty_one_accept_nothing(scheme: Scheme) -> None:
    with pytest.raises(RefusedError):
        verify(scheme, (), request(signed(scheme, b"{}"), b"{}"), NOW)
    assert not accepted(scheme, signed(scheme, b"{}", secret=""), b"{}", "")


@every_scheme
@given(headers=st.data(), body=st.binary(max_size=50))
def test_whatever_a_header_holds_is_accepted_or_refused(
    scheme: Scheme, headers: st.DataObject, body: bytes
) -> None:
    texts = st.text() | st.sampled_from(
        ["", ",", "v1,", "sha256=", "..", "a.b.c", "1800000000", "٣", "t=,v1="]
    )
    names = signed(scheme, body)
    given_headers = {name: headers.draw(texts) for name in names if headers.draw(st.booleans())}
    assert not accepted(scheme, given_headers, body)


@every_signing_scheme
@pytest.mark.parametrize(
    "mangle",
    [
        lambda text: "",
        lambda text: text + "A",
        lambda text: text[:-3],
        lambda text: f"{text}\udcff",
        lambda text: text[:20].replace(",", ""),
        lambda text: "," * 10_000,
        lambda text: " ".join(["v1,AAAA"] * 10_000),
        lambda text: text + "====",
        lambda text: "é" * 100,
    ],
)
def test_a_malformed_signature_is_refused(scheme: Any, mangle: Callable[[str], str]) -> None:
    headers = signed(scheme, b"{}")
    changed = {**headers, scheme.header: mangle(headers[scheme.header])}
    assert not accepted(scheme, changed, b"{}")


TIMED = {name: s for name, s in SCHEMES.items() if isinstance(s, Hmac) and s.timestamp}
every_timed_scheme = pytest.mark.parametrize("scheme", TIMED.values(), ids=TIMED.keys())


@every_timed_scheme
@pytest.mark.parametrize("direction", [1, -1])
def test_a_time_at_the_edge_of_the_tolerance_is_accepted_and_a_second_more_refused(
    scheme: Hmac, direction: int
) -> None:
    headers = signed(scheme, b"{}")
    assert accepted(scheme, headers, b"{}", now=NOW + direction * scheme.tolerance)
    assert not accepted(scheme, headers, b"{}", now=NOW + direction * (scheme.tolerance + 1))


@every_timed_scheme
@pytest.mark.parametrize("time", ["", "soon", "-1", "1.8e9", "\uff11800000000", "9" * 30, " 1800000000"])
def test_a_time_that_is_none_is_refused(scheme: Hmac, time: str) -> None:
    headers = signed(scheme, b"{}") | {scheme.timestamp: time}
    assert not accepted(scheme, headers, b"{}")


def test_hex_is_read_in_either_case_and_base64_with_or_without_padding() -> None:
    hexadecimal = Hmac(prefix="sha256=")
    headers = signed(hexadecimal, b"{}")
    assert accepted(hexadecimal, {"x-signature": headers["x-signature"].upper().replace("SHA", "sha")}, b"{}")
    base64 = Hmac(encoding="base64")
    headers = signed(base64, b"{}")
    assert accepted(base64, {"x-signature": headers["x-signature"].rstrip("=")}, b"{}")


def test_any_signature_of_a_list_may_match_and_other_versions_are_ignored() -> None:
    scheme = CATALOGUE["standard-webhooks"].scheme
    headers = signed(scheme, b"{}")
    right = headers["webhook-signature"]
    assert accepted(scheme, {**headers, "webhook-signature": f"v1,AAAA v2,BBBB {right}"}, b"{}")
    assert not accepted(scheme, {**headers, "webhook-signature": right.replace("v1,", "v2,")}, b"{}")


def test_the_signed_id_is_given_back() -> None:
    scheme = CATALOGUE["standard-webhooks"].scheme
    assert verify(scheme, (SECRET,), request(signed(scheme, b"{}"), b"{}"), NOW) == "msg_1"


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256", "hs256", None])
def test_a_jws_of_another_algorithm_is_refused_even_where_one_of_our_secrets_signed_it(
    algorithm: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheme = CATALOGUE["netlify"].scheme
    assert isinstance(scheme, BodyJws)
    from jamwire import signing

    whole = signing._segment
    monkeypatch.setattr(
        signing, "_segment", lambda part: whole(part | {"alg": algorithm} if "alg" in part else part)
    )
    assert not accepted(scheme, signed(scheme, b"{}"), b"{}")


def test_a_jws_of_another_issuer_is_refused() -> None:
    other = BodyJws(header="x-webhook-signature", issuer="somebody")
    assert not accepted(CATALOGUE["netlify"].scheme, signed(other, b"{}"), b"{}")


@pytest.mark.parametrize("header", ["bearer ", "BEARER ", "Bearer "])
def test_a_tokens_prefix_is_read_in_either_case(header: str) -> None:
    assert accepted(Token(), {"authorization": f"{header}{SECRET}"}, b"{}")
    assert not accepted(Token(), {"authorization": SECRET}, b"{}")


BAD: dict[str, dict[str, Any]] = {
    "a header that is none": {"header": "x signature"},
    "no header": {"header": ""},
    "an unknown hash": {"algorithm": "md5"},
    "an unknown encoding": {"encoding": "base32"},
    "a message without the body": {"message": "{timestamp}", "timestamp": "x-time"},
    "a message with the body twice": {"message": "{body}{body}"},
    "a message with a stranger": {"message": "{path}.{body}"},
    "a broken template": {"message": "{body"},
    "a time that is not signed": {"timestamp": "x-time"},
    "a signed time that is nowhere": {"message": "{timestamp}.{body}"},
    "an id that is not signed": {"id": "x-id"},
    "no tolerance": {"tolerance": 0},
}


@pytest.mark.parametrize("fields", BAD.values(), ids=BAD.keys())
def test_a_scheme_that_does_not_fit_together_is_refused_in_one_sentence(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^The .* expected [^\n]*\.$"):
        Hmac(**fields)
