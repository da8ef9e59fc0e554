"""Bad input over HTTP: a clear answer, and no harm."""

import json
from collections.abc import Callable

import pytest

from jamwire.operations.secrets import add_secret, generate_secret, list_secrets, remove_secret
from jamwire.samples.signing import sign
from lambdas.ingest.request import Request
from tests.conformance.vectors import Vector, needed, vectors
from tests.deployed.deployed import Deployed


def token(deployed: Deployed) -> dict[str, str]:
    return {"authorization": f"Bearer {list_secrets(deployed.deployment, 'zap')[-1].value}"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method(deployed: Deployed, method: str) -> None:
    answer = deployed.post("site", {}, b"", method)
    assert (answer.status, answer.headers["allow"]) == (405, "POST")


def test_an_unknown_endpoint(deployed: Deployed) -> None:
    answer = deployed.post("nowhere", {}, b"{}")
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b'{"a": 1, "a": 2}', b"[NaN]", b"[" * 5000 + b"]" * 5000],
    ids=["empty", "cut", "no UTF-8", "a key twice", "NaN", "deep"],
)
def test_a_body_that_is_no_json(deployed: Deployed, body: bytes) -> None:
    json_type = {"content-type": "application/json"}
    assert deployed.post("zap", json_type | {"authorization": "Bearer wrong"}, body).status == 401
    assert deployed.post("zap", json_type | token(deployed), body).status == 400


def test_another_content_type(deployed: Deployed) -> None:
    headers = token(deployed) | {"content-type": "image/png"}
    assert deployed.post("zap", headers, b"\x89PNG").status == 415


MANGLED: dict[str, Callable[[str], str]] = {
    "missing": lambda text: "",
    "no comma": lambda text: text.replace(",", ""),
    "bad base64": lambda text: "v1,***",
    "beyond ASCII": lambda text: "v1,\u00e9\u00ff",
    "of hundreds": lambda text: " ".join(["v1,AAAA"] * 500),  # more than API Gateway's 10 kB never arrive
    "of another version": lambda text: text.replace("v1,", "v9,"),
}


@pytest.mark.parametrize("mangle", MANGLED.values(), ids=MANGLED.keys())
def test_a_signature_that_is_none(deployed: Deployed, mangle: Callable[[str], str]) -> None:
    endpoint, headers, body = deployed.signed("standard-webhooks/content-published")
    headers["webhook-signature"] = mangle(headers["webhook-signature"])
    assert deployed.post(endpoint, headers, body).status == 401


def test_a_signature_that_is_too_old(deployed: Deployed) -> None:
    _, headers, body = deployed.signed("standard-webhooks/content-published")
    endpoint = deployed.deployment.endpoint("app")
    secret = list_secrets(deployed.deployment, "app")[-1].value
    request = Request(endpoint="app", method="POST", headers=headers, body=body)
    old = sign(
        endpoint.scheme, secret, request, now=int(headers["webhook-timestamp"]) - 301, delivery_id="msg_1"
    )
    assert deployed.post("app", old.headers, body).status == 401


def test_a_new_secret_works_at_once_and_the_old_one_beside_it(deployed: Deployed) -> None:
    old = list_secrets(deployed.deployment, "code")[-1]
    new = add_secret(deployed.deployment, "code", generate_secret(deployed.deployment, "code"))
    for key in (new, old):
        deployed.until_accepted(*deployed.signed("github/push", secret=key.value))
    remove_secret(deployed.deployment, "code", new.id)
    assert new.id not in [key.id for key in list_secrets(deployed.deployment, "code")]


@needed
@pytest.mark.parametrize(
    "vector",
    [
        v
        for v in vectors()
        if v.scheme == "netlify-jws" and v.secrets == ("partyordiepartyordiepartyordieok",)
    ],
    ids=lambda vector: vector.id,
)
def test_what_netlify_once_signed(deployed: Deployed, vector: Vector) -> None:
    if vector.secrets[0] not in [key.value for key in list_secrets(deployed.deployment, "site")]:
        add_secret(deployed.deployment, "site", vector.secrets[0])
        # Others sign by the newest secret, and what was sent wrongly may have used up ingest's looks for new ones.
        deployed.until_accepted(*deployed.signed("netlify/deploy-started"))
    request = ("site", {**vector.headers, "x-netlify-event": "deploy_created"}, vector.body)
    if vector.valid:
        deployed.until_accepted(*request)
    else:
        assert deployed.post(*request).status == 401


def test_answers_tell_an_attacker_nothing(deployed: Deployed) -> None:
    answer = deployed.post("site", {"x-webhook-signature": "a.b.c"}, b"{}")
    assert set(answer.document) == {"type", "title", "status"}
    assert "arn:" not in json.dumps(answer.document)
