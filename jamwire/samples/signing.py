"""Signing as the senders do: the inverse of `lambdas.ingest.schemes`, for samples and tests."""

import base64
import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from email.utils import format_datetime
from functools import lru_cache, singledispatch
from typing import Any, Final
from urllib.parse import quote, urlencode

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.jwt_scheme import JWT_KEYS, Jwt
from lambdas.ingest.schemes.keys import MIN_RSA_BITS, KeyAlgorithm
from lambdas.ingest.schemes.public_key import PublicKey, how_to_sign
from lambdas.ingest.schemes.scheme import Scheme, encode_signature
from lambdas.ingest.schemes.signed import SignedMessage
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token
from lambdas.ingest.schemes.vendor import BodyJws, ContentfulRequest, HygraphEnvelope, TwilioUrl

_CONTENTFUL_SIGNS: Final = ("x-contentful-signed-headers", "x-contentful-timestamp", "x-contentful-topic")

_TIMES: Final[Mapping[str, Callable[[float], str]]] = {
    "s": lambda now: str(int(now)),
    "ms": lambda now: str(int(now * 1000)),
    "rfc3339": lambda now: dt.datetime.fromtimestamp(now, dt.UTC).isoformat(),
    "http-date": lambda now: format_datetime(dt.datetime.fromtimestamp(int(now), dt.UTC), usegmt=True),
}


