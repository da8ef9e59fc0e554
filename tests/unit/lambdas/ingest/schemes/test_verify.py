"""Verification: what the sender signed is accepted, anything else is refused, and nothing is ever raised."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, get_args
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from jamwire.samples import signing
from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.document import read_scheme, scheme_document
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import Scheme, VerificationError
from lambdas.ingest.schemes.signed import SignedMessage, TimestampUnit
from lambdas.ingest.schemes.tokens import Basic, BodyToken, EventBridge, Token
from lambdas.ingest.schemes.vendor import BodyJws
from tests.unit.lambdas.ingest.world import NOW

URL = "https://jamwire.example/endpoint"
SCHEMES = {name: s.scheme for name, s in CATALOGUE.items() if not isinstance(s.scheme, EventBridge)}
TOKENS = (Token, Basic, BodyToken)
SIGNING = {name: scheme for name, scheme in SCHEMES.items() if not isinstance(scheme, TOKENS)}
PAIRS = {name: generate_key_pair(scheme) for name, scheme in SCHEMES.items()}
OTHERS = {name: generate_key_pair(scheme) for name, scheme in SCHEMES.items()}
every_name = pytest.mark.parametrize("name", SCHEMES)
every_signing_name = pytest.mark.parametrize("name", SIGNING)
bodies = st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3)

hmac_schemes = st.builds(
    lambda timed, identified, key, **fields: Hmac(
        message=".".join([*(["{id}"] if identified else []), *(["{timestamp}"] if timed else []), "{body}"]),
        timestamp="x-timestamp" if timed and not key else "",
        timestamp_key="t" if timed and key else "",
        key=key,
        id="x-id" if identified else "",
        **(fields | ({"split": ";"} if key else {})),
    ),
    timed=st.booleans(),
    identified=st.booleans(),
    key=st.sampled_from(["", "v1", "sha256"]),
    prefix=st.sampled_from(["", "sha256=", "v0=", "x:"]),
    header=st.sampled_from(["x-signature", "x-hub-signature-256", "webhook-signature"]),
    algorithm=st.sampled_from(["sha1", "sha256", "sha512"]),
    encoding=st.sampled_from(["hex", "base64", "base64url"]),
    split=st.sampled_from(["", " ", ",", ";"]),
    timestamp_unit=st.sampled_from(get_args(TimestampUnit)),
    secret_encoding=st.sampled_from(["utf8", "base64", "hex"]),
    secret_prefix=st.sampled_from(["", "whsec_"]),
)


def a_body(name: str, content: dict[str, str]) -> bytes:
    """A body that the source may send: a form, a token's place, or any JSON."""
    document: Any = dict(content)
    if name == "twilio":
        return urlencode(content).encode()
    if name == "microsoft-graph":
        document = {"value": [content]}
    return json.dumps(document).encode()


def request(body: bytes, **headers: str) -> Request:
    return Request(endpoint="endpoint", method="POST", headers=headers, body=body, url=URL)


def signed(
    name: str, body: bytes = b"{}", *, pair: tuple[str, str] | None = None, at: float = NOW
) -> Request:
    if name in ("microsoft-graph", "twilio") and body == b"{}":
        body = a_body(name, {"a": "b"})
    key, _ = pair or PAIRS[name]
    return sign(SCHEMES[name], key, request(body), now=at, delivery_id="msg_1")


once_signed = cache(signed)
"""The same each time: an ECDSA signature is another one each time it is made."""


def accepted(scheme: Scheme, request: Request, *secrets: str, now: float = NOW) -> bool:
    try:
        scheme.verify(secrets, request, now)
    except VerificationError:
        return False
    return True


def holds(name: str, request: Request, *, now: float = NOW) -> bool:
    return accepted(SCHEMES[name], request, PAIRS[name][1], now=now)


@every_name
@given(content=bodies)
def test_what_the_sender_signed_is_accepted(name: str, content: dict[str, str]) -> None:
    assert holds(name, signed(name, a_body(name, content)))


