"""What the rulebook says of endpoints, and what ingest reads of it."""

from typing import Any

import pytest

from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoints import Endpoint, endpoints_document, read_endpoints
from lambdas.ingest.identity import by_body, by_fields, by_header, never_repeats, within
from lambdas.ingest.ingest import Refusal
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token
from tests.fakes.ingest import SECRET, IngestHarness, a_request

WRITTEN: dict[str, Any] = {
    "site": "netlify",
    "shop": Hmac(header="x-shop", split=",", key="v1", timestamp_key="t", message="{timestamp}.{body}"),
    "chat": PublicKey(header="x-signature-ed25519", key_encoding="hex"),
    "form": Token(query="token"),
    "old": Basic(),
    "list": BodyToken(path=("value", "*", "secret")),
    "own": Endpoint(Hmac(), identity=(by_header("X-Id"), by_fields("id", "page.id"), within(300))),
    "once": Endpoint("github", identity=never_repeats()),
    "whole": Endpoint("token", identity=by_body()),
    "cms": Endpoint(
        "contentful", routes={"post": "/blog/{slug}"}, addresses=["192.0.2.0/24", "2001:db8::/32"]
    ),
    "host": Endpoint("vercel", production=["Production", "Live"], site="prj_Guide"),
}


def test_what_is_written_is_what_is_read() -> None:
    read = read_endpoints(endpoints_document(WRITTEN))
    assert list(read) == list(WRITTEN)
    assert read["site"].scheme == CATALOGUE["netlify"].scheme
    for name in ("shop", "chat", "form", "old", "list"):
        assert read[name].scheme == WRITTEN[name]
    assert read["own"].identity == (by_header("x-id"), by_fields("id", "page.id"), within(300))
    assert (read["once"].identity, read["whole"].identity) == ((never_repeats(),), (by_body(),))
    assert read["cms"].identity == CATALOGUE["contentful"].identity
    assert read["cms"].routes == {"post": ["/blog/{slug}"]}
    assert (read["host"].production, read["host"].sites) == (("production", "live"), ("prj_guide",))
    assert (read["cms"].production, read["cms"].sites) == ((), ())


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("192.0.2.77", True),
        ("2001:db8::1", True),
        ("198.51.100.1", False),
        ("", False),
        ("192.0.2.77, 1.1.1.1", False),
    ],
)
def test_only_the_networks_named_may_call(address: str, admitted: bool) -> None:
    assert read_endpoints(endpoints_document(WRITTEN))["cms"].admits(address) is admitted


def test_another_address_is_refused_even_with_the_secret() -> None:
    harness = IngestHarness({"zap": Endpoint("token", addresses=["192.0.2.0/24"])})
    headers = {"authorization": f"Bearer {SECRET}"}
    with pytest.raises(Refusal) as refusal:
        harness.ingest.accept(a_request("zap", address="198.51.100.1", **headers))
    assert refusal.value.status == 401
    assert harness.accept(a_request("zap", address="192.0.2.1", **headers))


def test_an_address_is_never_instead_of_a_secret() -> None:
    harness = IngestHarness({"zap": Endpoint("token", addresses=["192.0.2.0/24"])})
    with pytest.raises(Refusal):
        harness.ingest.accept(a_request("zap", address="192.0.2.1"))


BAD: dict[str, Any] = {
    "no endpoints": {},
    "an unknown source": {"site": "netlfy"},
    "an unknown source inside": {"site": Endpoint("netlfy")},
    "a name in capitals": {"Site": "netlify"},
    "a route that is no path": {"cms": Endpoint("contentful", routes={"post": "blog/{slug}"})},
    "a route that is no template": {"cms": Endpoint("contentful", routes={"post": "/blog/{slug"})},
    "a route with no name": {"cms": Endpoint("contentful", routes={"post": "/blog/{}"})},
    "an environment without a name": {"site": Endpoint("netlify", production=["production", " "])},
    "a site that is no name": {"site": Endpoint("netlify", site=[7])},  # type: ignore[list-item]
    "a network that is none": {"cms": Endpoint("contentful", addresses=["192.0.2.1/24"])},
}


@pytest.mark.parametrize("endpoints", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_is_refused_in_one_sentence(endpoints: Any) -> None:
    with pytest.raises(ValueError, match=r"expected [^\n]*\.$"):
        endpoints_document(endpoints)


def test_what_eventbridge_brings_is_an_event_once() -> None:
    harness = IngestHarness({"build": "amplify", "site": "netlify"})
    told = {"id": "7bf73129", "detail": {"jobStatus": "FAILED", "appId": "d2", "branchName": "main"}}
    first, again = (harness.ingest.accept_from_eventbridge("build", told) for _ in range(2))
    assert first.id == again.id
    assert (first.type, first.notice.title) == ("deploy.failed", "d2: deploy failed")
    for stranger in ("site", "nowhere"):
        with pytest.raises(Refusal):
            harness.ingest.accept_from_eventbridge(stranger, told)


def test_nobody_can_call_for_eventbridge() -> None:
    harness = IngestHarness({"build": "amplify"}, secrets={"build": ("s",)})
    with pytest.raises(Refusal) as refusal:
        harness.ingest.accept(a_request("build", {"id": "1"}, authorization="Bearer s"))
    assert refusal.value.status == 401
