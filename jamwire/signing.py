"""Signing as the senders do: the inverse of `lambdas.ingest.verify`, for samples and tests."""

import base64
import datetime as dt
import hashlib
import hmac
import json

from lambdas.ingest.schemes import BodyJws, Hmac, Scheme, Token
from lambdas.ingest.verify import encode_signature, secret_bytes, signed_message


def sign(scheme: Scheme, secret: str, body: bytes, *, now: float, delivery_id: str) -> dict[str, str]:
    """The headers with which a sender proves that it sent this body.

    Args:
        scheme: The endpoint's scheme.
        secret: One of the endpoint's secrets.
        body: The raw body.
        now: Unix time in seconds.
        delivery_id: The delivery's id, where the scheme signs one.
    """
    match scheme:
        case Hmac():
            return _sign_hmac(scheme, secret, body, now, delivery_id)
        case Token():
            return {scheme.header: f"{scheme.prefix}{secret}"}
        case BodyJws():
            return {scheme.header: _body_jws(scheme, secret, body)}


def _sign_hmac(scheme: Hmac, secret: str, body: bytes, now: float, delivery_id: str) -> dict[str, str]:
    timestamp = {
        "s": str(int(now)),
        "ms": str(int(now * 1000)),
        "rfc3339": dt.datetime.fromtimestamp(now, dt.UTC).isoformat(),
    }[scheme.timestamp_unit]
    values = {"body": body, "timestamp": timestamp.encode(), "id": delivery_id.encode()}
    mac = hmac.digest(secret_bytes(scheme, secret), signed_message(scheme, values), scheme.algorithm)
    signature = encode_signature(mac, scheme.encoding)
    padding = "=" * (-len(signature) % 4) if scheme.encoding == "base64" else ""
    headers = {scheme.header: f"{scheme.prefix}{signature}{padding}"}
    if scheme.timestamp:
        headers[scheme.timestamp] = timestamp
    if scheme.id:
        headers[scheme.id] = delivery_id
    return headers


def _body_jws(scheme: BodyJws, secret: str, body: bytes) -> str:
    claims = {"iss": scheme.issuer, "sha256": hashlib.sha256(body).hexdigest()}
    signed = ".".join(_segment(part) for part in ({"typ": "JWT", "alg": "HS256"}, claims))
    return (
        f"{signed}.{encode_signature(hmac.digest(secret.encode(), signed.encode(), 'sha256'), 'base64url')}"
    )


def _segment(value: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")
