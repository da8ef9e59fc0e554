"""Verification: whether one of an endpoint's secrets made a request's signature.

Whatever a header holds, the outcome is accept or refuse. Signatures are compared in constant time, and as text in
their canonical form, so that no two texts stand for one signature.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import re
from collections.abc import Sequence
from typing import Any, Final

from lambdas.ingest.request import Request
from lambdas.ingest.schemes import BodyJws, Encoding, Hmac, Scheme, Token, message_parts

MOST_SIGNATURES: Final = 20
"""Signatures of one header that are looked at; more are no rotation but an attempt to make us work."""

_DIGITS: Final = re.compile(r"[0-9]{1,15}")


class RefusedError(Exception):
    """A request that is not proven to come from the sender; the reason is for our log, not for the answer."""


def verify(scheme: Scheme, secrets: Sequence[str], request: Request, now: float) -> str:
    """Verify a request by any of the endpoint's secrets.

    Args:
        scheme: The endpoint's scheme; never chosen by what the request holds.
        secrets: The endpoint's live secrets.
        request: The request.
        now: Unix time in seconds.

    Returns:
        The delivery's signed id, empty where the scheme signs none.

    Raises:
        RefusedError: No secret made the signature, or it is too old.
    """
    match scheme:
        case Hmac():
            return _verify_hmac(scheme, secrets, request, now)
        case Token():
            return _verify_token(scheme, secrets, request)
        case BodyJws():
            return _verify_body_jws(scheme, secrets, request)


def secret_bytes(scheme: Scheme, secret: str) -> bytes:
    """The key that a secret stands for; empty for one that cannot be used."""
    if not isinstance(scheme, Hmac):
        return secret.encode()
    text = secret.removeprefix(scheme.secret_prefix)
    try:
        match scheme.secret_encoding:
            case "utf8":
                return text.encode()
            case "hex":
                return bytes.fromhex(text)
            case "base64":
                return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), validate=True)
    except (ValueError, binascii.Error):
        return b""


def signed_message(scheme: Hmac, values: dict[str, bytes]) -> bytes:
    """The bytes that are signed, from the template and the values of its names."""
    return b"".join(
        literal.encode() + (values[name] if name else b"") for literal, name in message_parts(scheme.message)
    )


def encode_signature(signature: bytes, encoding: Encoding) -> str:
    """A signature as the sender writes it; base64 without padding."""
    match encoding:
        case "hex":
            return signature.hex()
        case "base64":
            return base64.b64encode(signature).decode().rstrip("=")
        case "base64url":
            return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def _verify_hmac(scheme: Hmac, secrets: Sequence[str], request: Request, now: float) -> str:
    delivery_id = _header(request, scheme.id) if scheme.id else ""
    timestamp = _header(request, scheme.timestamp) if scheme.timestamp else ""
    if timestamp and abs(now - _seconds(timestamp, scheme)) > scheme.tolerance:
        raise RefusedError("timestamp outside the tolerance")
    values = {"body": request.body, "timestamp": _bytes(timestamp), "id": _bytes(delivery_id)}
    message = signed_message(scheme, values)
    given = _signatures(scheme, _header(request, scheme.header))
    for key in filter(None, (secret_bytes(scheme, secret) for secret in secrets)):
        expected = encode_signature(hmac.digest(key, message, scheme.algorithm), scheme.encoding).encode()
        matches = [hmac.compare_digest(expected, signature) for signature in given]
        if any(matches):
            return delivery_id
    raise RefusedError("no secret made this signature")


def _signatures(scheme: Hmac, header: str) -> list[bytes]:
    """The header's signatures in canonical form."""
    texts = header.split(scheme.split, MOST_SIGNATURES)[:MOST_SIGNATURES] if scheme.split else [header]
    signatures = (t.strip() for t in texts if t.strip().startswith(scheme.prefix))
    bare = (signature.removeprefix(scheme.prefix) for signature in signatures)
    return [_bytes(s.lower() if scheme.encoding == "hex" else _unpadded(s)) for s in bare]


def _unpadded(signature: str) -> str:
    """Base64 without the padding that its length asks for; any other padding makes it a wrong signature."""
    bare = signature.rstrip("=")
    return bare if len(signature) - len(bare) in (0, -len(bare) % 4) else signature


def _verify_token(scheme: Token, secrets: Sequence[str], request: Request) -> str:
    header = _header(request, scheme.header)
    prefix, given = header[: len(scheme.prefix)], header[len(scheme.prefix) :]
    if prefix.lower() != scheme.prefix.lower():
        raise RefusedError("no token of the expected kind")
    matches = [hmac.compare_digest(secret.encode(), _bytes(given)) for secret in secrets if secret]
    if any(matches):
        return ""
    raise RefusedError("the token is not one of the secrets")


def _verify_body_jws(scheme: BodyJws, secrets: Sequence[str], request: Request) -> str:
    signed, _, signature = _header(request, scheme.header).rpartition(".")
    made_by_us = [
        hmac.compare_digest(
            encode_signature(hmac.digest(secret.encode(), _bytes(signed), "sha256"), "base64url").encode(),
            _bytes(signature),
        )
        for secret in secrets
        if secret
    ]
    if not any(made_by_us):
        raise RefusedError("no secret made this signature")
    # Only what one of our secrets has signed is read any further.
    header, _, claims = signed.partition(".")
    if _decode_segment(header).get("alg") != "HS256":
        raise RefusedError("the signature's algorithm is not HS256")
    said = _decode_segment(claims)
    if said.get("iss") != scheme.issuer:
        raise RefusedError("the signature has another issuer")
    if said.get("sha256") != hashlib.sha256(request.body).hexdigest():
        raise RefusedError("the signature is of another body")
    return ""


def _decode_segment(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, RecursionError):
        raise RefusedError("the signature is not a JWS") from None
    if not isinstance(value, dict):
        raise RefusedError("the signature is not a JWS")
    return value


def _header(request: Request, name: str) -> str:
    value = request.headers.get(name, "")
    if not value:
        raise RefusedError(f"no header {name}")
    return value


def _seconds(timestamp: str, scheme: Hmac) -> float:
    if scheme.timestamp_unit == "rfc3339":
        try:
            moment = dt.datetime.fromisoformat(timestamp)
        except ValueError:
            raise RefusedError("the timestamp is none") from None
        return moment.timestamp() if moment.tzinfo else 0.0
    if not _DIGITS.fullmatch(timestamp):
        raise RefusedError("the timestamp is none")
    return int(timestamp) / (1000 if scheme.timestamp_unit == "ms" else 1)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
