"""Secrets that are sent along as they are, for senders that cannot sign."""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import (
    Scheme,
    VerificationError,
    Verified,
    as_bytes,
    decode_base64,
    first_proof,
    header_of,
    normalise_header,
)

_WHY_NOT = "the token is not one of the secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Scheme):
    """A secret in a header or, for senders that can set none, in the URL's query.

    Attributes:
        header: The header with the secret.
        prefix: What stands before it; compared without regard to case, as HTTP's authentication schemes are.
        query: The query's parameter with the secret, instead of a header: ``…/endpoint?token=…``. URLs are written to
            more logs than headers are; use it only where there is no other way.
    """

    header: str = "authorization"
    prefix: str = "Bearer "
    query: str = ""

    def __post_init__(self) -> None:
        normalise_header(self, "header")

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        given = as_bytes(self._given(request))
        return Verified(first_proof(secrets, lambda s: hmac.compare_digest(as_bytes(s), given), _WHY_NOT))

    def _given(self, request: Request) -> str:
        if self.query:
            return request.query.get(self.query, "")
        header = header_of(request, self.header)
        prefix, given = header[: len(self.prefix)], header[len(self.prefix) :]
        if prefix.lower() != self.prefix.lower():
            raise VerificationError("no token of the expected kind")
        return given


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic(Scheme):
    """HTTP's Basic authentication (RFC 7617); the secret is ``user:password``."""

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        kind, _, text = header_of(request, "authorization").partition(" ")
        if kind.lower() != "basic":
            raise VerificationError("no token of the expected kind")
        try:
            given = decode_base64(text.strip())
        except ValueError:
            raise VerificationError("no token of the expected kind") from None
        return Verified(first_proof(secrets, lambda s: hmac.compare_digest(as_bytes(s), given), _WHY_NOT))

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return ":" in text


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyToken(Scheme):
    """A secret inside the JSON body; ingest takes it out before anything leaves.

    Attributes:
        path: Keys that lead to it; ``*`` is every item of a list, all of which must have it.

    Raises:
        ValueError: The path is not a valid one: it has no keys, or is a text.
    """

    path: tuple[str, ...]

    def __post_init__(self) -> None:
        if isinstance(self.path, str) or not self.path:
            raise ValueError(f"The path is {self.path!r}, expected keys such as ('data', 'secret').")
        object.__setattr__(self, "path", tuple(self.path))

    @property
    def credentials(self) -> tuple[tuple[str, ...], ...]:
        """See `Scheme.credentials`."""
        return (self.path,)

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        try:
            # What is ambiguous is refused when the body is parsed for good; here only the token is looked for.
            given = list(_at(json.loads(request.body), self.path))
        except (ValueError, RecursionError):
            raise VerificationError("no token in the body") from None
        if not given or not all(isinstance(text, str) for text in given):
            raise VerificationError("no token in the body")

        def proves(secret: str) -> bool:
            return all(hmac.compare_digest(as_bytes(secret), as_bytes(text)) for text in given)

        return Verified(first_proof(secrets, proves, _WHY_NOT))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventBridge(Scheme):
    """No calls at all: the source speaks through Amazon EventBridge, which IAM lets in."""

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        raise VerificationError("this source speaks through EventBridge only")

    @property
    def takes_secrets(self) -> bool:
        """See `Scheme.takes_secrets`."""
        return False

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return False


def _at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    if not path:
        yield value
    elif path[0] == "*":
        for item in value if isinstance(value, list) else ():
            yield from _at(item, path[1:])
    elif isinstance(value, dict):
        yield from _at(value.get(path[0]), path[1:])
    else:
        yield None
