"""What the senders' own projects say of a signature is what we say of it."""

import pytest

from lambdas.ingest.request import Request
from lambdas.ingest.schemes import Hmac, Scheme, Token
from lambdas.ingest.sources import CATALOGUE
from lambdas.ingest.verify import RefusedError, verify
from tests.conformance.vectors import Vector, needed, vectors

# How a person would write down each scheme that upstream has vectors of.
SCHEMES: dict[str, Scheme] = {
    "netlify-jws": CATALOGUE["netlify"].scheme,
    "github-sha256": CATALOGUE["github"].scheme,
    "github-sha1-legacy": Hmac(header="x-hub-signature", algorithm="sha1"),
    "standard-webhooks-v1": CATALOGUE["standard-webhooks"].scheme,
    "standard-webhooks-secret-parse": CATALOGUE["standard-webhooks"].scheme,
    "hmac-sha1-hex-prefix-list": Hmac(header="x-hub-signature", algorithm="sha1", split=","),
    "hmac-sha256-hex-prefix-list": Hmac(header="x-hub-signature-256", split=","),
    "hmac-sha512-hex-prefix-list": Hmac(header="x-signature-512", algorithm="sha512", split=","),
    "hmac-sha512-hex": Hmac(header="x-convoy-signature", algorithm="sha512"),
    "hmac-sha512-base64": Hmac(header="x-convoy-signature", algorithm="sha512", encoding="base64"),
    "hmac-sha256-base64": Hmac(header="x-shopify-hmac-sha256", encoding="base64"),
    "hmac-sha256-base64-prefix": Hmac(
        header="x-twitter-webhooks-signature", encoding="base64", prefix="sha256="
    ),
    "hmac-sha1-hex": Hmac(header="x-vercel-signature", algorithm="sha1"),
    "typeform": Hmac(header="typeform-signature", encoding="base64", prefix="sha256="),
    "slack-v0": Hmac(
        header="x-slack-signature",
        prefix="v0=",
        message="v0:{timestamp}:{body}",
        timestamp="x-slack-request-timestamp",
    ),
    "shared-token-header": Token(header="x-gitlab-token", prefix=""),
}


@needed
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: vector.id)
def test_upstream_and_we_agree(vector: Vector) -> None:
    scheme = scheme_of(vector)
    if scheme is None:
        pytest.skip(f"the scheme {vector.scheme} is not in the catalogue yet")
    request = Request(endpoint="x", method=vector.method, headers=vector.headers, body=vector.body)
    assert accepted(scheme, vector, request) is vector.valid


def scheme_of(vector: Vector) -> Scheme | None:
    """The scheme; adnanh's senders either name the hash before each signature or do not."""
    scheme = SCHEMES.get(vector.scheme)
    if "svix-id" in vector.headers:
        return None
    if isinstance(scheme, Hmac) and vector.scheme.endswith("-prefix-list"):
        prefix = f"{scheme.algorithm}="
        if prefix in vector.headers[scheme.header]:
            return Hmac(header=scheme.header, algorithm=scheme.algorithm, split=",", prefix=prefix)
    return scheme


def accepted(scheme: Scheme, vector: Vector, request: Request) -> bool:
    try:
        verify(scheme, vector.secrets, request, vector.now)
    except RefusedError:
        return False
    return True
