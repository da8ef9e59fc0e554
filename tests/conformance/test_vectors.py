"""What the senders' own projects say of a request is what the ingest function answers to it."""

import json
from typing import Any

import pytest

from lambdas.ingest import handler
from lambdas.ingest.endpoint_document import Endpoint
from lambdas.ingest.ingest import Ingest, Refusal
from lambdas.ingest.schemes.document import Verification
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.tokens import Token
from tests.conformance.vectors import Vector, needed, vectors
from tests.fakes.ingest import IngestHarness, as_api_gateway

# How a person would write down each scheme that upstream has vectors of: as a source, or in words of the rulebook.
CONFIGURED: dict[str, "str | Verification | Endpoint"] = {
    "netlify-jws": "netlify",
    "github-sha256": "github",
    "github-sha1-legacy": Hmac(header="x-hub-signature", algorithm="sha1"),
    "standard-webhooks-v1": "standard-webhooks",
    "standard-webhooks-secret-parse": "standard-webhooks",
    "standard-webhooks-v1a-ed25519": "standard-webhooks-v1a",
    "stripe-v1": "stripe",
    "sanity-v1": "sanity",
    "contentful-canonical": "contentful",
    "hygraph-gcms": "hygraph",
    "twilio-sha1": "twilio",
    "sendgrid-ecdsa-p256": "sendgrid",
    "slack-v0": "slack",
    "typeform": "typeform",
    "hmac-sha1-hex": "vercel",
    "hmac-sha256-base64": "shopify",
    "hmac-sha256-base64-prefix": "x",
    "crc-handshake": "x",
    "shared-token-header": "gitlab",
    "basic-auth": "basic",
    "api-key-header": Token(header="webhook-key", prefix=""),
    "hmac-sha1-hex-prefix-list": Hmac(header="x-hub-signature", algorithm="sha1", split=","),
    "hmac-sha256-hex-prefix-list": Hmac(header="x-hub-signature-256", split=","),
    "hmac-sha512-hex-prefix-list": Hmac(header="x-signature-512", algorithm="sha512", split=","),
    "hmac-sha512-hex": Hmac(header="x-convoy-signature", algorithm="sha512"),
    "hmac-sha512-base64": Hmac(header="x-convoy-signature", algorithm="sha512", encoding="base64"),
}
# Its body is not published: the JWS verifies, and what it says of the body cannot be looked at.
WITHOUT_BODY = {"netlify-jws-token-only"}


def configured(vector: Vector) -> "str | Verification | Endpoint":
    """The configuration; adnanh's senders either name the hash before each signature or do not."""
    of = CONFIGURED[vector.scheme]
    if isinstance(of, Hmac) and vector.scheme.endswith("-prefix-list"):
        prefix = f"{of.algorithm}="
        if prefix in vector.headers[of.header]:
            return Hmac(header=of.header, algorithm=of.algorithm, split=",", prefix=prefix)
    return of


def answer(vector: Vector, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    harness = IngestHarness({"x": configured(vector)}, secrets={"x": vector.secrets}, now=vector.now)
    monkeypatch.setattr(handler, "_ingest", lambda: harness.ingest)
    return handler.handle(as_api_gateway(vector.request, base64_encoded=True), None)


@needed
@pytest.mark.parametrize("vector", [v for v in vectors() if v.scheme not in WITHOUT_BODY], ids=lambda v: v.id)
def test_upstream_and_we_agree(vector: Vector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most bodies are no JSON: 400 says that the signature, which is judged first, was good."""
    status = answer(vector, monkeypatch)["statusCode"]
    if vector.method != "POST" and vector.scheme == "contentful-canonical":
        status = verdict_without_method(vector)
    assert status in ((200, 400) if vector.valid else (401,))


def verdict_without_method(vector: Vector) -> int:
    """Contentful's own examples are GETs, which ingest refuses before it verifies; the scheme alone is asked."""
    harness = IngestHarness({"x": configured(vector)}, secrets={"x": vector.secrets}, now=vector.now)
    ingest: Ingest = harness.ingest
    try:
        ingest._verify(ingest.endpoints["x"], vector.request)
    except Refusal as refusal:
        return refusal.status
    return 200


@needed
def test_xs_challenge_is_answered_as_upstream_says(monkeypatch: pytest.MonkeyPatch) -> None:
    [vector] = [vector for vector in vectors() if vector.scheme == "crc-handshake"]
    document = json.loads(answer(vector, monkeypatch)["body"])
    assert document == {"response_token": "sha256=HXvxTdsfShG6k2zC9NVANwFquJBdOugRYHax2vNiiOo="}


@needed
def test_every_scheme_of_upstream_is_tried() -> None:
    assert {vector.scheme for vector in vectors()} == set(CONFIGURED) | WITHOUT_BODY
