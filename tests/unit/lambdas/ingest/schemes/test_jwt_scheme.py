"""JWTs: one algorithm, one pinned key, one digest; and whatever else a token says is not believed."""

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_der_private_key
from hypothesis import given
from hypothesis import strategies as st

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.document import read_scheme, scheme_document
from lambdas.ingest.schemes.jwt_scheme import Jwt, JwtAlgorithm
from lambdas.ingest.schemes.scheme import VerificationError
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import accepted, request

ALGORITHMS: tuple[JwtAlgorithm, ...] = ("RS256", "ES256", "HS256")
SCHEMES = {name: Jwt(algorithm=name, digest_claim="sha256", header="x-jwt") for name in ALGORITHMS}
PAIRS = {name: generate_key_pair(scheme) for name, scheme in SCHEMES.items()}
DIGEST = hashlib.sha256(b"{}").hexdigest()
BASE64 = base64.b64encode(hashlib.sha256(b"{}").digest()).decode()
every_algorithm = pytest.mark.parametrize("name", ALGORITHMS)


def key_of(name: str) -> Any:
    private, _ = PAIRS[name]
    return private if name == "HS256" else load_der_private_key(base64.b64decode(private), None)


def carrying(claims: dict[str, Any], name: str = "ES256", **header: Any) -> Request:
    return request(b"{}", **{"x-jwt": jwt.encode(claims, key_of(name), algorithm=name, headers=header)})


def holds(made: Request, name: str = "ES256", scheme: Jwt | None = None, *, now: float = NOW) -> bool:
    return accepted(scheme or SCHEMES[name], made, PAIRS[name][1], now=now)


@every_algorithm
def test_jwt_accepts_what_is_signed_and_nothing_else(name: str) -> None:
    made = sign(SCHEMES[name], PAIRS[name][0], request(b"{}"), now=NOW, delivery_id="")
    assert holds(made, name)
    assert not holds(replace(made, body=b"{} "), name)
    assert not accepted(SCHEMES[name], made, generate_key_pair(SCHEMES[name])[1])
    assert read_scheme(scheme_document(SCHEMES[name])) == SCHEMES[name]
    assert SCHEMES[name].needs_cryptography


@every_algorithm
@pytest.mark.parametrize("signed_by", [*ALGORITHMS, "none"])
def test_jwt_of_another_algorithm_is_refused(name: str, signed_by: str) -> None:
    claims = {"sha256": DIGEST, "iat": int(NOW)}
    key = None if signed_by == "none" else key_of(signed_by)
    made = request(b"{}", **{"x-jwt": jwt.encode(claims, key, algorithm=signed_by)})
    assert holds(made, name) is (name == signed_by)


@pytest.mark.parametrize("name", ["RS256", "ES256"])
def test_public_key_is_no_secret_to_sign_with(name: str) -> None:
    """Who knows the public key, and everybody may, must not be able to sign with it."""
    claims = {"sha256": DIGEST, "iat": int(NOW)}
    made = request(b"{}", **{"x-jwt": jwt.encode(claims, PAIRS[name][1], algorithm="HS256")})
    assert not holds(made, name)


def test_key_that_a_token_brings_along_is_not_believed() -> None:
    stranger, _ = generate_key_pair(SCHEMES["ES256"])
    key: Any = load_der_private_key(base64.b64decode(stranger), None)
    own = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(key.public_key()))
    for header in ({"jwk": own}, {"kid": "ours"}, {"jku": "https://stranger.example/keys"}, {"x5c": []}):
        token = jwt.encode({"sha256": DIGEST, "iat": int(NOW)}, key, algorithm="ES256", headers=header)
        assert not holds(request(b"{}", **{"x-jwt": token}))


@pytest.mark.parametrize(
    "iat", [None, "1800000000", True, 10**400, 1e308, -1, [], {}, int(NOW) - 301, int(NOW) + 301]
)
def test_jwt_without_a_fresh_time_is_refused(iat: Any) -> None:
    assert not holds(carrying({"sha256": DIGEST, "iat": iat} if iat is not None else {"sha256": DIGEST}))


def test_jwt_is_accepted_up_to_the_tolerance() -> None:
    for late in (-300, 0, 300):
        assert holds(carrying({"sha256": DIGEST, "iat": int(NOW) + late}))


