"""The scheme of verification, and the parts that schemes are made of.

Whatever a request holds, the outcome is accept or refuse. Signatures are compared in constant time, and as text in
their canonical form, so that no two texts stand for one signature.
"""

import base64
import binascii
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence, Set
from dataclasses import Field, dataclass
from typing import Any, Final, Literal, get_args

from lambdas.ingest.request import Request

Encoding = Literal["hex", "base64", "base64url"]
SecretEncoding = Literal["utf8", "base64", "hex"]
ENCODINGS: Final[tuple[Encoding, ...]] = get_args(Encoding)
SECRET_ENCODINGS: Final[tuple[SecretEncoding, ...]] = get_args(SecretEncoding)

MAX_SIGNATURES: Final = 20
"""Parts of one header that are looked at; no rotation needs more, an attacker might."""

_HEADER: Final = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]+")


class VerificationError(Exception):
    """The request is not proven to come from the sender; the reason is for our log, not for the answer."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A request that is proven to come from the sender.

    Attributes:
        position: Which of the given secrets proved it.
        id: The delivery's signed id; empty where the scheme signs none.
        time: The signed time, in the form in which it is signed; empty where the scheme signs none.
        headers: Names of the signed headers.
        content: What is signed of the body, where that is not its bytes.
    """

    position: int
    id: str = ""
    time: str = ""
    headers: Set[str] = frozenset()
    content: bytes | None = None


class Scheme(ABC):
    """How a sender proves that a request is its own."""

    __slots__ = ()

    @abstractmethod
    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """Verify a request by any of the endpoint's secrets.

        Args:
            secrets: The endpoint's live secrets.
            request: The request.
            now: Unix time in seconds.

        Raises:
            VerificationError: No secret proves it, or it is too old.
        """

    @property
    def takes_secrets(self) -> bool:
        """Whether a secret of the endpoint proves anything; without one, IAM lets the source in."""
        return True

    @property
    def needs_cryptography(self) -> bool:
        """Whether verification needs `cryptography` and PyJWT, which are the hub's only where this says so."""
        return False

    @property
    def credentials(self) -> tuple[tuple[str, ...], ...]:
        """Paths in the body that hold a secret itself, and so must not leave ingest."""
        return ()

    @property
    def json_field(self) -> str:
        """The field of a form whose JSON is the event; empty where the body itself is it."""
        return ""

    def is_secret(self, text: str) -> bool:
        """Whether this can be a secret of the scheme."""
        return bool(text)


def first_proof(secrets: Sequence[str], proves: Callable[[str], bool], why_not: str) -> int:
    """The position of the first secret that proves the request.

    Raises:
        VerificationError: No secret does.
    """
    for position, secret in enumerate(secrets):
        if secret and proves(secret):
            return position
    raise VerificationError(why_not)


def header_of(request: Request, name: str) -> str:
    """A header's value.

    Raises:
        VerificationError: The header is missing.
    """
    value = request.headers.get(name, "")
    if not value:
        raise VerificationError(f"no header {name}")
    return value


def as_bytes(text: str) -> bytes:
    """Any text as bytes, lone surrogates too: they are compared, never sent."""
    return text.encode("utf-8", "surrogatepass")


def encode_signature(signature: bytes, encoding: Encoding) -> str:
    """A signature as the sender writes it; base64 without padding."""
    match encoding:
        case "hex":
            return signature.hex()
        case "base64":
            return base64.b64encode(signature).decode().rstrip("=")
        case "base64url":
            return base64.urlsafe_b64encode(signature).decode().rstrip("=")


def canonical(signature: str, encoding: Encoding) -> bytes:
    """A signature as received, in the form in which `encode_signature` writes it."""
    if encoding == "hex":
        return as_bytes(signature.lower())
    bare = signature.rstrip("=")
    padding = len(signature) - len(bare)
    # Any other padding than its length asks for makes it a wrong signature.
    return as_bytes(bare if padding in (0, -len(bare) % 4) else signature)


def decode_base64(text: str) -> bytes:
    """Base64 with or without its padding.

    Raises:
        ValueError: The text is not base64.
    """
    bare = text.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None


def decode_secret(text: str, encoding: SecretEncoding) -> bytes:
    """The key that a secret's text stands for; empty where it stands for none."""
    try:
        match encoding:
            case "utf8":
                return as_bytes(text)
            case "hex":
                return bytes.fromhex(text)
            case "base64":
                return decode_base64(text)
    except ValueError:
        return b""


def split_list(text: str, separator: str) -> list[str]:
    """The items of a list, without the spaces and tabs before them (RFC 9110, section 5.6.1); no more is stripped.

    Without a separator the text is the only item.
    """
    if not separator:
        return [text]
    first, *rest = text.split(separator, MAX_SIGNATURES)[:MAX_SIGNATURES]
    return [first, *(item.lstrip(" \t") for item in rest)]


def default_prefix(header: str) -> str:
    """What stands before a token: HTTP's scheme in its own header, and nothing in any other."""
    return "Bearer " if header == "authorization" else ""


def without_prefix(text: str, prefix: str) -> str:
    """A token without what stands before it, whatever its case, as HTTP's authentication schemes are compared.

    Raises:
        VerificationError: Something else stands before it.
    """
    if text[: len(prefix)].lower() != prefix.lower():
        raise VerificationError("no token of the expected kind")
    return text[len(prefix) :]


def is_header(name: str) -> bool:
    """Whether this is the name of a header (RFC 9110, section 5.1), in lower case."""
    return bool(_HEADER.fullmatch(name))


def normalise_header(scheme: object, field: str) -> None:
    """Write the names of headers in a field of a frozen scheme in lower case; several as a tuple.

    Raises:
        ValueError: The field is neither the name of a header nor several.
    """
    value = getattr(scheme, field)
    several = isinstance(value, tuple | list)
    names = [name.lower() if isinstance(name, str) else name for name in (value if several else [value])]
    if not names or not all(isinstance(name, str) and is_header(name) for name in names):
        raise ValueError(f"The {field} is {value!r}, expected the name of a header such as 'x-signature'.")
    object.__setattr__(scheme, field, tuple(names) if several else names[0])


def check_no_header_beside(scheme: Any, *places: str) -> None:
    """Check that no header is named where the proof is at another place.

    Raises:
        ValueError: A header is named, and one of the places, too.
    """
    fields: dict[str, Field[Any]] = scheme.__dataclass_fields__
    for place in places:
        if getattr(scheme, place) and scheme.header != fields["header"].default:
            raise ValueError(
                f"The header is {scheme.header!r} and the {place} {getattr(scheme, place)!r}, expected one of them."
            )


def check_token_prefix(prefix: str) -> None:
    """Check that what stands before a token ends before it: ``Bearer`` is followed by a blank.

    Raises:
        ValueError: It ends in a letter.
    """
    if prefix[-1:].isalpha():
        raise ValueError(f"The prefix is {prefix!r}, expected one that ends in no letter, such as 'Bearer '.")


def check_texts(scheme: object, *fields: str) -> None:
    """Check that the fields of a scheme are texts.

    Raises:
        ValueError: One is not.
    """
    for field in fields:
        value = getattr(scheme, field)
        if not isinstance(value, str):
            raise ValueError(f"The {field} is {value!r}, expected a text.")


def check_choice(field: str, value: Any, choices: Sequence[str]) -> None:
    """Check that a field's value is one of the choices.

    Raises:
        ValueError: The value is none of them.
    """
    if value not in choices:
        raise ValueError(f"The {field} is {value!r}, expected one of {', '.join(choices)}.")
