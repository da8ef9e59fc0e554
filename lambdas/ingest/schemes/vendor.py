"""Schemes that no template expresses; each is the scheme of one sender."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlsplit, urlunsplit

from lambdas.ingest.body import is_json
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import (
    Scheme,
    VerificationError,
    Verified,
    as_bytes,
    canonical,
    encode_signature,
    first_proof,
    header_of,
    normalise_header,
    split_list,
)
from lambdas.ingest.schemes.times import check_time

_WHY_NOT: Final = "no secret made this signature"
_WHITE_SPACE: Final = " \t"
"""What HTTP allows around a header's value (RFC 9110, section 5.5)."""
_DEFAULT_PORTS: Final = {"https": 443, "http": 80}

# What JavaScript's encodeURI and Node's querystring.escape leave as they are, beside letters and digits.
_ENCODE_URI: Final = "-_.!~*'();/?:@&=+$,#"
_QUERYSTRING_ESCAPE: Final = "-_.!~*'()"


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyJws(Scheme):
    """A compact JWS (RFC 7515), always HS256, whose claim ``sha256`` is the digest of the body, as Netlify signs.

    Attributes:
        header: The header with the JWS.
        issuer: What its claim ``iss`` must be.
    """

    header: str
    issuer: str

    def __post_init__(self) -> None:
        normalise_header(self, "header")

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        signed, _, signature = header_of(request, self.header).rpartition(".")

        def proves(secret: str) -> bool:
            return hmac.compare_digest(as_bytes(self.signature(secret, signed)), as_bytes(signature))

        position = first_proof(secrets, proves, _WHY_NOT)
        # Only what one of our secrets has signed is read any further.
        header, _, claims = signed.partition(".")
        if _decode_segment(header).get("alg") != "HS256":
            raise VerificationError("the signature's algorithm is not HS256")
        said = _decode_segment(claims)
        if said.get("iss") != self.issuer:
            raise VerificationError("the signature has another issuer")
        if said.get("sha256") != hashlib.sha256(request.body).hexdigest():
            raise VerificationError("the signature is of another body")
        return Verified(position)

    def signature(self, secret: str, signed: str) -> str:
        """The JWS's third part."""
        return encode_signature(hmac.digest(as_bytes(secret), as_bytes(signed), "sha256"), "base64url")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentfulRequest(Scheme):
    """Contentful's canonical request: method, path, the headers that it names, and the body.

    Source: @contentful/node-apps-toolkit, ``requests/verify-request``. Its time to live is 30 s.

    Attributes:
        tolerance: Seconds by which the signed time may differ from ours, in both directions.
    """

    tolerance: int = 30

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        names = header_of(request, "x-contentful-signed-headers").lower().split(",")
        if not {"x-contentful-timestamp", "x-contentful-signed-headers"} <= set(names):
            raise VerificationError("the timestamp is not signed")
        check_time(header_of(request, "x-contentful-timestamp"), "ms", self.tolerance, now)
        given = as_bytes(header_of(request, "x-contentful-signature"))
        message = self.message(request, names)

        def proves(secret: str) -> bool:
            return hmac.compare_digest(as_bytes(self.signature(secret, message)), given)

        time = request.headers["x-contentful-timestamp"]
        return Verified(first_proof(secrets, proves, _WHY_NOT), time=time, headers=frozenset(names))

    def message(self, request: Request, names: Sequence[str]) -> bytes:
        """The canonical request."""
        path, _, query = request.path.partition("?")
        # Contentful encodes the query twice; that is how it is signed.
        signed_path = path + (f"?{_quote(query, _QUERYSTRING_ESCAPE)}" if query else "")
        headers = ";".join(f"{name}:{request.headers.get(name, '').strip(_WHITE_SPACE)}" for name in names)
        head = f"{request.method}\n{_quote(signed_path, _ENCODE_URI)}\n{headers}\n"
        return as_bytes(head) + request.body

    def signature(self, secret: str, message: bytes) -> str:
        """The signature in hex."""
        return hmac.digest(as_bytes(secret), message, "sha256").hex()


