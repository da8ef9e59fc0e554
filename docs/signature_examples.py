"""Senders outside the catalogue and the configuration of each, by which the fields of the schemes are shown.

The page about signatures is made of them, and `tests/conformance` verifies a request of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stacks.endpoints import Basic, BodyToken, Endpoint, Hmac, PublicKey, Token


@dataclass(frozen=True, slots=True)
class Example:
    """A sender outside the catalogue.

    Attributes:
        sender: Its name.
        url: Its documentation of how it signs.
        configuration: What the rulebook says of it.
        shows: Names of the scheme's fields for which it is an example.
    """

    sender: str
    url: str
    configuration: "Basic | BodyToken | Endpoint | Hmac | PublicKey | Token"
    shows: Sequence[str] = ()


EXAMPLES: Final = (
    Example(
        "PagerDuty",
        "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
        Hmac(header="x-pagerduty-signature", prefix="v1=", split=","),
        shows=("header", "prefix", "split"),
    ),
    Example(
        "Paystack",
        "https://paystack.com/docs/payments/webhooks/",
        Hmac(header="x-paystack-signature", algorithm="sha512"),
        shows=("algorithm",),
    ),
    Example(
        "Paddle",
        "https://developer.paddle.com/webhooks/signature-verification",
        Hmac(
            header="paddle-signature", split=";", key="h1", timestamp_key="ts", message="{timestamp}:{body}"
        ),
        shows=("key", "timestamp_key", "message"),
    ),
    Example(
        "Figma",
        "https://www.figma.com/developers/api#webhooks-v2-security",
        BodyToken(path=("passcode",)),
        shows=("path",),
    ),
)
