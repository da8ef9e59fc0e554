"""Schemes as the rulebook writes them down, for senders that the catalogue does not know.

endpoints={"shop": Hmac(header="x-shop-signature", prefix="sha256=")}
"""

from dataclasses import MISSING, asdict, fields
from typing import Any, Final

from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.jwt_scheme import Jwt
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token

Verification = Hmac | PublicKey | Jwt | Token | Basic | BodyToken
"""The schemes that the rulebook may write down."""

_KINDS: Final[dict[str, type[Verification]]] = {
    "hmac": Hmac,
    "public-key": PublicKey,
    "jwt": Jwt,
    "token": Token,
    "basic": Basic,
    "body-token": BodyToken,
}


def scheme_document(scheme: Verification) -> dict[str, Any]:
    """A scheme as JSON, without the fields that have their default value."""
    kind = next(name for name, of in _KINDS.items() if type(scheme) is of)
    defaults = {field.name: field.default for field in fields(scheme)}
    return {"kind": kind} | {
        name: value for name, value in asdict(scheme).items() if defaults.get(name, MISSING) != value
    }


def read_scheme(document: dict[str, Any]) -> Scheme:
    """The inverse of `scheme_document`."""
    values = dict(document)
    return _KINDS[values.pop("kind")](**values)
