"""Signed links."""

import hashlib
import hmac
import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.followers.keys import decode, encode
from lambdas.followers.links import BadLinkError, Link, Links, Purpose

NOW = 1_800_000_000.0
LINKS = Links(b"k" * 32)
LINK = Link(purpose="confirm", follower="a" * 32, question="word", expires=int(NOW) + 60)


@pytest.mark.parametrize("purpose", get_args(Purpose))
def test_link_says_what_was_signed(purpose: Purpose) -> None:
    link = Link(purpose=purpose, follower="a" * 32, question="w", expires=int(NOW) + 1)
    assert LINKS.read(LINKS.sign(link), purpose, NOW) == link


@pytest.mark.parametrize("purpose", ["manage", "unsubscribe"])
def test_link_is_of_no_use_for_another_purpose(purpose: Purpose) -> None:
    with pytest.raises(BadLinkError) as bad:
        LINKS.read(LINKS.sign(LINK), purpose, NOW)
    assert (bad.value.expired, str(bad.value)) == (False, "invalid")


def test_link_ends_when_it_says() -> None:
    assert LINKS.read(LINKS.sign(LINK), "confirm", LINK.expires - 0.5)
    with pytest.raises(BadLinkError) as bad:
        LINKS.read(LINKS.sign(LINK), "confirm", LINK.expires)
    assert (bad.value.expired, str(bad.value)) == (True, "expired")


def test_link_of_another_audience_is_none() -> None:
    with pytest.raises(BadLinkError) as bad:
        LINKS.read(Links(b"x" * 32).sign(LINK), "confirm", NOW)
    assert not bad.value.expired


@given(st.integers(0, 10_000), st.integers(1, 255))
def test_changed_link_is_none(place: int, change: int) -> None:
    raw = bytearray(decode(LINKS.sign(LINK)))
    raw[place % len(raw)] ^= change
    with pytest.raises(BadLinkError):
        LINKS.read(encode(bytes(raw)), "confirm", NOW)


@given(st.text(max_size=500))
def test_any_text_is_no_link(text: str) -> None:
    with pytest.raises(BadLinkError):
        LINKS.read(text, "confirm", NOW)


@pytest.mark.parametrize("cut", [0, 1, 10, -1])
def test_cut_link_is_none(cut: int) -> None:
    with pytest.raises(BadLinkError):
        LINKS.read(LINKS.sign(LINK)[:cut], "confirm", NOW)


def test_link_has_one_spelling() -> None:
    """The last character has bits to spare; a second spelling of a token would pass by each limit that counts it."""
    token = LINKS.sign(LINK)
    for other in {token + "=", token + "==", token + "A", " " + token}:
        with pytest.raises(BadLinkError):
            LINKS.read(other, "confirm", NOW)


def test_link_that_is_too_long_is_not_even_decoded() -> None:
    with pytest.raises(BadLinkError):
        LINKS.read(
            LINKS.sign(Link(purpose="confirm", follower="a" * 600, expires=int(NOW) + 60)), "confirm", NOW
        )


@pytest.mark.parametrize("said", [{}, [], [0], [9, "a", 1, "w"], ["0", "a", 1, "w"], None, "x", 1])
def test_document_of_another_shape_is_no_link(said: Any) -> None:
    """Who has the key signs no such thing; who has it not comes no further than the signature."""
    text = json.dumps(said).encode()
    forged = encode(hmac.new(b"x" * 32, text, hashlib.sha256).digest()[:16] + text)
    with pytest.raises(BadLinkError):
        LINKS.read(forged, "confirm", NOW)


def test_signature_alone_is_no_link() -> None:
    with pytest.raises(BadLinkError):
        LINKS.read(encode(b"\0" * 16), "confirm", NOW)
