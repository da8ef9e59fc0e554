"""Tokens: in a header or in the body, and in every item of a list."""

from urllib.parse import quote

import pytest

from lambdas.ingest.schemes.tokens import Basic, BodyToken, EventBridge, Token
from tests.unit.lambdas.ingest.schemes.verification import accepted, request


@pytest.mark.parametrize("header", ["bearer ", "BEARER ", "Bearer "])
def test_token_prefix_is_read_in_any_case(header: str) -> None:
    assert accepted(Token(), request(b"{}", authorization=f"{header}s"), "s")
    assert not accepted(Token(), request(b"{}", authorization="s"), "s")


def test_token_is_required_in_every_item() -> None:
    scheme = BodyToken(path=("value", "*", "clientState"))
    assert accepted(scheme, request(b'{"value": [{"clientState": "s"}, {"clientState": "s"}]}'), "s")
    for body in (
        b'{"value": []}',
        b'{"value": [{"clientState": "s"}, {}]}',
        b'{"value": [{"clientState": "s"}, "s"]}',
        b'{"value": [{"clientState": "s"}, null]}',
        b'{"value": [{"clientState": "s"}, {"clientState": "x"}]}',
        b"[",
    ):
        assert not accepted(scheme, request(body), "s")


def test_token_in_a_header_of_its_own_is_bare() -> None:
    assert accepted(Token(header="x-token"), request(b"{}", **{"x-token": "s"}), "s")
    assert not accepted(Token(header="x-token"), request(b"{}", **{"x-token": "Bearer s"}), "s")
    assert accepted(Token(header="x-token", prefix="Key "), request(b"{}", **{"x-token": "key s"}), "s")
    assert accepted(Token(header="authorization", prefix=""), request(b"{}", authorization="s"), "s")


def test_token_is_read_in_the_first_of_several_headers() -> None:
    scheme = Token(header=("x-token", "authorization"))
    for headers in (
        {"x-token": "s"},
        {"authorization": "Bearer s"},
        {"x-token": "s", "authorization": "Bearer x"},
    ):
        assert accepted(scheme, request(b"{}", **headers), "s")
    for headers in (
        {},
        {"x-token": "Bearer s"},
        {"authorization": "s"},
        {"x-token": "x", "authorization": "Bearer s"},
    ):
        assert not accepted(scheme, request(b"{}", **headers), "s")


@pytest.mark.parametrize(
    "text", ["dTpw", "dTpw=", "dTpx", "dTpw ", " dTpw", "dTpw\n", "dT pw", "dTpw!", "", "u:p"]
)
def test_basic_authentication_is_one_text(text: str) -> None:
    """Many texts of base64 decode to the same bytes; the password is in one of them only."""
    assert accepted(Basic(), request(b"{}", authorization=f"basic {text}"), "u:p") is (text == "dTpw")


def test_unused_bits_of_basic_authentication_are_refused() -> None:
    assert accepted(Basic(), request(b"{}", authorization="Basic dTpwYQ=="), "u:pa")
    for text in ("dTpwYR==", "dTpwYf==", "dTpwYQ=", "dTpwYQ==="):
        assert not accepted(Basic(), request(b"{}", authorization=f"Basic {text}"), "u:pa")


def test_no_secret_lets_a_call_in_beside_eventbridge() -> None:
    assert not EventBridge().takes_secrets
    assert not EventBridge().is_secret("s")
    assert not accepted(EventBridge(), request(b"{}", authorization="Bearer s"), "s")


def test_secret_of_basic_authentication_has_a_user() -> None:
    assert Basic().is_secret("u:p")
    assert not Basic().is_secret("p")


def test_token_is_read_in_the_json_of_a_form() -> None:
    scheme = BodyToken(path=("auth", "token"), form_field="data")
    document = quote('{"auth": {"token": "s"}}')
    assert accepted(scheme, request(f"a=1&data={document}".encode()), "s")
    for body in (
        b'{"auth": {"token": "s"}}',
        b"data=s",
        b"",
        b"\xff",
        f"data={document}&data={document}".encode(),
        f"other={document}".encode(),
    ):
        assert not accepted(scheme, request(body), "s")
