"""A sender that may sign in several ways: each is enough, and the log is told what was wrong with the nearest."""

import pytest

from jamwire.samples.signing import sign
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import VerificationError
from lambdas.ingest.schemes.tokens import BodyToken
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import accepted, request

OLD, NEW = Hmac(header="x-old"), Hmac(header="x-new")
EITHER = AnyOf((OLD, NEW))


@pytest.mark.parametrize("scheme", [OLD, NEW])
def test_request_signed_in_any_way_is_accepted(scheme: Hmac) -> None:
    made = sign(scheme, "s", request(b"{}"), now=NOW, delivery_id="")
    assert accepted(EITHER, made, "s")
    assert not accepted(EITHER, made, "x")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "no header x-old"),
        ({"x-old": "00"}, "no secret made this signature"),
        ({"x-new": "00"}, "no secret made this signature"),
    ],
)
def test_reason_is_that_of_the_way_that_came_furthest(headers: dict[str, str], reason: str) -> None:
    with pytest.raises(VerificationError, match=f"^{reason}$"):
        EITHER.verify(["s"], request(b"{}", **headers), NOW)


def test_secret_of_any_way_is_one() -> None:
    scheme = AnyOf((PublicKey(), BodyToken(path=("secret",))))
    assert scheme.is_secret("s")
    assert not scheme.is_secret("")
    assert scheme.needs_cryptography
    assert not EITHER.needs_cryptography
    assert (scheme.credentials, EITHER.credentials) == ((("secret",),), ())
