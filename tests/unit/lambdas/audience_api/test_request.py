"""A request as API Gateway passes it on."""

from typing import Any

import pytest

from lambdas.audience_api.fields import MAX_TEXT
from lambdas.audience_api.limits import network_of
from lambdas.audience_api.request import MAX_BYTES, Request
from tests.unit.lambdas.audience_api.world import ADDRESS, ANN, EMAIL, JSON, World


def event(**changed: Any) -> dict[str, Any]:
    context = {"http": {"method": "post", "sourceIp": ADDRESS}, "stage": changed.pop("stage", "$default")}
    return {"rawPath": "/follow", "requestContext": context} | changed


def test_stage_is_no_part_of_the_path() -> None:
    assert Request.of(event(rawPath="/live/follow", stage="live")).path == "/follow"
    assert Request.of(event(rawPath="/live/follow")).path == "/live/follow"


def test_request_without_anything_is_one() -> None:
    request = Request.of(event())
    assert (request.method, request.body, request.query, request.content_type) == ("POST", b"", {}, "")


def test_first_of_repeated_parameters_counts() -> None:
    assert Request.of(event(rawQueryString="t=a&t=b")).query == {"t": "a"}
    assert Request.of(event(rawQueryString="&".join(["t=a"] * 100))).query == {}


def test_body_that_is_no_base64_is_none() -> None:
    assert Request.of(event(body="e30=", isBase64Encoded=True)).body == b"{}"
    assert Request.of(event(body="*e30=", isBase64Encoded=True)).body == b""


def test_request_shows_nothing_of_who_made_it() -> None:
    request = Request.of(event(body=ANN, rawQueryString="t=t0ken"))
    assert ANN not in repr(request)
    assert "t0ken" not in repr(request)
    assert ADDRESS not in repr(request)


@pytest.mark.parametrize(("length", "status"), [(MAX_BYTES, 400), (MAX_BYTES + 1, 413)])
def test_body_may_have_sixteen_kilobytes(length: int, status: int) -> None:
    assert World().request("POST", "/follow", body=" " * length, type=JSON).status == status


@pytest.mark.parametrize(("length", "words"), [(MAX_TEXT, "e-mail"), (MAX_TEXT + 1, "values")])
def test_field_may_have_two_thousand_characters(length: int, words: str) -> None:
    assert words in World().post("/follow", EMAIL | {"address": "x" * length}).json()["title"]


@pytest.mark.parametrize(
    "type", ["application/json", "Application/JSON; charset=utf-8", "application/ld+json"]
)
def test_json_is_known_by_its_type(type: str) -> None:
    assert World().request("POST", "/follow", body="{}", type=type).json()["title"] == (
        "This site does not tell people that way."
    )


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.0/24"),
        ("203.0.113.255", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::3", "2001:db8:1::/48"),
        ("", "unknown"),
        ("example.com", "unknown"),
    ],
)
def test_network_is_what_one_customer_has(address: str, network: str) -> None:
    assert network_of(address) == network
