"""A browser's subscription, which a stranger gives us: its address must be a push service's, its keys must encrypt."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from lambdas.audience_api.fields import text
from lambdas.audience_api.problem import Problem
from lambdas.followers.keys import decode, encode
from lambdas.followers.push_services import is_push_service

_POINT_BYTES: Final = 65
_AUTH_BYTES: Final = 16
_UNCOMPRESSED: Final = 4
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B
"""P-256: y² = x³ - 3x + b modulo p (NIST SP 800-186, 3.2.1.3)."""


def subscription_of(fields: Mapping[str, Any], services: Sequence[str]) -> dict[str, str]:
    """A browser's subscription in its one form: ``{"endpoint", "p256dh", "auth"}``, as it is sealed.

    Args:
        fields: The request's; `subscription` is what a browser makes of a PushSubscription (W3C Push API, ``toJSON``).
        services: Origins of push services beside the known ones.

    Raises:
        Problem: It is none, or of no known push service.
    """
    said = fields.get("subscription")
    keys = said.get("keys") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(keys, dict):
        raise Problem(400, "wrong_subscription")
    return {
        "endpoint": _endpoint(text(said, "endpoint"), services),
        "p256dh": encode(_point(_bytes(text(keys, "p256dh"), _POINT_BYTES))),
        "auth": encode(_bytes(text(keys, "auth"), _AUTH_BYTES)),
    }


def sealed_form(subscription: Mapping[str, str]) -> str:
    """A subscription as it is sealed (`lambdas.followers.recipients.Recipient.address`)."""
    return json.dumps(subscription, separators=(",", ":"))


def _endpoint(url: str, services: Sequence[str]) -> str:
    """A fragment reaches no server, and would make another follower of the same browser."""
    if "#" in url or not is_push_service(url, services):
        raise Problem(400, "wrong_push_service")
    return url


def _bytes(said: str, length: int) -> bytes:
    try:
        value = decode(said.rstrip("="))
    except ValueError:
        raise Problem(400, "wrong_subscription") from None
    if len(value) != length:
        raise Problem(400, "wrong_subscription")
    return value


def _point(value: bytes) -> bytes:
    """A point of the curve, not compressed (SEC 1, 2.3.4); another would not encrypt, or would give a key away."""
    x, y = int.from_bytes(value[1:33], "big"), int.from_bytes(value[33:], "big")
    is_on_curve = max(x, y) < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0
    if value[0] != _UNCOMPRESSED or not is_on_curve:
        raise Problem(400, "wrong_subscription")
    return value