def test_expired_jwt_is_refused() -> None:
    without_time = replace(SCHEMES["ES256"], time_claim="")
    for exp in (int(NOW) - 300, int(NOW) + 1, NOW + 0.5):
        assert holds(carrying({"sha256": DIGEST, "exp": exp}), scheme=without_time)
    for exp in (int(NOW) - 301, 10**400):
        assert not holds(carrying({"sha256": DIGEST, "exp": exp}), scheme=without_time)


@pytest.mark.parametrize(
    "claim",
    [
        *(None, "", "0" * 64, DIGEST[:-1], DIGEST + "0", 1, [], {"a": 1}, "\u00e9" * 64, DIGEST + "\n"),
        *(BASE64 + "\n", f"{BASE64[:9]} {BASE64[9:]}", BASE64[:-2]),
    ],
)
def test_jwt_with_another_digest_is_refused(claim: Any) -> None:
    assert not holds(carrying({"sha256": claim, "iat": int(NOW)}))


def test_digest_is_read_in_hex_and_base64() -> None:
    raw = hashlib.sha256(b"{}").digest()
    for claim in (
        raw.hex(),
        raw.hex().upper(),
        BASE64,
        BASE64.rstrip("="),
        base64.urlsafe_b64encode(raw).decode(),
        base64.urlsafe_b64encode(raw).decode().rstrip("="),
    ):
        assert holds(carrying({"sha256": claim, "iat": int(NOW)}))


def test_jwt_of_another_issuer_is_refused() -> None:
    scheme = replace(SCHEMES["ES256"], issuer="us")
    for issuer in ("us", "them", None, 1):
        made = carrying(
            {"sha256": DIGEST, "iat": int(NOW)} | ({"iss": issuer} if isinstance(issuer, str) else {})
        )
        assert holds(made, scheme=scheme) is (issuer == "us")


def test_jwt_beside_a_bearer_is_read_in_authorization() -> None:
    scheme = Jwt(algorithm="HS256", digest_claim="sha256")
    made = sign(scheme, PAIRS["HS256"][0], request(b"{}"), now=NOW, delivery_id="")
    assert made.headers["authorization"].startswith("Bearer ey")
    assert accepted(scheme, made, PAIRS["HS256"][1])
    bare = made.headers["authorization"].removeprefix("Bearer ")
    assert not accepted(scheme, replace(made, headers={"authorization": bare}), PAIRS["HS256"][1])


def test_short_secret_is_no_key() -> None:
    assert not SCHEMES["HS256"].is_secret("x" * 31)
    assert SCHEMES["HS256"].is_secret("x" * 32)


@pytest.mark.parametrize("token", ["a.b", "a.b.c.d", "a.b.", "a.b.cdefg", "a.b.c=", "a b.c.d"])
def test_refusal_tells_that_a_text_is_no_jwt(token: str) -> None:
    with pytest.raises(VerificationError, match=r"^the signature is not a JWT$"):
        SCHEMES["ES256"].verify([PAIRS["ES256"][1]], request(b"{}", **{"x-jwt": token}), NOW)


@every_algorithm
@given(data=st.data())
def test_no_other_text_is_the_same_token(name: str, data: st.DataObject) -> None:
    """PyJWT ignores what is not of base64's alphabet, and the bits that no byte needs."""
    made = sign(SCHEMES[name], PAIRS[name][0], request(b"{}"), now=NOW, delivery_id="")
    token = made.headers["x-jwt"]
    at = data.draw(st.integers(0, len(token)))
    more = data.draw(st.text(min_size=1, max_size=3) | st.sampled_from("=.-_A \n!"))
    for text in (
        token[:at] + more + token[at:],
        token + "=",
        token + "==",
        token[:-1],
        data.draw(st.sampled_from(swapped(token))),
    ):
        assert not holds(replace(made, headers={"x-jwt": text}), name)


def swapped(token: str) -> list[str]:
    """The token with every other last letter."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return [token[:-1] + letter for letter in alphabet if letter != token[-1]]


@every_algorithm
@given(
    parts=st.lists(
        st.binary(max_size=40) | st.just(b'{"alg":"ES256"}') | st.just(b"[" * 5000), min_size=0, max_size=4
    )
)
def test_any_token_is_refused(name: str, parts: list[bytes]) -> None:
    token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    assert not holds(request(b"{}", **{"x-jwt": token}), name)