@given(scheme=hmac_schemes, body=st.binary(max_size=100))
def test_any_scheme_that_can_be_written_down_accepts_what_it_signs_and_nothing_else(
    scheme: Hmac, body: bytes
) -> None:
    secret, _ = generate_key_pair(scheme)
    made = sign(scheme, secret, request(body), now=NOW, delivery_id="msg_1")
    assert accepted(scheme, made, secret)
    assert not accepted(scheme, replace(made, body=body + b" "), secret)
    assert read_scheme(scheme_document(scheme)) == scheme


@every_signing_name
@given(content=bodies, data=st.data())
def test_one_changed_bit_of_the_body_is_refused(
    name: str, content: dict[str, str], data: st.DataObject
) -> None:
    made = signed(name, a_body(name, content | {"a": "b"}))
    changed = flipped(made.body, data)
    # Twilio signs the form, not how it is written.
    assume(name != "twilio" or form_of(made.body) != form_of(changed))
    assert not holds(name, replace(made, body=changed))


@every_signing_name
@given(data=st.data())
def test_one_changed_bit_of_the_signature_the_time_or_the_id_is_refused(
    name: str, data: st.DataObject
) -> None:
    """Upper-case hex and padding are the same signature, which no changed bit of ours makes."""
    made = once_signed(name)
    header = data.draw(st.sampled_from(sorted(set(made.headers) - {"content-type"})))
    text = made.headers[header].encode()
    place = data.draw(st.integers(0, len(text) - 1))
    changed = bytearray(text)
    changed[place] ^= 1 << data.draw(st.sampled_from([0, 1, 2, 3, 4, 6]))  # not the bit of the case
    as_text = changed.decode("latin-1")
    assert not holds(name, replace(made, headers=made.headers | {header: as_text}))


