"""A push as a request to a push service (RFC 8030)."""

from dataclasses import dataclass, field
from typing import Final, Literal

from lambdas.clients.push_encryption import Browser, encrypt

Urgency = Literal["low", "normal", "high"]
"""What a device may wait for to save its battery (RFC 8030, 5.3)."""

MAX_TTL_SECONDS: Final = 28 * 24 * 3600
"""No push service keeps one for longer (Firebase Cloud Messaging, "Set the lifespan of a message")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A push, whoever gets it.

    Attributes:
        message: What the browser is told, at most `push_encryption.MAX_PLAIN_BYTES`.
        ttl: For how many seconds a push service keeps it for a browser that is away.
        urgency: How urgent it is.
        topic: Replaces what is kept of the same topic; 32 characters of URL-safe base64 at most (RFC 8030, 5.4).
    """

    message: bytes = field(repr=False)
    ttl: int
    urgency: Urgency
    topic: str


def request_of(push: Push, browser: Browser, authorization: str) -> tuple[dict[str, str], bytes]:
    """The headers and the body for one browser.

    Args:
        push: What is pushed.
        browser: To whom.
        authorization: Who pushes (`lambdas.clients.vapid`).

    Raises:
        ValueError: The browser's key is none.
    """
    headers = {
        "Authorization": authorization,
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(min(push.ttl, MAX_TTL_SECONDS)),
        "Urgency": push.urgency,
        "Topic": push.topic,
    }
    return headers, encrypt(push.message, browser)
