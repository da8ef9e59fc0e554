"""HMACs and plain hashes, the way most senders sign."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.message import names_of
from lambdas.ingest.schemes.scheme import (
    SECRET_ENCODINGS,
    SecretEncoding,
    VerificationError,
    Verified,
    as_bytes,
    canonical,
    check_choice,
    check_texts,
    decode_secret,
    encode_signature,
    first_proof,
)
from lambdas.ingest.schemes.signed import SignedMessage

Algorithm = Literal["sha1", "sha256", "sha512", "weak-md5"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hmac(SignedMessage):
    """An HMAC over the raw body, or over a message that the body is part of.

    Attributes:
        algorithm: The hash. ``weak-md5`` is for senders that know nothing better: MD5 is broken, and although HMAC-MD5
            is not, nobody should choose it (RFC 6151). Ask the sender for SHA-256.
        secret_encoding: How the secret is written.
        secret_prefix: What may stand before a secret and is no part of it, such as ``whsec_``.

    With ``{secret}`` in the message it is no HMAC but the plain hash of that message, as a few old senders have it,
    HubSpot's first version among them: ``{secret}{body}``. Where anything follows the secret, whoever has one hash can
    make that of a longer message (length extension). Such a message always has zero bytes, which neither JSON nor a
    form has: it is refused.
    """

    algorithm: Algorithm = "sha256"
    secret_encoding: SecretEncoding = "utf8"
    secret_prefix: str = ""

    def __post_init__(self) -> None:
        super(Hmac, self).__post_init__()
        check_choice("algorithm", self.algorithm, get_args(Algorithm))
        check_choice("secret_encoding", self.secret_encoding, SECRET_ENCODINGS)
        check_texts(self, "secret_prefix")

    @property
    def hashes_secrets(self) -> bool:
        """See `SignedMessage.hashes_secrets`."""
        return True

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        signed = self.read(request, now)
        if self._is_plain_hash and b"\0" in self.compose(signed.values):
            raise VerificationError("a plain hash of zero bytes")
        given = [canonical(signature, self.encoding) for signature in signed.signatures]

        def proves(secret: str) -> bool:
            expected = as_bytes(self.signature(secret, signed.values))
            return bool(expected) and any(hmac.compare_digest(expected, signature) for signature in given)

        return self.verified(first_proof(secrets, proves, "no secret made this signature"), signed)

    def signature(self, secret: str, values: dict[str, bytes]) -> str:
        """The signature that a secret makes, in canonical form; empty for a text that is not a valid secret."""
        key = decode_secret(secret.removeprefix(self.secret_prefix), self.secret_encoding)
        if not key:
            return ""
        algorithm = self.algorithm.removeprefix("weak-")
        if self._is_plain_hash:
            made = hashlib.new(algorithm, self.compose(values | {"secret": key})).digest()
        else:
            made = hmac.digest(key, self.compose(values), algorithm)
        return encode_signature(made, self.encoding)

    @property
    def _is_plain_hash(self) -> bool:
        return "secret" in names_of(self.message)

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return bool(decode_secret(text.removeprefix(self.secret_prefix), self.secret_encoding))
