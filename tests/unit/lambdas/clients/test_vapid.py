"""When a token for a push service is signed anew; what it says is in `tests/conformance/test_web_push.py`."""

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from lambdas.clients.push_encryption import CURVE
from lambdas.clients.vapid import LIFETIME_SECONDS, RENEWED_BEFORE_SECONDS, Vapid
from tests.fakes.clock import Clock

ORIGIN = "https://push.example.net"
PRIVATE = bytes(31) + b"\7"


def test_token_is_kept_until_shortly_before_its_end() -> None:
    clock = Clock(1_800_000_000.0)
    vapid = Vapid(PRIVATE, "mailto:web@example.com", clock=lambda: clock.now)
    first = vapid.authorization(ORIGIN)
    clock.now += LIFETIME_SECONDS - RENEWED_BEFORE_SECONDS - 1
    assert vapid.authorization(ORIGIN) == first
    clock.now += 1
    assert vapid.authorization(ORIGIN) != first


def test_each_push_service_has_a_token_of_its_own() -> None:
    vapid = Vapid(PRIVATE, "mailto:web@example.com")
    assert vapid.authorization(ORIGIN) != vapid.authorization("https://other.example.net")


def test_token_is_signed_for_its_push_service() -> None:
    vapid = Vapid(PRIVATE, "mailto:web@example.com", clock=lambda: 1_800_000_000.0)
    token, _, _ = vapid.authorization(ORIGIN).removeprefix("vapid t=").partition(", k=")
    public = ec.derive_private_key(7, CURVE).public_key()
    claims = jwt.decode(token, public, ["ES256"], audience=ORIGIN, options={"verify_exp": False})
    assert claims["exp"] == 1_800_000_000 + LIFETIME_SECONDS
