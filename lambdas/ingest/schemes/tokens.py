"""Secrets that are sent along as they are, for senders that cannot sign."""

import hmac
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.places import form_of
from lambdas.ingest.schemes.scheme import (
    Scheme,
    VerificationError,
    Verified,
    as_bytes,
    canonical,
    check_no_header_beside,
    check_texts,
    check_token_prefix,
    default_prefix,
    encode_signature,
    first_proof,
    header_of,
    normalise_header,
    without_prefix,
)

_WHY_NOT = "the token is not one of the secrets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Token(Scheme):
    """A secret in a header or, for senders that can set none, in the URL's query.

    Attributes:
        header: The header with the secret; of several headers, ``("x-one", "x-two")``, the first that is there.
        prefix: What stands before it; compared without regard to case, as HTTP's authentication schemes are. Without
            it that is ``Bearer`` in the header Authorization and nothing in any other header.
        query: The query's parameter with the secret, instead of a header: ``…/endpoint?token=…``. URLs are written to
            more logs than headers are; use it only where there is no other way.

    Raises:
        ValueError: A field is not what it takes; one sentence says what was expected.
    """

    header: "str | tuple[str, ...]" = "authorization"
    prefix: "str | None" = None
    query: str = ""

    def __post_init__(self) -> None:
        normalise_header(self, "header")
        check_texts(self, "query", *(() if self.prefix is None else ("prefix",)))
        check_no_header_beside(self, "query")
        check_token_prefix(self.prefix or "")
        if self.query and self.prefix is not None:
            raise ValueError(
                f"The prefix is {self.prefix!r} and the query {self.query!r}, expected a prefix in a header only."
            )

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers that may hold the secret."""
        return (self.header,) if isinstance(self.header, str) else self.header

    def prefix_in(self, header: str) -> str:
        """What stands before the secret in a header."""
        return default_prefix(header) if self.prefix is None else self.prefix

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        given = as_bytes(self._given(request))
        return Verified(first_proof(secrets, lambda s: hmac.compare_digest(as_bytes(s), given), _WHY_NOT))

    def _given(self, request: Request) -> str:
        if self.query:
            return request.query.get(self.query, "")
        header = next((name for name in self.headers if request.headers.get(name)), self.headers[0])
        return without_prefix(header_of(request, header), self.prefix_in(header))


@dataclass(frozen=True, slots=True, kw_only=True)
class Basic(Scheme):
    """HTTP's Basic authentication (RFC 7617); the secret is ``user:password``."""

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        given = canonical(without_prefix(header_of(request, "authorization"), "Basic "), "base64")

        def proves(secret: str) -> bool:
            # Compared as text: many texts of base64 decode to the same bytes.
            return hmac.compare_digest(as_bytes(encode_signature(as_bytes(secret), "base64")), given)

        return Verified(first_proof(secrets, proves, _WHY_NOT))

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return ":" in text


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyToken(Scheme):
    """A secret inside the body; ingest takes it out before anything leaves.

    Attributes:
        path: Keys that lead to it: ``("data", "secret")``; ``*`` is every item of a list, all of which must have it.
        form_field: For a body that is a form: the field whose JSON has the secret at `path`, and is the event.

    Raises:
        ValueError: The path has no keys or is not a list of texts, or the form_field is no text.
    """

    path: tuple[str, ...]
    form_field: str = ""

    def __post_init__(self) -> None:
        keys = self.path if isinstance(self.path, tuple | list) else ()
        if not keys or not all(isinstance(key, str) and key for key in keys):
            raise ValueError(f"The path is {self.path!r}, expected keys such as ('data', 'secret').")
        object.__setattr__(self, "path", tuple(keys))
        check_texts(self, "form_field")

    @property
    def credentials(self) -> tuple[tuple[str, ...], ...]:
        """See `Scheme.credentials`."""
        return (self.path,)

    @property
    def json_field(self) -> str:
        """See `Scheme.json_field`."""
        return self.form_field

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        try:
            # What is ambiguous is refused when the body is parsed for good; here only the token is looked for.
            given = list(_at(json.loads(self._json(request.body)), self.path))
        except (ValueError, RecursionError):
            raise VerificationError("no token in the body") from None
        if not given or not all(isinstance(text, str) for text in given):
            raise VerificationError("no token in the body")

        def proves(secret: str) -> bool:
            return all(hmac.compare_digest(as_bytes(secret), as_bytes(text)) for text in given)

        return Verified(first_proof(secrets, proves, _WHY_NOT))

    def _json(self, body: bytes) -> "bytes | str":
        return form_of(body).get(self.form_field, "") if self.form_field else body


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
