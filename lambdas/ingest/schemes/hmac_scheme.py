"""HMACs and plain hashes, the way most senders sign."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import (
    SECRET_ENCODINGS,
    SecretEncoding,
    Verified,
    as_bytes,
    canonical,
    check_choice,
    decode_secret,
    encode_signature,
    first_proof,
)
from lambdas.ingest.schemes.signed import SignedMessage, message_parts

Algorithm = Literal["sha1", "sha256", "sha512"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hmac(SignedMessage):
    """An HMAC over the raw body, or over a message that the body is part of.

    Attributes:
        algorithm: The hash.
        secret_encoding: How the secret is written.
        secret_prefix: What may stand before a secret and is no part of it, such as ``whsec_``.

    With ``{secret}`` in the message it is no HMAC but the plain hash of that message, as a few old senders have it.
    """

    algorithm: Algorithm = "sha256"
    secret_encoding: SecretEncoding = "utf8"
    secret_prefix: str = ""

    def __post_init__(self) -> None:
        super(Hmac, self).__post_init__()
        check_choice("algorithm", self.algorithm, get_args(Algorithm))
        check_choice("secret_encoding", self.secret_encoding, SECRET_ENCODINGS)

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        signatures, values, facts = self.read(request, now)
        given = [canonical(signature, self.encoding) for signature in signatures]

        def proves(secret: str) -> bool:
            expected = as_bytes(self.signature(secret, values))
            return bool(expected) and any(hmac.compare_digest(expected, signature) for signature in given)

        return Verified(first_proof(secrets, proves, "no secret made this signature"), facts.id, facts.time)

    def signature(self, secret: str, values: dict[str, bytes]) -> str:
        """The signature that a secret makes, in canonical form; empty for a text that is not a valid secret."""
        key = decode_secret(secret.removeprefix(self.secret_prefix), self.secret_encoding)
        if not key:
            return ""
        if "secret" in (name for _, name in message_parts(self.message)):
            made = hashlib.new(self.algorithm, self.compose(values | {"secret": key})).digest()
        else:
            made = hmac.digest(key, self.compose(values), self.algorithm)
        return encode_signature(made, self.encoding)

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return bool(decode_secret(text.removeprefix(self.secret_prefix), self.secret_encoding))
