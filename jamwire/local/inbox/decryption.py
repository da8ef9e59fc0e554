"""What a browser does with a push: it opens the body with its own key (RFC 8291, RFC 8188).

It is written from the receiving side and shares nothing with what encrypts, so that a mistake there is seen here.
"""

import base64
import os
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SALT: Final = 16
HEADER: Final = SALT + 4 + 1
POINT: Final = 65
TAG: Final = 16
LAST: Final = 2
"""What delimits the last record's text from its padding (RFC 8188, section 2)."""


class UnreadableError(Exception):
    """A body that the browser could not open; the text says why."""


@dataclass(frozen=True, slots=True)
class BrowserKey:
    """A browser's key pair and its authentication secret (RFC 8291, section 2).

    Attributes:
        pair: On P-256.
        auth: 16 bytes.
    """

    pair: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def public(self) -> bytes:
        """The public key, as an uncompressed point."""
        return self.pair.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def open(self, body: bytes) -> bytes:
        """The text of a body in `aes128gcm`.

        Raises:
            UnreadableError: It does not open.
        """
        salt, size, sender, sealed = _parts(body)
        if size < TAG + 2 or len(sealed) > size:
            raise UnreadableError("The body has more than one record, or its record size is wrong.")
        try:
            public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender)
        except ValueError:
            raise UnreadableError("The body's key id is no point of P-256.") from None
        shared = self.pair.exchange(ECDH(), public)
        secret = _derive(shared, self.auth, b"WebPush: info\0" + self.public + sender, 32)
        key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
        try:
            padded = AESGCM(key).decrypt(nonce, sealed, None)
        except InvalidTag:
            raise UnreadableError("The body does not open with the browser's key.") from None
        text = padded.rstrip(b"\0")
        if not text or text[-1] != LAST:
            raise UnreadableError("The record does not end as a last one does.")
        return text[:-1]


def _parts(body: bytes) -> tuple[bytes, int, bytes, bytes]:
    """Salt, record size, the sender's public key and the record (RFC 8188, section 2.1)."""
    end = HEADER + POINT
    if len(body) < end + TAG + 1 or body[HEADER - 1] != POINT:
        raise UnreadableError("The body is too short, or its key id is no public key.")
    return body[:SALT], int.from_bytes(body[SALT : HEADER - 1]), body[HEADER:end], body[end:]


def _derive(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(material)


def base64url(data: bytes) -> str:
    """URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """The inverse.

    Raises:
        ValueError: It is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
