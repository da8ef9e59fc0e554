"""Web push by the examples of its standards, and by independent implementations of both sides."""

import base64
from typing import Any

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lambdas.clients.push_encryption import (
    CURVE,
    Browser,
    encrypt,
    public_bytes,
)
from lambdas.clients.vapid import LIFETIME_SECONDS, Vapid

# RFC 8291, section 5 and appendix A
PLAIN = b"When I grow up, I want to be a watermelon"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)

NOW = 1_800_000_000.0


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def key_of(private: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(unpadded(private)), CURVE)


def test_example_of_rfc_8291_is_encrypted_as_it_stands_there() -> None:
    browser = Browser(unpadded(BROWSER_PUBLIC), unpadded(AUTH))
    body = encrypt(PLAIN, browser, lambda: key_of(SENDER_PRIVATE), lambda count: unpadded(SALT))
    assert body == unpadded(BODY)
    assert public_bytes(key_of(SENDER_PRIVATE)) == unpadded(SENDER_PUBLIC)


def test_keys_of_the_example_belong_together() -> None:
    assert public_bytes(key_of(BROWSER_PRIVATE)) == unpadded(BROWSER_PUBLIC)


def test_browser_of_the_example_reads_it_by_http_ece() -> None:
    key, secret = key_of(BROWSER_PRIVATE), unpadded(AUTH)
    body = encrypt(PLAIN, Browser(unpadded(BROWSER_PUBLIC), secret))
    assert http_ece.decrypt(body, private_key=key, auth_secret=secret, version="aes128gcm") == PLAIN


def read(authorization: str, origin: str) -> dict[str, Any]:
    """What a push service reads of RFC 8292's header, by PyJWT."""
    scheme, parameters = authorization.split(" ", 1)
    values = dict(part.strip().split("=", 1) for part in parameters.split(","))
    assert (scheme, set(values)) == ("vapid", {"t", "k"})
    public = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, unpadded(values["k"]))
    assert jwt.get_unverified_header(values["t"]) == {"typ": "JWT", "alg": "ES256"}
    return jwt.decode(values["t"], public, ["ES256"], audience=origin, options={"verify_exp": False})


def test_token_says_to_whom_by_whom_and_for_how_long() -> None:
    vapid = Vapid(unpadded(SENDER_PRIVATE), "mailto:web@example.com", clock=lambda: NOW)
    for number in range(30):  # a number of the signature with zeros before it comes within these
        origin = f"https://push{number}.example.net"
        claims = read(vapid.authorization(origin), origin)
        assert claims == {"aud": origin, "exp": NOW + LIFETIME_SECONDS, "sub": "mailto:web@example.com"}
    assert LIFETIME_SECONDS <= 24 * 3600


def test_token_of_another_key_does_not_verify() -> None:
    origin = "https://push.example.net"
    ours = Vapid(unpadded(SENDER_PRIVATE), "mailto:web@example.com", clock=lambda: NOW).authorization(origin)
    other = Vapid(unpadded(BROWSER_PRIVATE), "mailto:web@example.com", clock=lambda: NOW).authorization(
        origin
    )
    with pytest.raises(jwt.InvalidSignatureError):
        read(ours.split(" k=")[0] + " k=" + other.split(" k=")[1], origin)