@dataclass(frozen=True, slots=True, kw_only=True)
class HygraphEnvelope(Scheme):
    """Hygraph's ``sign=…, env=…, t=…``: an HMAC over a JSON envelope that holds the body as a string.

    Source: @hygraph/utils, ``verifyWebhookSignature``.

    Attributes:
        tolerance: Seconds by which the signed time may differ from ours, in both directions.
    """

    tolerance: int = 300

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        pairs = [pair.partition("=") for pair in split_list(header_of(request, "gcms-signature"), ",")]
        parts = {name: value for name, _, value in pairs}
        if sorted(name for name, _, _ in pairs) != ["env", "sign", "t"]:
            raise VerificationError("the signature has other parts than sign, env and t")
        check_time(parts["t"], "ms", self.tolerance, now)
        given = canonical(parts["sign"], "base64")
        # As a number: that is how it is signed, and zeros before it would be another text for the same signature.
        milliseconds = int(parts["t"])
        message = self.message(request.body, parts["env"], milliseconds)

        def proves(secret: str) -> bool:
            return hmac.compare_digest(as_bytes(self.signature(secret, message)), given)

        return Verified(first_proof(secrets, proves, _WHY_NOT), time=str(milliseconds))

    def message(self, body: bytes, environment: str, milliseconds: int) -> bytes:
        """The envelope.

        Raises:
            VerificationError: The body is no text.
        """
        try:
            text = body.decode()
        except UnicodeDecodeError:
            raise VerificationError("the body is not UTF-8") from None
        envelope = {"Body": text, "EnvironmentName": environment, "TimeStamp": milliseconds}
        return as_bytes(json.dumps(envelope, ensure_ascii=False, separators=(",", ":")))

    def signature(self, secret: str, message: bytes) -> str:
        """The signature in canonical base64."""
        return encode_signature(hmac.digest(as_bytes(secret), message, "sha256"), "base64")


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioUrl(Scheme):
    """Twilio's signature over the URL with the sorted form, or over the URL that has the body's digest.

    Source: twilio-python, ``request_validator.py``. The URL is signed as it was configured, with or without its port.
    """

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        given = canonical(header_of(request, "x-twilio-signature"), "base64")
        form = self.form(request)
        messages = [as_bytes(url + form) for url in _with_and_without_port(request.url)]

        def proves(secret: str) -> bool:
            made = [as_bytes(self.signature(secret, message)) for message in messages]
            return any(hmac.compare_digest(signature, given) for signature in made)

        # One form can be written in many ways: what is signed is its content, and so that is what it is known by.
        return Verified(first_proof(secrets, proves, _WHY_NOT), content=as_bytes(form) if form else None)

    def form(self, request: Request) -> str:
        """What is signed beside the URL.

        Raises:
            VerificationError: The URL has the digest of another body, or the body is no form.
        """
        digest = request.query.get("bodySHA256", "")
        if digest:
            if not hmac.compare_digest(as_bytes(hashlib.sha256(request.body).hexdigest()), as_bytes(digest)):
                raise VerificationError("the signature is of another body")
            return ""
        if is_json(request.body):
            raise VerificationError("the body is not a valid form")
        try:
            pairs = parse_qsl(
                request.body.decode(), keep_blank_values=True, errors="strict", max_num_fields=500
            )
        except ValueError:
            raise VerificationError("the body is not a valid form") from None
        return "".join(name + value for name, value in sorted(set(pairs)))

    def signature(self, secret: str, message: bytes) -> str:
        """The signature in canonical base64."""
        return encode_signature(hmac.digest(as_bytes(secret), message, "sha1"), "base64")


def _quote(text: str, safe: str) -> str:
    return quote(as_bytes(text), safe=safe)


def _with_and_without_port(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise VerificationError("the URL is not a valid one") from None
    yield url
    yield urlunsplit(parts._replace(netloc=host))
    yield urlunsplit(parts._replace(netloc=f"{host}:{_DEFAULT_PORTS.get(parts.scheme, 443)}"))


def _decode_segment(segment: str) -> dict[str, Any]:
    try:
        value = json.loads(base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4)))
    except (ValueError, RecursionError):
        raise VerificationError("the signature is not a JWS") from None
    if not isinstance(value, dict):
        raise VerificationError("the signature is not a JWS")
    return value
