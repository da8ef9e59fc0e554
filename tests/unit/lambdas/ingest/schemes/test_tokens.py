"""Tokens: in a header or in the body, and in every item of a list."""

import pytest

from lambdas.ingest.schemes.tokens import BodyToken, Token
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
        b'{"value": [{"clientState": "s"}, {"clientState": "x"}]}',
        b"[",
    ):
        assert not accepted(scheme, request(body), "s")
