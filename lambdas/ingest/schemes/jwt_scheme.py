"""JSON Web Tokens that sign a request. They need the packages PyJWT and `cryptography`."""

import hashlib
import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.keys import KeyAlgorithm, read_public_key
from lambdas.ingest.schemes.scheme import (
    Scheme,
    VerificationError,
    Verified,
    check_choice,
    check_texts,
    check_token_prefix,
    default_prefix,
    encode_signature,
    first_proof,
    header_of,
    normalise_header,
    without_prefix,
)
from lambdas.ingest.schemes.times import check_tolerance

JwtAlgorithm = Literal["RS256", "ES256", "HS256"]

JWT_KEYS: Final[dict[JwtAlgorithm, KeyAlgorithm]] = {"RS256": "rsa-sha256", "ES256": "ecdsa-p256"}
_COMPACT: Final = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_MIN_SECRET: Final = 32
"""Bytes of a secret for HS256 (RFC 7518, section 3.2)."""

# Times are checked against the clock that is passed in; what a token is for is said by its digest.
_CHECKED_HERE: Final[Any] = {
    f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwt(Scheme):
    """A signed JWT (RFC 7519) of which a claim is the SHA-256 of the body, in hex or base64.

    The endpoint's secret is the sender's public key, as PEM or as DER in base64, or with HS256 the shared secret. The
    key is pinned: whatever key a token names or brings along, only this one verifies it.

    Attributes:
        algorithm: The only algorithm that is accepted.
        digest_claim: The claim with the body's SHA-256, such as ``request_body_sha256``.
        header: The header with the token.
        prefix: What stands before the token; without it that is ``Bearer`` in Authorization and nothing elsewhere.
        issuer: What the claim ``iss`` must be; empty where the sender says none.
        time_claim: The claim with the time of signing, unix seconds; empty where the sender signs none.
        tolerance: Seconds by which the signed time may differ from ours, in both directions; at most a week.

    Raises:
        ValueError: A field is not what it takes; one sentence says what was expected.
    """

    algorithm: JwtAlgorithm
    digest_claim: str
    header: str = "authorization"
    prefix: "str | None" = None
    issuer: str = ""
    time_claim: str = "iat"
    tolerance: int = 300

    def __post_init__(self) -> None:
        check_texts(self, "digest_claim", "header", "issuer", "time_claim")
        normalise_header(self, "header")
        check_choice("algorithm", self.algorithm, get_args(JwtAlgorithm))
        check_tolerance(self.tolerance)
        if not self.digest_claim:
            raise ValueError("The digest_claim is '', expected the claim with the body's SHA-256.")
        if self.prefix is None:
            object.__setattr__(self, "prefix", default_prefix(self.header))
        check_texts(self, "prefix")
        check_token_prefix(self.prefix or "")

    @property
    def needs_cryptography(self) -> bool:
        """See `Scheme.needs_cryptography`."""
        return True

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        token = without_prefix(header_of(request, self.header), self.prefix or "")
        if not _is_canonical(token):
            raise VerificationError("the signature is not a JWT")
        claims: dict[str, Any] = {}

        def proves(secret: str) -> bool:
            claims.update(self._claims(token, secret) or {})
            return bool(claims)

        position = first_proof(secrets, proves, "no key made this signature")
        self._check_claims(claims, request, now)
        return Verified(position, time=str(claims[self.time_claim]) if self.time_claim else "")

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return self._key(text) is not None

    def _claims(self, token: str, secret: str) -> dict[str, Any] | None:
        """What a key has signed; None where it has not signed the token."""
        import jwt

        key = self._key(secret)
        if key is None:
            return None
        try:
            return jwt.decode(token, key, algorithms=[self.algorithm], options=_CHECKED_HERE)
        except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
            return None

    def _check_claims(self, claims: dict[str, Any], request: Request, now: float) -> None:
        if self.time_claim and not abs(int(now) - _number(claims, self.time_claim)) <= self.tolerance:
            raise VerificationError("timestamp outside the tolerance")
        if "exp" in claims and _number(claims, "exp") < now - self.tolerance:
            raise VerificationError("the token has expired")
        if self.issuer and claims.get("iss") != self.issuer:
            raise VerificationError("the signature has another issuer")
        if not _is_digest(claims.get(self.digest_claim), hashlib.sha256(request.body).digest()):
            raise VerificationError("the signature is of another body")

    def _key(self, text: str) -> Any:
        """What verifies; None for a text that is not a valid key."""
        if self.algorithm == "HS256":
            return text.encode("utf-8", "surrogatepass") if len(text) >= _MIN_SECRET else None
        return read_public_key(text, JWT_KEYS[self.algorithm])


def _number(claims: dict[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 2**53:
        raise VerificationError("the timestamp is not a valid time")
    return value


def _is_digest(claim: Any, digest: bytes) -> bool:
    """Whether a signed claim is a digest, in any of the ways in which 32 bytes are written."""
    if not isinstance(claim, str) or not claim.isascii():
        return False
    if claim.lower() == digest.hex():
        return True
    try:
        return b64decode(claim.translate(_URL_SAFE) + "=" * (-len(claim) % 4), validate=True) == digest
    except ValueError:
        return False


def _is_canonical(token: str) -> bool:
    """Whether no other text is the same token: PyJWT ignores what is no base64url."""
    if not _COMPACT.fullmatch(token):
        return False
    signature = token.rpartition(".")[2]
    try:
        raw = urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    except ValueError:
        return False
    return encode_signature(raw, "base64url") == signature


_URL_SAFE: Final = str.maketrans("-_", "+/")
