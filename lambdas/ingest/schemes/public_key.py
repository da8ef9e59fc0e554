"""Signatures by a private key that only the sender has. They alone need the package `cryptography`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import (
    Verified,
    as_bytes,
    canonical,
    check_choice,
    decode_base64,
    encode_signature,
    first_proof,
)
from lambdas.ingest.schemes.signed import SignedMessage

KeyAlgorithm = Literal["ed25519", "ecdsa-p256"]
_URL_SAFE: Final = str.maketrans("-_", "+/")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey(SignedMessage):
    """A signature that the sender's public key verifies; that key is what is set as the endpoint's secret.

    Attributes:
        algorithm: Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256.
        key_prefix: What stands before a public key, such as ``whpk_``; a text without it is no key.
        key_encoding: How the key is written: 32 bytes for Ed25519, DER (SubjectPublicKeyInfo) for ECDSA.
    """

    algorithm: KeyAlgorithm = "ed25519"
    key_prefix: str = ""
    key_encoding: Literal["base64", "hex"] = "base64"

    def __post_init__(self) -> None:
        super(PublicKey, self).__post_init__()
        check_choice("algorithm", self.algorithm, get_args(KeyAlgorithm))
        check_choice("key_encoding", self.key_encoding, ("base64", "hex"))

    @property
    def needs_cryptography(self) -> bool:
        """See `Scheme.needs_cryptography`."""
        return True

    def verify(self, secrets: Sequence[str], request: Request, now: float) -> Verified:
        """See `Scheme.verify`."""
        texts, values, facts = self.read(request, now)
        message = self.compose(values)
        signatures = [signature for text in texts if (signature := self._decode(text))]

        def proves(secret: str) -> bool:
            key = self._key(secret)
            return key is not None and any(self._made(key, signature, message) for signature in signatures)

        return Verified(first_proof(secrets, proves, "no key made this signature"), facts.id, facts.time)

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
        if not text or not text.startswith(self.key_prefix):
            return None
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519
        from cryptography.hazmat.primitives.serialization import load_der_public_key

        bare = text.removeprefix(self.key_prefix)
        try:
            raw = bytes.fromhex(bare) if self.key_encoding == "hex" else decode_base64(bare)
            if self.algorithm == "ed25519":
                return ed25519.Ed25519PublicKey.from_public_bytes(raw)
            key = load_der_public_key(raw)
        except (ValueError, UnsupportedAlgorithm):
            return None
        is_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
        return key if is_p256 else None

    def _made(self, key: Any, signature: bytes, message: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            if self.algorithm == "ed25519":
                key.verify(signature, message)
            else:
                key.verify(signature, message, ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return True
