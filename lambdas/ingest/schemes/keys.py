"""Public keys, as senders publish them."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

from lambdas.ingest.schemes.scheme import decode_base64

KeyAlgorithm = Literal["ed25519", "ecdsa-p256", "rsa-sha256", "rsa-sha512"]
KeyEncoding = Literal["base64", "hex"]

MIN_RSA_BITS: Final = 2048
"""What is still secure (NIST SP 800-131A, revision 2)."""

# RFC 7468. A prompt may have taken its line breaks, and an environment may have written them as a backslash and an n.
_BREAKS: Final = re.compile(r"\\n|\s")
_PEM: Final = re.compile(
    r"-----BEGIN (RSA )?PUBLIC KEY-----(.*)-----END (RSA )?PUBLIC KEY-----(\\n|\s)*", re.DOTALL
)


def read_public_key(text: str, algorithm: KeyAlgorithm, encoding: KeyEncoding = "base64") -> Any:
    """The public key; None for a text that is not a valid one of the algorithm.

    Args:
        text: The key as PEM, or without its frame: 32 bytes for Ed25519, DER (SubjectPublicKeyInfo) for others.
        algorithm: What it verifies.
        encoding: How a key without frame is written.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    pem = _PEM.fullmatch(text.lstrip())
    try:
        raw = _decode(_BREAKS.sub("", pem[2]) if pem else text, "base64" if pem else encoding)
        if algorithm == "ed25519" and not pem:
            return Ed25519PublicKey.from_public_bytes(raw)
        key = load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if _FITS[algorithm](key) else None


def _decode(text: str, encoding: KeyEncoding) -> bytes:
    return bytes.fromhex(text) if encoding == "hex" else decode_base64(text)


def _is_ed25519(key: Any) -> bool:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return isinstance(key, Ed25519PublicKey)


def _is_p256(key: Any) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ec

    return isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)


def _is_rsa(key: Any) -> bool:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    return isinstance(key, RSAPublicKey) and key.key_size >= MIN_RSA_BITS


_FITS: Final[Mapping[KeyAlgorithm, Callable[[Any], bool]]] = {
    "ed25519": _is_ed25519,
    "ecdsa-p256": _is_p256,
    "rsa-sha256": _is_rsa,
    "rsa-sha512": _is_rsa,
}
