"""The audience's keys."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.followers.keys import MAX_AGE, AudienceKeys, KeysReader, decode, encode

DOCUMENT = {
    "data": encode(b"d" * 32),
    "lookup": encode(b"l" * 32),
    "links": encode(b"i" * 32),
    "push": [
        {"id": "k1", "private": encode(b"1" * 32), "made_at": "2026-11-26T00:00:00Z"},
        {"id": "k2", "private": encode(b"2" * 32), "made_at": "2027-11-26T00:00:00Z"},
    ],
}


class Secrets:
    """Secrets Manager with one secret."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = dict(DOCUMENT)
        self.calls: list[str] = []

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        self.calls.append(SecretId)
        return {"SecretString": json.dumps(self.document)}


def test_keys_are_read_the_newest_push_key_last() -> None:
    keys = AudienceKeys.from_json(json.dumps(DOCUMENT | {"challenge": "word"}))
    assert (keys.data, keys.lookup, keys.links) == (b"d" * 32, b"l" * 32, b"i" * 32)
    assert [(key.id, key.private) for key in keys.push] == [("k1", b"1" * 32), ("k2", b"2" * 32)]
    assert keys.challenge == "word"


def test_keys_show_nothing_of_themselves() -> None:
    shown = repr(AudienceKeys.from_json(json.dumps(DOCUMENT | {"challenge": "word"})))
    assert all(word not in shown for word in ("ddd", "lll", "iii", "111", "word"))


@pytest.mark.parametrize("missing", ["data", "lookup", "links", "push"])
def test_secret_that_is_not_filled_is_told(missing: str) -> None:
    with pytest.raises(KeyError):
        AudienceKeys.from_json(
            json.dumps({name: value for name, value in DOCUMENT.items() if name != missing})
        )


def test_keys_are_read_again_after_a_while() -> None:
    secrets, now = Secrets(), [5.0]
    reader = KeysReader(secrets, "arn", clock=lambda: now[0])
    assert reader.keys().push[-1].id == "k2"
    secrets.document["push"] = DOCUMENT["push"][:1]
    now[0] += MAX_AGE
    assert reader.keys().push[-1].id == "k2"
    now[0] += 1
    assert reader.keys().push[-1].id == "k1"
    assert secrets.calls == ["arn", "arn"]


@given(st.binary())
def test_encoding_is_that_of_urls_without_padding(data: bytes) -> None:
    text = encode(data)
    assert decode(text) == data
    assert text == base64.urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize("text", ["a", "a b=", "abcde", "é", "ab\n", "YWJj!"])
def test_what_is_no_such_encoding_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64|ASCII|padding|alphabet|data"):
        decode(text)
