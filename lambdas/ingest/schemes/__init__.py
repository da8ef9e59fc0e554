"""How calls are verified, as data: the schemes by which senders of webhooks prove who they are.

The rulebook uses them for senders that the catalogue does not know:

    endpoints={"shop": Hmac(header="x-shop-signature", prefix="sha256=")}
"""

from dataclasses import MISSING, asdict, fields
from typing import Any, Final

from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import RefusedError, Scheme, Verified
from lambdas.ingest.schemes.tokens import Basic, BodyToken, EventBridge, Token
from lambdas.ingest.schemes.vendor import BodyJws, ContentfulRequest, HygraphEnvelope, TwilioUrl

__all__ = [
    "AnyOf",
    "Basic",
    "BodyJws",
    "BodyToken",
    "ContentfulRequest",
    "EventBridge",
    "Hmac",
    "HygraphEnvelope",
    "PublicKey",
    "RefusedError",
    "Scheme",
    "Token",
    "TwilioUrl",
    "Verified",
    "read_scheme",
    "scheme_document",
]

_KINDS: Final[dict[str, type[Scheme]]] = {
    "hmac": Hmac,
    "public-key": PublicKey,
    "token": Token,
    "basic": Basic,
    "body-token": BodyToken,
}
"""Those that the rulebook may write down."""


def scheme_document(scheme: Scheme) -> dict[str, Any]:
    """A scheme of the rulebook as JSON, without what is its default."""
    kind = next(name for name, of in _KINDS.items() if type(scheme) is of)
    defaults = {field.name: field.default for field in fields(scheme)}  # type: ignore[arg-type]
    values = asdict(scheme)  # type: ignore[call-overload]
    return {"kind": kind} | {name: v for name, v in values.items() if defaults.get(name, MISSING) != v}


def read_scheme(document: dict[str, Any]) -> Scheme:
    """The inverse of `scheme_document`."""
    values = dict(document)
    return _KINDS[values.pop("kind")](**values)
