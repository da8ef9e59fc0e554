"""Verification by every scheme: what the sender signed is accepted, anything else is refused."""

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qsl

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.signed import SignedMessage
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import (
    OTHERS,
    PAIRS,
    SCHEMES,
    SIGNING,
    a_body,
    accepted,
    holds,
    signed,
    signed_once,
)

every_name = pytest.mark.parametrize("name", SCHEMES)


every_signing_name = pytest.mark.parametrize("name", SIGNING)


bodies = st.dictionaries(st.text(max_size=5), st.text(max_size=20), max_size=3)


def form_of(body: bytes) -> set[tuple[str, str]]:
    return set(parse_qsl(body.decode("latin-1"), keep_blank_values=True, encoding="latin-1"))


def flipped(body: bytes, data: st.DataObject) -> bytes:
    place = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    return bytes(changed)


@every_name
@given(content=bodies)
def test_signed_request_is_accepted(name: str, content: dict[str, str]) -> None:
    assert holds(name, signed(name, a_body(name, content)))


@every_signing_name
@given(content=bodies, data=st.data())
def test_body_with_one_changed_bit_is_refused(
    name: str, content: dict[str, str], data: st.DataObject
) -> None:
    made = signed(name, a_body(name, content | {"a": "b"}))
    changed = flipped(made.body, data)
    # Twilio signs the form, not how it is written.
    assume(name != "twilio" or form_of(made.body) != form_of(changed))
    assert not holds(name, replace(made, body=changed))


@every_signing_name
@given(data=st.data())
def test_header_with_one_changed_bit_is_refused(name: str, data: st.DataObject) -> None:
    """Upper-case hex and padding are the same signature, which no changed bit of ours makes."""
    made = signed_once(name)
    header = data.draw(st.sampled_from(sorted(set(made.headers) - {"content-type"})))
    text = made.headers[header].encode()
    place = data.draw(st.integers(0, len(text) - 1))
    changed = bytearray(text)
    changed[place] ^= 1 << data.draw(st.sampled_from([0, 1, 2, 3, 4, 6]))  # not the bit of the case
    as_text = changed.decode("latin-1")
    assert not holds(name, replace(made, headers=made.headers | {header: as_text}))


@every_name
def test_other_secret_is_refused(name: str) -> None:
    assert not holds(name, signed(name, pair=OTHERS[name]))


@every_name
def test_any_of_several_secrets_is_accepted_by_position(name: str) -> None:
    ours, other = PAIRS[name][1], OTHERS[name][1]
    for secrets in ((ours, other), (other, ours)):
        assert SCHEMES[name].verify(secrets, signed(name), NOW).position == secrets.index(ours)


@every_name
def test_missing_and_empty_secrets_accept_nothing(name: str) -> None:
    assert not accepted(SCHEMES[name], signed(name))
    assert not accepted(SCHEMES[name], signed(name), "")


@every_name
def test_what_verifies_can_be_a_secret(name: str) -> None:
    """`jamwire secrets` refuses what can be none."""
    scheme = SCHEMES[name]
    assert scheme.takes_secrets
    assert scheme.is_secret(PAIRS[name][1])
    assert not scheme.is_secret("")


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
def test_malformed_signature_is_refused(name: str, mangle: Callable[[str], str]) -> None:
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
def test_timestamp_is_accepted_up_to_the_tolerance(name: str, direction: int) -> None:
    made = signed(name)
    assert holds(name, made, now=NOW + direction * tolerance(name))
    assert not holds(name, made, now=NOW + direction * (tolerance(name) + 1))


def test_sources_with_a_signed_timestamp_are_known() -> None:
    assert {name for name in SCHEMES if tolerance(name)} == {
        *("standard-webhooks", "standard-webhooks-v1a", "gitlab-signed", "stripe", "slack", "zoom"),
        *("contentful", "sanity", "hygraph", "ghost", "sendgrid"),
    }
