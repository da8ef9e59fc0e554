"""The secret's document (`lambdas.followers.keys`) as the deployment fills it: what is there stays."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lambdas.followers.keys import decode, encode

Document = Mapping[str, Any]

KEY_BYTES: Final = 32
OWN_KEYS: Final = ("data", "lookup", "links")
MAX_PUSH_KEYS: Final = 5
"""Those that browsers may still hold: an older one is given up with its followers."""

ID_CHARACTERS: Final = 16
"""Of the public key, whose first byte is the same for all: some 88 bits."""


def new_push_key() -> bytes:
    """The private value of a new key of P-256 (RFC 8292, 3.2)."""
    return ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(KEY_BYTES, "big")


def public_key(private: bytes) -> str:
    """What a browser subscribes with (RFC 8292, 4.1.1): the point, not compressed, in URL-safe base64."""
    public = ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1()).public_key()
    return encode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


@dataclass(frozen=True, slots=True)
class Makers:
    """What makes keys, which a test replaces."""

    random: Callable[[int], bytes] = os.urandom
    push: Callable[[], bytes] = new_push_key


def filled(document: Document, name: str, now: str, make: Makers) -> Document:
    """The document with every key, and the push key of this name as the newest.

    Args:
        document: What the secret holds.
        name: The push key's, in the rulebook.
        now: RFC 3339 in UTC.
        make: Makes what is missing.
    """
    own = {key: document.get(key) or encode(make.random(KEY_BYTES)) for key in OWN_KEYS}
    push = document.get("push", [])
    named = [key for key in push if key["name"] == name] or [_new_key(name, now, make.push())]
    others = [key for key in push if key["name"] != name]
    return {**document, **own, "push": [*others, *named][-MAX_PUSH_KEYS:]}


def newest(document: Document) -> dict[str, str]:
    """What may be known of the newest push key: itself, public, and its id."""
    key = document["push"][-1]
    return {"PushKey": public_key(decode(key["private"])), "PushKeyId": key["id"]}


def _new_key(name: str, now: str, private: bytes) -> dict[str, str]:
    id = public_key(private)[:ID_CHARACTERS]
    return {"id": id, "name": name, "private": encode(private), "made_at": now}
