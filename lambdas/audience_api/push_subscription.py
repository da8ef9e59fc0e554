"""A browser's subscription: an address that a stranger gives us and that we shall call, so that only push services do.

Browsers' push services have a handful of hosts. A self-hosted one is named in the rulebook.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlsplit

from lambdas.audience_api.fields import text
from lambdas.audience_api.problem import Problem
from lambdas.followers.keys import decode, encode

HOSTS: Final = frozenset(
    {
        "fcm.googleapis.com",  # Chrome, Edge on Android, Opera, Samsung Internet
        "android.googleapis.com",  # its older name
        "jmt17.google.com",  # Chromium without Google's keys, as Linux distributions build it
        "web.push.apple.com",  # Safari
    }
)
DOMAINS: Final = (
    ".push.apple.com",  # Apple Developer, "Sending web push notifications in web apps and browsers"
    ".push.services.mozilla.com",  # Firefox: updates.push.services.mozilla.com
    ".notify.windows.com",  # Edge: wns2-<region>.notify.windows.com
)

_URL: Final = re.compile(r"[!-~]{1,2048}")
"""ASCII without spaces and control characters (RFC 3986, section 2)."""

_HOST: Final = re.compile(r"[a-z0-9.-]+")

_LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
_PORTS: Final[Mapping[str, int]] = {"https": 443, "http": 80}

_POINT_BYTES: Final = 65
_AUTH_BYTES: Final = 16
_UNCOMPRESSED: Final = 4
_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B: Final = 0x5AC635D8_AA3A93E7_B3EBBD55_769886BC_651D06B0_CC53B0F6_3BCE3C3E_27D2604B
"""P-256: y² = x³ - 3x + b modulo p (NIST SP 800-186, 3.2.1.3)."""


def subscription_of(fields: Mapping[str, Any], services: Collection[str]) -> dict[str, str]:
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


def _endpoint(url: str, services: Collection[str]) -> str:
    parts = _split(url)
    if _origin(parts) not in services and not _is_known(parts):
        raise Problem(400, "wrong_push_service")
    return parts._replace(netloc=_host(parts)).geturl()


def _split(url: str) -> SplitResult:
    """A URL of a server's, without a user and a fragment; what browsers read otherwise than servers is none."""
    try:
        parts = urlsplit(url)
        is_plain = _URL.fullmatch(url) and "\\" not in url and parts.port != 0
    except ValueError:
        raise Problem(400, "wrong_subscription") from None
    if not is_plain or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise Problem(400, "wrong_subscription")
    return parts


def _is_known(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    is_secure = parts.scheme == "https" and parts.port in (None, _PORTS["https"])
    return is_secure and (host in HOSTS or (host.endswith(DOMAINS) and _HOST.fullmatch(host) is not None))


def _origin(parts: SplitResult) -> str:
    """The origin (RFC 6454); none of one that is not secure and not on this machine."""
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    return f"{parts.scheme}://{_host(parts)}" if is_safe else ""


def _host(parts: SplitResult) -> str:
    """Host and port in their one form."""
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return host if parts.port in (None, _PORTS.get(parts.scheme)) else f"{host}:{parts.port}"


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
    is_on_curve = x < _P and y < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0
    if value[0] != _UNCOMPRESSED or not is_on_curve:
        raise Problem(400, "wrong_subscription")
    return value
