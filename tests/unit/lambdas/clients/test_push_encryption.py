"""Encryption of pushes; the standard's example is in `tests/conformance/test_web_push.py`."""

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from lambdas.clients.push_encryption import (
    CURVE,
    MAX_PLAIN_BYTES,
    RECORD_BYTES,
    Browser,
    encrypt,
    public_bytes,
)

KEY, SECRET = ec.derive_private_key(7, CURVE), bytes(range(16))
BROWSER = Browser(public_bytes(KEY), SECRET)


@given(
    st.binary(max_size=200) | st.integers(MAX_PLAIN_BYTES - 2, MAX_PLAIN_BYTES).map(bytes),
    st.integers(1, 2**255),
    st.binary(min_size=16, max_size=16),
)
def test_any_message_is_read_by_its_browser(message: bytes, private: int, secret: bytes) -> None:
    key = ec.derive_private_key(private, CURVE)
    body = encrypt(message, Browser(public_bytes(key), secret))
    assert len(body) <= RECORD_BYTES
    assert http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm") == message


def test_longest_message_fills_a_record() -> None:
    assert (MAX_PLAIN_BYTES, len(encrypt(bytes(MAX_PLAIN_BYTES), BROWSER))) == (3993, 4096)


def test_each_push_has_a_key_and_a_salt_of_its_own() -> None:
    headers = {encrypt(b"the same", BROWSER)[:86] for _ in range(20)}
    assert len({header[:16] for header in headers}) == len({header[21:] for header in headers}) == 20


@pytest.mark.parametrize(
    "public", [b"", b"\4" + bytes(64), BROWSER.public[:-1], BROWSER.public + b"\0", BROWSER.public[1:]]
)
def test_key_that_is_no_point_of_the_curve_is_an_error(public: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library's words are its own
        encrypt(b"", Browser(public, SECRET))


def test_browser_shows_no_key() -> None:
    assert repr(BROWSER) == "Browser()"
