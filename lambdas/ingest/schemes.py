"""How calls are verified, as data: the schemes that senders of webhooks sign by.

A scheme says where a signature is and what it is made of; `lambdas.ingest.verify` carries it out. The rulebook uses
them for senders that the catalogue does not know:

    endpoints={"shop": Hmac(header="x-shop-signature", prefix="sha256=")}
"""

import re
import string
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal, get_args

Algorithm = Literal["sha1", "sha256", "sha512"]
Encoding = Literal["hex", "base64", "base64url"]
TimestampUnit = Literal["s", "ms", "rfc3339"]
SecretEncoding = Literal["utf8", "base64", "hex"]

_HEADER: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hmac:
    """An HMAC over the raw body, or over a message that the body is part of.

    Attributes:
        header: The header with the signature or signatures.
        algorithm: The HMAC's hash.
        encoding: How the signature is written; hex in either case, base64 with or without padding.
        prefix: What stands before each signature, such as ``sha256=``; signatures without it are ignored.
        split: What separates several signatures, such as ``,``; any one of them may match. Empty: there is one.
        message: What is signed, from ``{body}``, ``{timestamp}`` and ``{id}``: ``{id}.{timestamp}.{body}``.
        timestamp: The header with the signed time; needed where the message has ``{timestamp}``.
        timestamp_unit: Seconds, milliseconds, or RFC 3339.
        tolerance: Seconds by which the signed time may differ from ours, in both directions.
        id: The header with the signed id of the delivery; needed where the message has ``{id}``.
        secret_encoding: How the secret is written.
        secret_prefix: What may stand before a secret and is no part of it, such as ``whsec_``.

    Raises:
        ValueError: The parts do not fit; one sentence says what was expected.
    """

    header: str = "x-signature"
    algorithm: Algorithm = "sha256"
    encoding: Encoding = "hex"
    prefix: str = ""
    split: str = ""
    message: str = "{body}"
    timestamp: str = ""
    timestamp_unit: TimestampUnit = "s"
    tolerance: int = 300
    id: str = ""
    secret_encoding: SecretEncoding = "utf8"
    secret_prefix: str = ""

    def __post_init__(self) -> None:
        for name in ("header", "timestamp", "id"):
            _normalise_header(self, name, required=name == "header")
        _check_choice("algorithm", self.algorithm, get_args(Algorithm))
        _check_choice("encoding", self.encoding, get_args(Encoding))
        _check_choice("timestamp_unit", self.timestamp_unit, get_args(TimestampUnit))
        _check_choice("secret_encoding", self.secret_encoding, get_args(SecretEncoding))
        _check_message(self)
        if self.tolerance <= 0:
            raise ValueError(f"The tolerance is {self.tolerance}, expected a number of seconds above 0.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A secret that is sent along as it is, for senders that cannot sign.

    Attributes:
        header: The header with the secret.
        prefix: What stands before it; compared without regard to case, as HTTP's authentication schemes are.
    """

    header: str = "authorization"
    prefix: str = "Bearer "

    def __post_init__(self) -> None:
        _normalise_header(self, "header", required=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyJws:
    """A compact JWS (RFC 7515), always HS256, whose claim ``sha256`` is the digest of the body, as Netlify signs.

    Attributes:
        header: The header with the JWS.
        issuer: What its claim ``iss`` must be.
    """

    header: str
    issuer: str

    def __post_init__(self) -> None:
        _normalise_header(self, "header", required=True)


Scheme = Hmac | Token | BodyJws
_KINDS: Final[dict[str, type[Scheme]]] = {"hmac": Hmac, "token": Token, "body-jws": BodyJws}


def scheme_document(scheme: Scheme) -> dict[str, Any]:
    """A scheme as JSON, without what is its default."""
    kind = next(name for name, of in _KINDS.items() if type(scheme) is of)
    plain = {} if isinstance(scheme, BodyJws) else asdict(type(scheme)())
    return {"kind": kind} | {name: v for name, v in asdict(scheme).items() if plain.get(name) != v}


def read_scheme(document: dict[str, Any]) -> Scheme:
    """The inverse of `scheme_document`."""
    values = dict(document)
    return _KINDS[values.pop("kind")](**values)


def message_parts(message: str) -> list[tuple[str, str]]:
    """A message template as (literal text, name of what follows it or nothing)."""
    try:
        return [(literal, name or "") for literal, name, _, _ in string.Formatter().parse(message)]
    except ValueError:
        raise ValueError(f"The message is {message!r}, expected a template such as '{{body}}'.") from None


def _normalise_header(scheme: Scheme, name: str, *, required: bool) -> None:
    value = getattr(scheme, name).lower()
    if (value or required) and not _HEADER.fullmatch(value):
        raise ValueError(f"The {name} is {value!r}, expected the name of a header such as 'x-signature'.")
    object.__setattr__(scheme, name, value)


def _check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    if value not in choices:
        raise ValueError(f"The {name} is {value!r}, expected one of {', '.join(choices)}.")


def _check_message(scheme: Hmac) -> None:
    names = [name for _, name in message_parts(scheme.message) if name]
    if names.count("body") != 1 or set(names) - {"body", "timestamp", "id"}:
        raise ValueError(
            f"The message is {scheme.message!r}, expected '{{body}}' once, and '{{timestamp}}' or '{{id}}'."
        )
    for name, header in (("timestamp", scheme.timestamp), ("id", scheme.id)):
        if (name in names) != bool(header):
            raise ValueError(
                f"The message is {scheme.message!r} and the header of its {name} {header!r}, "
                "expected both of them or neither: what is not signed proves nothing."
            )
