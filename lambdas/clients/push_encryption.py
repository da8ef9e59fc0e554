"""Encryption of a push for one browser (RFC 8291), as one record of the content encoding ``aes128gcm`` (RFC 8188)."""

import hmac
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = ec.SECP256R1()
RECORD_BYTES: Final = 4096
"""What every push service takes (RFC 8030, 7.2), with the header before the record."""

SALT_BYTES: Final = 16
AUTH_BYTES: Final = 16
PUBLIC_BYTES: Final = 65
MAX_PLAIN_BYTES: Final = RECORD_BYTES - (SALT_BYTES + 4 + 1 + PUBLIC_BYTES) - (1 + 16)
"""3,993: without the header, the delimiter and the tag (RFC 8291, 4)."""

_LAST_RECORD: Final = b"\x02"


@dataclass(frozen=True, slots=True)
class Browser:
    """For whom a push is encrypted.

    Attributes:
        public: The browser's public key, an uncompressed point of P-256 (``p256dh``).
        secret: What it shares with who may push (``auth``), 16 bytes.
    """

    public: bytes = field(repr=False)
    secret: bytes = field(repr=False)


def encrypt(
    message: bytes,
    browser: Browser,
    new_key: Callable[[], ec.EllipticCurvePrivateKey] = lambda: ec.generate_private_key(CURVE),
    random: Callable[[int], bytes] = os.urandom,
) -> bytes:
    """Encrypt a message of at most `MAX_PLAIN_BYTES`.

    Raises:
        ValueError: The browser's key is none.
    """
    key, salt = new_key(), random(SALT_BYTES)
    own = public_bytes(key)
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, browser.public))
    secret = _derived(browser.secret, shared, b"WebPush: info\0" + browser.public + own, 32)
    content_key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    header = salt + RECORD_BYTES.to_bytes(4) + bytes([len(own)]) + own
    return header + AESGCM(content_key).encrypt(nonce, message + _LAST_RECORD, None)


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The public part of a key, as an uncompressed point (SEC 1, 2.3.3)."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256, of one block (RFC 5869): HMAC twice, which takes a fifth of the library's own."""
    extracted = hmac.digest(salt, secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")[:length]
