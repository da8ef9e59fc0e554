"""Addresses at rest."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.followers.sealing import NONCE_BYTES, Sealer, UnreadableError

SEALER = Sealer(b"k" * 32)


@given(st.text())
def test_sealed_text_opens_as_it_was(text: str) -> None:
    assert SEALER.open(SEALER.seal(text, "ann"), "ann") == text


def test_sealed_text_shows_nothing_and_differs_each_time() -> None:
    sealed = [SEALER.seal("ann@example.com", "ann") for _ in range(2)]
    assert sealed[0] != sealed[1]
    assert b"ann" not in sealed[0]


def test_nonce_is_what_the_randomness_gives() -> None:
    asked: list[int] = []

    def random(count: int) -> bytes:
        asked.append(count)
        return b"n" * count

    assert Sealer(b"k" * 32, random).seal("x", "ann").startswith(b"n" * NONCE_BYTES)
    assert asked == [NONCE_BYTES]


@pytest.mark.parametrize("key", [b"x" * 32, b"k" * 31 + b"x"])
def test_text_does_not_open_with_another_key(key: bytes) -> None:
    with pytest.raises(UnreadableError):
        Sealer(key).open(SEALER.seal("x", "ann"), "ann")


def test_text_does_not_open_for_another_follower() -> None:
    with pytest.raises(UnreadableError):
        SEALER.open(SEALER.seal("x", "ann"), "bob")


@given(st.integers(0, 100), st.integers(1, 255))
def test_changed_text_does_not_open(place: int, change: int) -> None:
    sealed = bytearray(SEALER.seal("ann@example.com", "ann"))
    sealed[place % len(sealed)] ^= change
    with pytest.raises(UnreadableError):
        SEALER.open(bytes(sealed), "ann")


@given(st.binary(max_size=40))
def test_what_was_never_sealed_does_not_open(data: bytes) -> None:
    with pytest.raises(UnreadableError):
        SEALER.open(data, "ann")