def form_of(body: bytes) -> set[tuple[str, str]]:
    return set(parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1"))


def flipped(body: bytes, data: st.DataObject) -> bytes:
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    return bytes(changed)


def test_what_twilio_signed_as_a_form_is_not_taken_as_json() -> None:
    key, _ = PAIRS["twilio"]
    made = sign(SCHEMES["twilio"], key, request(b"%7B%22a%22:1%7D="), now=NOW, delivery_id="")
    assert holds("twilio", made)
    for body in (b'{"a":1}', b'\xef\xbb\xbf {"a":1}'):
        assert not holds("twilio", replace(made, body=body))


@every_name
def test_another_secret_is_refused(name: str) -> None:
    assert not holds(name, signed(name, pair=OTHERS[name]))


@every_name
def test_any_of_several_secrets_is_accepted_and_known_by_its_place(name: str) -> None:
    ours, other = PAIRS[name][1], OTHERS[name][1]
    for secrets in ((ours, other), (other, ours)):
        assert SCHEMES[name].verify(secrets, signed(name), NOW).position == secrets.index(ours)


@every_name
def test_no_secret_and_an_empty_one_accept_nothing(name: str) -> None:
    assert not accepted(SCHEMES[name], signed(name))
    assert not accepted(SCHEMES[name], signed(name), "")


MANGLED: dict[str, Callable[[str], str]] = {
    "missing": lambda text: "",
    "longer": lambda text: text + "A",
    "shorter": lambda text: text[:-3],
    "beyond ASCII": lambda text: f"{text}\udcff",
    "cut": lambda text: text[:20].replace(",", ""),
    "ten thousand commas": lambda text: "," * 10_000,
    "ten thousand signatures": lambda text: " ".join(["v1,AAAA"] * 10_000),
    "too much padding": lambda text: text + "====",
    "another alphabet": lambda text: "\u00e9" * 100,
}


def signature_header(name: str) -> str:
    [header] = {found for found in signed(name).headers if "signature" in found or "hmac" in found}
    return header


@every_signing_name
@pytest.mark.parametrize("mangle", MANGLED.values(), ids=MANGLED.keys())
def test_a_malformed_signature_is_refused(name: str, mangle: Callable[[str], str]) -> None:
    made, header = signed(name), signature_header(name)
    assert not holds(name, replace(made, headers=made.headers | {header: mangle(made.headers[header])}))


def tolerance(name: str) -> int:
    scheme = SCHEMES[name]
    part = scheme.schemes[0] if isinstance(scheme, AnyOf) else scheme
    if isinstance(part, SignedMessage) and not (part.timestamp or part.timestamp_key):
        return 0
    return int(getattr(part, "tolerance", 0))


every_timed_name = pytest.mark.parametrize("name", [name for name in SCHEMES if tolerance(name)])


@every_timed_name
@pytest.mark.parametrize("direction", [1, -1])
def test_a_time_at_the_edge_of_the_tolerance_is_accepted_and_a_second_more_refused(
    name: str, direction: int
) -> None:
    made = signed(name)
    assert holds(name, made, now=NOW + direction * tolerance(name))
    assert not holds(name, made, now=NOW + direction * (tolerance(name) + 1))


def test_the_formats_with_a_signed_time_are_known() -> None:
    assert {name for name in SCHEMES if tolerance(name)} == {
        *("standard-webhooks", "standard-webhooks-v1a", "gitlab-signed", "stripe", "slack", "zoom"),
        *("contentful", "sanity", "hygraph", "ghost", "sendgrid"),
    }


@pytest.mark.parametrize("time", ["", "soon", "-1", "1.8e9", "\uff11800000000", "9" * 30, " 1800000000"])
def test_a_time_that_is_none_is_refused(time: str) -> None:
    scheme = Hmac(message="{timestamp}.{body}", timestamp="x-timestamp")
    headers = sign(scheme, "s", request(b"{}"), now=NOW, delivery_id="").headers
    assert not accepted(scheme, request(b"{}", **headers | {"x-timestamp": time}), "s")


@pytest.mark.parametrize("unit", ["s", "ms", "rfc3339", "http-date"])
def test_a_time_is_read_in_any_form(unit: Any) -> None:
    scheme = Hmac(message="{timestamp}\n{body}", timestamp="date", timestamp_unit=unit)
    made = sign(scheme, "s", request(b"{}"), now=NOW, delivery_id="")
    assert accepted(scheme, made, "s")
    assert not accepted(scheme, made, "s", now=NOW + 302)


def test_two_times_in_one_header_are_refused() -> None:
    made = signed("stripe")
    header = made.headers["stripe-signature"]
    for doubled in (f"{header},t=1800000000", f"t=1700000000,{header}"):
        assert not holds("stripe", replace(made, headers={"stripe-signature": doubled}))


def test_older_versions_in_the_same_header_are_ignored() -> None:
    made = signed("stripe")
    header = made.headers["stripe-signature"]
    assert holds("stripe", replace(made, headers={"stripe-signature": f"{header},v0=00,v1=00"}))
    assert not holds("stripe", replace(made, headers={"stripe-signature": header.replace("v1=", "v0=")}))


def test_a_plain_hash_of_secret_and_body_can_be_written_down() -> None:
    scheme = Hmac(message="{secret}{body}", header="x-hash")
    right = hashlib.sha256(b"s3cret" + b"{}").hexdigest()
    assert accepted(scheme, request(b"{}", **{"x-hash": right}), "s3cret")
    assert not accepted(scheme, request(b"{} ", **{"x-hash": right}), "s3cret")


def test_the_address_and_other_headers_can_be_signed_in() -> None:
    scheme = Hmac(message="{method} {url} {path} {header.x-shop} {body}")
    message = f"POST {URL} /endpoint acme {{}}".encode()
    right = hmac.new(b"s", message, hashlib.sha256).hexdigest()
    assert accepted(scheme, request(b"{}", **{"x-signature": right, "x-shop": "acme"}), "s")
    assert not accepted(scheme, request(b"{}", **{"x-signature": right, "x-shop": "other"}), "s")
    assert not accepted(scheme, request(b"{}", **{"x-signature": right}), "s")


def test_a_hex_key_of_ed25519_as_chats_have_it_can_be_written_down() -> None:
    scheme = PublicKey(
        header="x-signature-ed25519",
        timestamp="x-signature-timestamp",
        message="{timestamp}{body}",
        key_encoding="hex",
    )
    private, public = generate_key_pair(scheme)
    made = sign(scheme, private, request(b"{}"), now=NOW, delivery_id="")
    assert accepted(scheme, made, public)
    assert not accepted(scheme, replace(made, body=b"[]"), public)
    assert read_scheme(scheme_document(scheme)) == scheme


def test_hex_is_read_in_either_case_and_base64_with_or_without_padding() -> None:
    hexadecimal = Hmac(prefix="sha256=")
    header = sign(hexadecimal, "s", request(b"{}"), now=NOW, delivery_id="").headers["x-signature"]
    assert accepted(hexadecimal, request(b"{}", **{"x-signature": header.upper().replace("SHA", "sha")}), "s")
    base64 = Hmac(encoding="base64")
    header = sign(base64, "s", request(b"{}"), now=NOW, delivery_id="").headers["x-signature"]
    assert accepted(base64, request(b"{}", **{"x-signature": header.rstrip("=")}), "s")


def test_any_signature_of_a_list_may_match_and_other_versions_are_ignored() -> None:
    made = signed("standard-webhooks")
    right = made.headers["webhook-signature"]
    several = made.headers | {"webhook-signature": f"v1,AAAA v2,BBBB {right}"}
    assert holds("standard-webhooks", replace(made, headers=several))
    newer = made.headers | {"webhook-signature": right.replace("v1,", "v2,")}
    assert not holds("standard-webhooks", replace(made, headers=newer))


def test_svix_names_are_the_same() -> None:
    made = signed("standard-webhooks")
    renamed = {name.replace("webhook-", "svix-"): value for name, value in made.headers.items()}
    assert holds("standard-webhooks", replace(made, headers=renamed))


def test_a_public_key_is_no_shared_secret() -> None:
    """Who knows the public key, and everybody may, must not be able to sign with it as a secret."""
    _, public = PAIRS["standard-webhooks-v1a"]
    assert not SCHEMES["standard-webhooks"].is_secret(public)


def test_the_signed_id_is_given_back() -> None:
    name = "standard-webhooks"
    assert SCHEMES[name].verify([PAIRS[name][1]], signed(name), NOW).id == "msg_1"


@pytest.mark.parametrize("algorithm", ["none", "HS512", "RS256", "hs256", None])
def test_a_jws_of_another_algorithm_is_refused_even_where_one_of_our_secrets_signed_it(
    algorithm: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = signing._segment
    monkeypatch.setattr(
        signing, "_segment", lambda part: whole(part | {"alg": algorithm} if "alg" in part else part)
    )
    assert not holds("netlify", signed("netlify"))


def test_a_jws_of_another_issuer_is_refused() -> None:
    other = BodyJws(header="x-webhook-signature", issuer="somebody")
    made = sign(other, PAIRS["netlify"][0], request(b"{}"), now=NOW, delivery_id="")
    assert not holds("netlify", made)


def test_a_time_that_contentful_did_not_sign_is_refused() -> None:
    made = signed("contentful")
    names = made.headers["x-contentful-signed-headers"].replace(",x-contentful-timestamp", "")
    assert not holds(
        "contentful", replace(made, headers=made.headers | {"x-contentful-signed-headers": names})
    )


@pytest.mark.parametrize("header", ["bearer ", "BEARER ", "Bearer "])
def test_a_tokens_prefix_is_read_in_either_case(header: str) -> None:
    assert accepted(Token(), request(b"{}", authorization=f"{header}s"), "s")
    assert not accepted(Token(), request(b"{}", authorization="s"), "s")


def test_every_item_of_a_list_must_have_the_token() -> None:
    scheme = BodyToken(path=("value", "*", "clientState"))
    assert accepted(scheme, request(b'{"value": [{"clientState": "s"}, {"clientState": "s"}]}'), "s")
    for body in (
        b'{"value": []}',
        b'{"value": [{"clientState": "s"}, {}]}',
        b'{"value": [{"clientState": "s"}, {"clientState": "x"}]}',
        b"[",
    ):
        assert not accepted(scheme, request(body), "s")


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
def test_a_scheme_that_does_not_fit_together_is_refused_in_one_sentence(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"^The .* expected [^\n]*\.$"):
        Hmac(**fields)