@singledispatch
def sign(scheme: Scheme, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    """The request with all by which its sender proves that it is its own.

    Args:
        scheme: The endpoint's scheme.
        secret: One of the endpoint's secrets; for a `PublicKey` the private key, as `generate_key_pair` gives it.
        request: What is sent.
        now: Unix time in seconds.
        delivery_id: The delivery's id, where the scheme signs one.

    Raises:
        TypeError: Nobody signs by this scheme.
    """
    raise TypeError(f"nobody signs by {type(scheme).__name__}")


@sign.register
def _(scheme: AnyOf, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    return sign(scheme.schemes[0], secret, request, now=now, delivery_id=delivery_id)


@sign.register
def _(scheme: Hmac, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    timed, values = _prepare(scheme, request, now, delivery_id)
    return _place(scheme, timed, scheme.signature(secret, values), now)


@sign.register
def _(scheme: PublicKey, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    timed, values = _prepare(scheme, request, now, delivery_id)
    made = _signing_key(secret).sign(scheme.compose(values), *how_to_sign(scheme.algorithm))
    return _place(scheme, timed, encode_signature(made, scheme.encoding), now)


@sign.register
def _(scheme: Jwt, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    import jwt

    claims: dict[str, Any] = {scheme.digest_claim: hashlib.sha256(request.body).hexdigest()}
    if scheme.time_claim:
        claims[scheme.time_claim] = int(now)
    if scheme.issuer:
        claims["iss"] = scheme.issuer
    key: Any = secret if scheme.algorithm == "HS256" else _signing_key(secret)
    return _with(
        request, {scheme.header: f"{scheme.prefix}{jwt.encode(claims, key, algorithm=scheme.algorithm)}"}
    )


@sign.register
def _(scheme: Token, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    if scheme.query:
        return _with_parameter(request, scheme.query, secret)
    header = scheme.headers[0]
    return _with(request, {header: f"{scheme.prefix_in(header)}{secret}"})


@sign.register
def _(scheme: Basic, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    return _with(request, {"authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"})


@sign.register
def _(scheme: BodyToken, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    document = _put(json.loads(request.body), scheme.path, secret)
    text = json.dumps(document, separators=(",", ":"))
    return replace(
        request, body=(urlencode({scheme.form_field: text}) if scheme.form_field else text).encode()
    )


@sign.register
def _(scheme: BodyJws, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    claims = {"iss": scheme.issuer, "sha256": hashlib.sha256(request.body).hexdigest()}
    signed = ".".join(_segment(part) for part in ({"typ": "JWT", "alg": "HS256"}, claims))
    return _with(request, {scheme.header: f"{signed}.{scheme.signature(secret, signed)}"})


@sign.register
def _(scheme: ContentfulRequest, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    names = [name for name in _CONTENTFUL_SIGNS if name in request.headers or not name.endswith("topic")]
    headers = {
        "x-contentful-signed-headers": ",".join(names),
        "x-contentful-timestamp": _TIMES["ms"](now),
    }
    timed = _with(request, headers)
    return _with(timed, {"x-contentful-signature": scheme.signature(secret, scheme.message(timed, names))})


@sign.register
def _(scheme: HygraphEnvelope, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    time = _TIMES["ms"](now)
    signature = scheme.signature(secret, scheme.message(request.body, "master", int(time)))
    return _with(request, {"gcms-signature": f"sign={_padded(signature)}, env=master, t={time}"})


@sign.register
def _(scheme: TwilioUrl, secret: str, request: Request, *, now: float, delivery_id: str) -> Request:
    message = (request.url + scheme.form(request)).encode()
    return _with(request, {"x-twilio-signature": _padded(scheme.signature(secret, message))})


@lru_cache
def _signing_key(text: str) -> Any:
    """A private key as `generate_key_pair` gives it; to read one of RSA takes longer than to sign by it."""
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    return load_der_private_key(base64.b64decode(text), None)


def generate_key_pair(scheme: Scheme) -> tuple[str, str]:
    """What signs and what verifies: a private key and its public one, or twice the same secret.

    Raises:
        TypeError: The sender makes it, or it has none.
    """
    if isinstance(scheme, AnyOf):
        return generate_key_pair(scheme.schemes[0])
    if not isinstance(scheme, PublicKey | Jwt) or scheme.algorithm == "HS256":
        secret = generate_secret_for(scheme)
        return secret, secret
    from cryptography.hazmat.primitives import serialization

    algorithm = scheme.algorithm if isinstance(scheme, PublicKey) else JWT_KEYS[scheme.algorithm]
    key = _private_key(algorithm)
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = (
        key.public_key().public_bytes_raw()
        if algorithm == "ed25519"
        else key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return base64.b64encode(private).decode(), _written(scheme, public)


def _private_key(algorithm: KeyAlgorithm) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    match algorithm:
        case "ed25519":
            return ed25519.Ed25519PrivateKey.generate()
        case "ecdsa-p256":
            return ec.generate_private_key(ec.SECP256R1())
        case "rsa-sha256" | "rsa-sha512":
            return rsa.generate_private_key(public_exponent=65537, key_size=MIN_RSA_BITS)


def _written(scheme: PublicKey | Jwt, public: bytes) -> str:
    if isinstance(scheme, PublicKey):
        written = public.hex() if scheme.key_encoding == "hex" else base64.b64encode(public).decode()
        return scheme.key_prefix + written
    return base64.b64encode(public).decode()


def generate_secret_for(scheme: Scheme, random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A new secret in the form that a scheme wants.

    Raises:
        TypeError: The sender makes it, or it has none.
    """
    if isinstance(scheme, AnyOf):
        return generate_secret_for(scheme.schemes[0], random)
    raw = random(32)
    if isinstance(scheme, Hmac) and scheme.secret_encoding == "base64":  # noqa: S105
        return scheme.secret_prefix + base64.b64encode(raw).decode()
    if isinstance(scheme, Basic):
        return f"jamwire:{raw.hex()}"
    if not scheme.is_secret(raw.hex()):
        raise TypeError(f"{type(scheme).__name__} takes no secret of ours")
    return raw.hex()


def _prepare(
    scheme: SignedMessage, request: Request, now: float, delivery_id: str
) -> tuple[Request, dict[str, bytes]]:
    """The request with its time and id, and the values of the message's names."""
    time = _TIMES[scheme.timestamp_unit](now)
    places = {scheme.timestamp: time, scheme.id: delivery_id}
    timed = request
    for place, value in places.items():
        timed = _with_value(timed, place, value) if place else timed
    return timed, scheme.values(timed, time, delivery_id)


def _place(scheme: SignedMessage, request: Request, signature: str, now: float) -> Request:
    """The request with its signature where the scheme looks for it."""
    text = f"{scheme.prefix}{_padded(signature) if scheme.encoding == 'base64' else signature}"
    if scheme.key != "":
        text = scheme.split.join(_parts(scheme, text, now))
    place = f"query.{scheme.query}" if scheme.query else f"body.{scheme.field}" if scheme.field else ""
    return _with_value(request, place or scheme.headers[0], text)


def _parts(scheme: SignedMessage, signature: str, now: float) -> list[str]:
    parts = {scheme.timestamp_key: _TIMES[scheme.timestamp_unit](now), scheme.key: signature}
    named = {key: text for key, text in parts.items() if key != ""}
    if isinstance(scheme.key, str):
        return [f"{key}={text}" for key, text in named.items()]
    return [named.get(place, "") for place in range(max(key for key in named if isinstance(key, int)) + 1)]


def _with_value(request: Request, place: str, value: str) -> Request:
    """The request with a value at a place (`lambdas.ingest.schemes.places`)."""
    kind, _, name = place.partition(".")
    if kind == "query":
        return _with_parameter(request, name, value)
    if kind == "body":
        document = _put(json.loads(request.body), name.split("."), value)
        return replace(request, body=json.dumps(document, separators=(",", ":")).encode())
    return _with(request, {place: value})


def _with_parameter(request: Request, name: str, value: str) -> Request:
    mark = "&" if "?" in request.url else "?"
    return replace(request, url=f"{request.url}{mark}{name}={quote(value)}")


def _padded(base64_text: str) -> str:
    return base64_text + "=" * (-len(base64_text) % 4)


def _with(request: Request, headers: Mapping[str, str]) -> Request:
    return replace(request, headers={**request.headers, **headers})


def _put(value: Any, path: Sequence[str], secret: str) -> Any:
    """The value with the secret at a path, which is made where it leads nowhere."""
    if not path:
        return secret
    key, *rest = path
    if key == "*":
        return [_put(item, rest, secret) for item in (value if isinstance(value, list) else [{}])]
    known = value if isinstance(value, dict) else {}
    return known | {key: _put(known.get(key), rest, secret)}


def _segment(value: Mapping[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value, separators=(",", ":")).encode()).decode().rstrip("=")
