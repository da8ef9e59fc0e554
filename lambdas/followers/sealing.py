"""Addresses at rest: sealed with the audience's data key, so that the table by itself names nobody."""

import os
from collections.abc import Callable
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES: Final = 12
"""NIST SP 800-38D, 5.2.1.1. They are random: a key is good for 2^32 of them (8.3), which is more than followers."""


class UnreadableError(Exception):
    """What was sealed with another key, for another follower, or was changed."""


class Sealer:
    """Seals and opens texts by AES-256-GCM.

    Args:
        key: 32 bytes.
        random: Gives random bytes.
    """

    def __init__(self, key: bytes, random: Callable[[int], bytes] = os.urandom) -> None:
        self._cipher = AESGCM(key)
        self._random = random

    def seal(self, text: str, bound_to: str) -> bytes:
        """Seal a text, which opens only for what it is bound to: a follower's id."""
        nonce = self._random(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), bound_to.encode())

    def open(self, sealed: bytes, bound_to: str) -> str:
        """The text.

        Raises:
            UnreadableError: It does not open.
        """
        try:
            plain = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], bound_to.encode())
        except (InvalidTag, ValueError):
            raise UnreadableError from None
        return plain.decode()
