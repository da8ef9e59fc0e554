"""Standard Webhooks, by which many sign (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).

Symmetric signatures (v1) by secrets ``whsec_…``, asymmetric ones (v1a) by public keys ``whpk_…``, under the names
``webhook-…`` or, as Svix has them, ``svix-…``. What is signed is the same in all four; other versions are ignored.
Which of the two kinds an endpoint takes is for the rulebook to say: only the asymmetric one needs `cryptography`.
"""

from typing import Final

from lambdas.ingest.schemes import AnyOf, Hmac, PublicKey
from lambdas.ingest.sources import generic
from lambdas.ingest.sources.source import Source

_MESSAGE: Final = "{id}.{timestamp}.{body}"


def _symmetric(family: str) -> Hmac:
    return Hmac(
        header=f"{family}-signature",
        encoding="base64",
        prefix="v1,",
        split=" ",
        message=_MESSAGE,
        timestamp=f"{family}-timestamp",
        id=f"{family}-id",
        secret_encoding="base64",
        secret_prefix="whsec_",
    )


def _asymmetric(family: str) -> PublicKey:
    return PublicKey(
        header=f"{family}-signature",
        encoding="base64",
        prefix="v1a,",
        split=" ",
        message=_MESSAGE,
        timestamp=f"{family}-timestamp",
        id=f"{family}-id",
        key_prefix="whpk_",
    )


SYMMETRIC: Final = _symmetric("webhook")

SOURCES: Final = tuple(
    Source(name=name, scheme=scheme, native_type=("type",), normalise=generic.normalise)
    for name, scheme in {
        "standard-webhooks": AnyOf((SYMMETRIC, _symmetric("svix"))),
        "standard-webhooks-v1a": AnyOf((_asymmetric("webhook"), _asymmetric("svix"))),
    }.items()
)
