"""Who pushes, told to the push service in a signed token (RFC 8292)."""

import base64
import json
import time
from collections.abc import Callable
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from lambdas.clients.push_encryption import CURVE, public_bytes

LIFETIME_SECONDS: Final = 12 * 3600
"""Of a token. A push service refuses what is valid for more than 24 hours (RFC 8292, 2); the clocks need not agree."""

RENEWED_BEFORE_SECONDS: Final = 3600

_HEADER: Final = {"typ": "JWT", "alg": "ES256"}


class Vapid:
    """Signs for one key, and keeps the token of each push service until shortly before its end.

    Args:
        private: The key's private value, 32 bytes.
        contact: Where a push service can reach who pushes: ``mailto:`` or ``https:``.
        clock: Unix time in seconds.
    """

    def __init__(self, private: bytes, contact: str, clock: Callable[[], float] = time.time) -> None:
        self._key = ec.derive_private_key(int.from_bytes(private), CURVE)
        self._public = _base64(public_bytes(self._key))
        self._contact = contact
        self._clock = clock
        self._kept: dict[str, tuple[float, str]] = {}

    def authorization(self, origin: str) -> str:
        """The value of the header for a push service, by its origin."""
        now = self._clock()
        renew_at, value = self._kept.get(origin, (0.0, ""))
        if now >= renew_at:
            value = f"vapid t={self._token(origin, int(now) + LIFETIME_SECONDS)}, k={self._public}"
            self._kept[origin] = now + LIFETIME_SECONDS - RENEWED_BEFORE_SECONDS, value
        return value

    def _token(self, origin: str, expires: int) -> str:
        """A JSON Web Token, signed as ES256 has it: both numbers one after the other (RFC 7518, 3.4)."""
        claims = {"aud": origin, "exp": expires, "sub": self._contact}
        signed = f"{_base64_json(_HEADER)}.{_base64_json(claims)}"
        numbers = decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{_base64(b''.join(number.to_bytes(32) for number in numbers))}"


def _base64_json(said: object) -> str:
    return _base64(json.dumps(said, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    """URL-safe, without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
