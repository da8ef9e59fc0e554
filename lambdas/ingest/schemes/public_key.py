"""Signatures by a private key that only the sender has. They alone need the package `cryptography`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.keys import KeyAlgorithm, KeyEncoding, read_public_key
from lambdas.ingest.schemes.scheme import (
    Verified,
    as_bytes,
    canonical,
    check_choice,
    check_texts,
    decode_base64,
    encode_signature,
    first_proof,
)
from lambdas.ingest.schemes.signed import SignedMessage

_URL_SAFE: Final = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey(SignedMessage):
    """A signature that the sender's public key verifies; that key is what is set as the endpoint's secret.

    The key may always be written as PEM (``-----BEGIN PUBLIC KEY-----``).

    Attributes:
        algorithm: Ed25519 (RFC 8032), ECDSA on P-256 with SHA-256, or RSA (PKCS #1 v1.5) with SHA-256 or SHA-512.
        key_prefix: What stands before a public key, such as ``whpk_``; a text without it is no key.
        key_encoding: How a key without PEM is written: 32 bytes for Ed25519, DER (SubjectPublicKeyInfo) for others.
    """

    algorithm: KeyAlgorithm = "ed25519"
    key_prefix: str = ""
    key_encoding: KeyEncoding = "base64"

    def __post_init__(self) -> None:
        super(PublicKey, self).__post_init__()
        check_choice("algorithm", self.algorithm, get_args(KeyAlgorithm))
        check_choice("key_encoding", self.key_encoding, get_args(KeyEncoding))
        check_texts(self, "key_prefix")

    @property
    def needs_cryptography(self) -> bool:
        """See `Scheme.needs_cryptography`."""
        return True

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        signed = self.read(request, now)
        message = self.compose(signed.values)
        signatures = [signature for text in signed.signatures if (signature := self._decode(text))]

        def proves(secret: str) -> bool:
            key = self._key(secret)
            return key is not None and any(self._made(key, signature, message) for signature in signatures)

        return self.verified(first_proof(secrets, proves, "no key made this signature"), signed)

    def is_secret(self, text: str) -> bool:
        """See `Scheme.is_secret`."""
        return self._key(text) is not None

    def _decode(self, text: str) -> bytes:
        """The signature's bytes; empty for a text that is not a valid signature, or not in canonical form."""
        try:
            if self.encoding == "hex":
                raw = bytes.fromhex(text)
            else:
                raw = decode_base64(text.translate(_URL_SAFE) if self.encoding == "base64url" else text)
        except ValueError:
            return b""
        return (
            raw if as_bytes(encode_signature(raw, self.encoding)) == canonical(text, self.encoding) else b""
        )

    def _key(self, text: str) -> Any:
        """The public key; None for a text that is not a valid one."""
        if not text.startswith(self.key_prefix):
            return None
        return read_public_key(text.removeprefix(self.key_prefix), self.algorithm, self.key_encoding)

    def _made(self, key: Any, signature: bytes, message: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature

        try:
            key.verify(signature, message, *how_to_sign(self.algorithm))
        except InvalidSignature:
            return False
        return True


def how_to_sign(algorithm: KeyAlgorithm) -> tuple[Any, ...]:
    """What `cryptography` wants to know beside the signature and the message."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, padding

    match algorithm:
        case "ed25519":
            return ()
        case "ecdsa-p256":
            return (ec.ECDSA(hashes.SHA256()),)
        case "rsa-sha256":
            return (padding.PKCS1v15(), hashes.SHA256())
        case "rsa-sha512":
            return (padding.PKCS1v15(), hashes.SHA512())
