"""Who sends a push, and whether it may: a push service's look at `Authorization` (RFC 8292)."""

import re
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from jamwire.local.inbox.decryption import from_base64url

DAY: Final = 24 * 3600

_SCHEME: Final = re.compile(r"vapid\s+(?P<pairs>\S.*)", re.IGNORECASE)
_PAIR: Final = re.compile(r"([tk])=([A-Za-z0-9._-]+)")
_CONTACT: Final = re.compile(r"(mailto:|https:)\S+")


class NotTakenError(Exception):
    """A push that is not taken.

    Attributes:
        status: With which it is refused: 401 where nobody says who sends it, 403 where what is said is not true.
    """

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def sender(authorization: str, *, origin: str, now: float, key: str = "") -> str:
    """The public key of who sends it.

    Args:
        authorization: The header.
        origin: The push service's own.
        now: Unix seconds.
        key: The only key that the subscription takes; empty for any.

    Raises:
        NotTakenError: It is refused; the text says why.
    """
    found = _SCHEME.fullmatch(authorization)
    pairs = dict(_PAIR.findall(found["pairs"])) if found else {}
    if set(pairs) != {"t", "k"}:
        raise NotTakenError(401, "Authorization is missing, expected vapid t=…, k=….")
    claims = _claims(pairs["t"], pairs["k"])
    if claims.get("aud") != origin:
        raise NotTakenError(403, f"aud is {claims.get('aud')!r}, expected {origin!r}.")
    expires = claims.get("exp")
    if not isinstance(expires, int) or not now < expires <= now + DAY:
        raise NotTakenError(403, "exp is in the past, or more than 24 hours ahead.")
    if "sub" in claims and not _CONTACT.fullmatch(str(claims["sub"])):
        raise NotTakenError(403, "sub is no mailto: or https: address.")
    if key and pairs["k"] != key:
        raise NotTakenError(403, "The subscription is another key's.")
    return str(pairs["k"])


def _claims(token: str, key: str) -> dict[str, Any]:
    try:
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), from_base64url(key))
        unchecked = {
            "verify_aud": False,
            "verify_exp": False,
            "verify_sub": False,
        }  # which are looked at here
        return jwt.decode(token, public, algorithms=["ES256"], options=unchecked)  # type: ignore[arg-type]
    except (ValueError, jwt.InvalidTokenError):
        raise NotTakenError(403, "The token is not signed by k.") from None
