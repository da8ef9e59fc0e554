"""Signed links: who has one may do one thing for one follower until it expires."""

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Final, Literal, get_args

from lambdas.followers.keys import decode, encode

Purpose = Literal["confirm", "manage", "unsubscribe"]
_PURPOSES: Final[tuple[Purpose, ...]] = get_args(Purpose)

CONFIRM_SECONDS: Final = 24 * 3600
MANAGE_SECONDS: Final = 400 * 24 * 3600
"""An unsubscribe link must work for as long as anybody keeps the message; a year and a month is longer than any law
asks (CAN-SPAM: 30 days)."""

_SIGNATURE_BYTES: Final = 16
MAX_TOPICS_BYTES: Final = 500
_MAX_CHARACTERS: Final = 800
"""A link with as many topics; a line of an e-mail has 998 at most (RFC 5322, section 2.1.1)."""


class BadLinkError(Exception):
    """A link that does nothing: it was changed, is of another audience, is for something else, or has expired.

    Attributes:
        expired: Whether it was a good one once.
    """

    def __init__(self, *, expired: bool = False) -> None:
        super().__init__("expired" if expired else "invalid")
        self.expired = expired


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link says.

    Attributes:
        purpose: What may be done.
        follower: For whom: a follower's id.
        question: Which question it answers; empty where it answers none.
        expires: Unix seconds.
        topics: What somebody asked for in the follower's name, which its page offers; of as many bytes as
            `MAX_TOPICS_BYTES`.
    """

    purpose: Purpose
    follower: str
    question: str = ""
    expires: int
    topics: tuple[str, ...] = ()


class Links:
    """Signs links and reads them, by HMAC-SHA256 of 128 bits.

    Args:
        key: The audience's; another audience has another.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def sign(self, link: Link) -> str:
        """The link's token, which fits into a URL as it is."""
        said = json.dumps(
            [_PURPOSES.index(link.purpose), link.follower, link.expires, link.question, *link.topics],
            separators=(",", ":"),
        ).encode()
        return encode(self._signature(said) + said)

    def read(self, token: str, purpose: Purpose, now: float) -> Link:
        """What a token says that was given for a purpose.

        Raises:
            BadLinkError: It is not valid for this, now.
        """
        said = self._verified(token)
        number, follower, expires, question, *topics = json.loads(said)
        if _PURPOSES[number] != purpose:
            raise BadLinkError
        if expires <= now:
            raise BadLinkError(expired=True)
        return Link(
            purpose=purpose, follower=follower, question=question, expires=expires, topics=tuple(topics)
        )

    def _verified(self, token: str) -> bytes:
        if len(token) > _MAX_CHARACTERS or not token.isascii():
            raise BadLinkError
        try:
            raw = decode(token)
        except ValueError:
            raise BadLinkError from None
        if encode(raw) != token:  # one link, one spelling: base64 has bits to spare
            raise BadLinkError
        signature, said = raw[:_SIGNATURE_BYTES], raw[_SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self._signature(said)):
            raise BadLinkError
        return said

    def _signature(self, said: bytes) -> bytes:
        return hmac.new(self._key, said, hashlib.sha256).digest()[:_SIGNATURE_BYTES]
