"""Standard Webhooks, by which many sign (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md).

Symmetric signatures (v1) are made by secrets ``whsec_…``, asymmetric ones (v1a) are verified by public keys ``whpk_…``.
The names of their headers begin with their family: ``webhook`` or, as Svix has them, ``svix``. What is signed is the
same in all four; other versions in the same header are ignored.
"""

from typing import Final

from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey

_MESSAGE: Final = "{id}.{timestamp}.{body}"


def symmetric(family: str = "webhook") -> Hmac:
    """The scheme of signatures that a shared secret makes."""
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


def asymmetric(family: str = "webhook") -> PublicKey:
    """The scheme of signatures that a public key verifies; it needs `cryptography`."""
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
