"""Every source of the catalogue over HTTP: its sample is accepted, a tampered one refused, its handshake answered."""

import datetime as dt
import json
import secrets
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jamwire.local.account import LocalAccount
from jamwire.operations.http_client import EndpointResponse
from jamwire.operations.rejections import Rejection, last_used, list_rejections
from jamwire.operations.secrets import add_secret, list_secrets
from jamwire.operations.send_sample import endpoint_for, send
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.signing import generate_key_pair, sign
from lambdas.contracts.outputs import HubOutput
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.request import Request
from tests.conformance.vectors import Vector, needed, vectors
from tests.deployed.deployed import Answer as Heard
from tests.deployed.deployed import Deployed
from tests.unit.lambdas.ingest import strategies

HERE = Path(__file__).parent
FORM = {"content-type": "application/x-www-form-urlencoded"}
A_DAY = dt.timedelta(days=1)
BRIEFLY = 6  # seconds, as every_source.py has it
LARGE = "x" * 300_000  # kept in the bucket, where a test can read it


ENDPOINTS = {
    "github-sha256": "github",
    "shared-token-header": "gitlab",
    "typeform": "typeform",
    "hmac-sha1-hex": "vercel",
    "netlify-jws": "netlify",
    "hmac-sha256-base64": "shopify",
}
VECTORS = [vector for vector in vectors() if vector.valid and vector.scheme in ENDPOINTS]


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAccount]:
    app = f"env PYTHONPATH={HERE.parents[1]} {sys.executable} {HERE / 'every_source.py'}"
    with LocalAccount(tmp_path_factory.mktemp("account"), app=app) as account:
        account.up()
        for name, secret in {(ENDPOINTS[v.scheme], secret) for v in VECTORS for secret in v.secrets}:
            add_secret(account.deployment, name, secret)
        yield account


@pytest.fixture(scope="module")
def deployed(account: LocalAccount) -> Deployed:
    return Deployed(account)


def try_sample(deployed: Deployed, label: str, *, tamper: bool = False) -> EndpointResponse:
    sample = SAMPLES[label]
    endpoint = endpoint_for(deployed.deployment, sample)
    return send(deployed.deployment, endpoint, sample, fresh=secrets.token_hex(12), tamper=tamper)


REPLIES = {"twilio/message": "<Response/>"}
"""What is answered in place of the event's id."""


def test_every_source_has_a_sample() -> None:
    assert {sample.source for sample in SAMPLES.values()} == set(CATALOGUE)


@pytest.mark.parametrize("label", SAMPLES)
def test_a_sample_is_accepted(deployed: Deployed, label: str) -> None:
    accepted = deployed.until(lambda: answered(try_sample(deployed, label), 200), f"200 for {label}")
    if reply := REPLIES.get(label):
        assert accepted.body == reply
    else:
        assert len(json.loads(accepted.body)["id"]) == 32


def answered(answer: EndpointResponse, status: int) -> EndpointResponse | None:
    """The answer, if it is this one: what others sent wrongly has used up ingest's looks for new secrets."""
    return answer if answer.status == status else None


def test_item_tells_a_repetition_in_the_next_bucket_of_time(deployed: Deployed) -> None:
    headers = {"authorization": f"Bearer {list_secrets(deployed.deployment, 'brief')[-1].value}"}
    deployed.until_accepted("brief", headers, b'{"title": "another"}')
    body = json.dumps({"title": secrets.token_hex(12)}).encode()

    def id_of() -> str:
        return str(deployed.post("brief", headers, body).document["id"])

    def bucket() -> int:
        return int(time.time() // BRIEFLY)

    deployed.until(lambda: 0.7 < time.time() / BRIEFLY % 1 < 0.8, "the end of a bucket")
    first, at = id_of(), bucket()
    deployed.until(lambda: bucket() > at, "the next bucket")
    assert id_of() == first
    deployed.until(lambda: id_of() != first, "the end of the window")


@pytest.mark.parametrize("label", SAMPLES)
def test_a_tampered_sample_is_refused(deployed: Deployed, label: str) -> None:
    assert try_sample(deployed, label, tamper=True).status == 401


def test_the_cdn_forgets_the_paths_of_the_routes(deployed: Deployed) -> None:
    deployed.until_quiet()  # the CDN takes what waits together, and here are only the paths of one
    answer = deployed.until(lambda: answered(try_sample(deployed, "contentful/published"), 200), "200")
    event_id = json.loads(answer.body)["id"]
    [delivery] = deployed.until(lambda: deployed.deliveries_of(event_id), "an invalidation")
    assert delivery["request"]["Paths"] == [
        "/blog/sommer",
        "/blog/summer",
        "/de/blog/sommer",
        "/en-US/blog/summer",
    ]


def test_slack_is_given_its_challenge_back(deployed: Deployed) -> None:
    body = b'{"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}'
    secret = list_secrets(deployed.deployment, "slack")[-1].value
    request = Request(
        endpoint="slack", method="POST", headers={"content-type": "application/json"}, body=body
    )
    signed = sign(CATALOGUE["slack"].scheme, secret, request, now=time.time(), delivery_id="")
    answer = deployed.post("slack", signed.headers, body)
    assert (answer.status, answer.document) == (200, {"challenge": "3eZbrw1a"})
    assert deployed.post("slack", {}, body).status == 401


@pytest.mark.parametrize(
    ("endpoint", "query"),
    [("dropbox", "challenge=abc%20d"), ("microsoft-graph", "validationToken=abc%20d")],
)
def test_a_challenge_is_echoed_as_text_that_no_browser_takes_for_a_page(
    deployed: Deployed, endpoint: str, query: str
) -> None:
    answer = deployed.post(f"{endpoint}?{query}", {}, b"", "GET")
    assert (answer.status, answer.document) == (200, "abc d")
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_meta_is_answered_for_the_right_token_only(deployed: Deployed) -> None:
    token = list_secrets(deployed.deployment, "meta")[-1].value
    right = f"meta?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1158201444"
    assert deployed.post(right, {}, b"", "GET").document == "1158201444"
    assert deployed.post(right.replace(token, "wrong"), {}, b"", "GET").status == 405


def test_woocommerces_unsigned_ping_is_answered_and_publishes_nothing(deployed: Deployed) -> None:
    answer = deployed.post("woocommerce", FORM, b"webhook_id=17")
    assert (answer.status, answer.document) == (200, {})
    assert deployed.post("woocommerce", FORM, b"webhook_id=17&x=1").status == 401


def test_githubs_ping_is_an_event_like_any_other(deployed: Deployed) -> None:
    endpoint, headers, body = deployed.signed("github/push")
    assert deployed.post(endpoint, headers | {"x-github-event": "ping"}, body).status == 200


def test_a_stranger_to_the_catalogue_is_verified_as_the_rulebook_says(deployed: Deployed) -> None:
    endpoint = deployed.deployment.endpoint("own")
    secret = list_secrets(deployed.deployment, "own")[-1].value
    request = Request(endpoint="own", method="POST", headers={}, body=b'{"type": "bus.late"}')
    signed = sign(endpoint.scheme, secret, request, now=time.time(), delivery_id="")
    assert deployed.post("own", signed.headers, request.body).status == 200
    assert deployed.post("own", signed.headers, request.body + b" ").status == 401


@pytest.mark.parametrize("name", ["pinned-jwt", "pinned-rsa"])
def test_what_a_pinned_key_has_signed_is_accepted(deployed: Deployed, name: str) -> None:
    """The packages that verify it are in the function's layer."""
    scheme = deployed.deployment.endpoint(name).scheme
    private, public = generate_key_pair(scheme)
    add_secret(deployed.deployment, name, public)
    request = Request(endpoint=name, method="POST", headers={}, body=b'{"type": "bus.late"}')
    signed = sign(scheme, private, request, now=time.time(), delivery_id="")
    deployed.until_accepted(name, signed.headers, request.body)
    assert deployed.post(name, signed.headers, request.body + b" ").status == 401


def test_list_in_the_senders_own_words_is_an_event_for_each(deployed: Deployed) -> None:
    departures: list[Any] = [{"id": f"d{n}", "line": str(n), "delay": n} for n in range(26)]
    departures[7] = "broken"
    body = json.dumps(
        {"sent": 1_800_000_000, "departures": departures, "mark": secrets.token_hex(12)}
    ).encode()
    request = Request(endpoint="buses", method="POST", headers={"x-event": "delays"}, body=body)
    scheme = deployed.deployment.endpoint("buses").scheme
    signed = sign(scheme, secret_of(deployed, "buses"), request, now=time.time(), delivery_id="")
    first, again = (deployed.post("buses", signed.headers, body) for _ in range(2))
    assert first.status == 200, first
    assert len(set(first.document["ids"])) == 25
    assert again.document == first.document
    told = deployed.until(lambda: lines_of(deployed, first.document["id"]), "the line")
    assert [(line["count"], line["refused"], line["event_type"]) for line in told][:1] == [
        (25, [7], "notice.sent")
    ]


def lines_of(deployed: Deployed, event_id: str) -> list[dict[str, Any]]:
    """What ingest's log says of an event."""
    answer = deployed.deployment.client("logs").filter_log_events(
        logGroupName=deployed.deployment.hub.outputs[HubOutput.INGEST_LOG], filterPattern=f'"{event_id}"'
    )
    return [json.loads(found["message"]) for found in answer["events"] if found["message"].startswith("{")]


READ = {
    "netlify": ["x-webhook-signature"],
    "contentful": ["x-contentful-signed-headers", "x-contentful-timestamp", "x-contentful-signature"],
    "hygraph": ["gcms-signature"],
    "stripe": ["stripe-signature"],
    "ghost": ["x-ghost-signature"],
    "slack": ["x-slack-signature", "x-slack-request-timestamp"],
    "twilio": ["x-twilio-signature"],
    "sendgrid": ["x-twilio-email-event-webhook-signature", "x-twilio-email-event-webhook-timestamp"],
    "standard-webhooks": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "standard-webhooks-v1a": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "token": ["authorization"],
    "basic": ["authorization"],
    "dated": ["date", "x-signature"],
    "timed": ["x-time", "x-signature"],
}
"""What verification reads of some endpoints' headers."""

sendable = strategies.header_values.map(
    lambda text: "".join(c for c in text if " " <= c <= "~" or "\xa0" <= c <= "\xff")[:2000].strip()
)
strangers = st.sampled_from(sorted(READ)).flatmap(
    lambda name: st.tuples(st.just(name), st.fixed_dictionaries(dict.fromkeys(READ[name], sendable)))
)
BEYOND_CALENDARS = {"date": "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "x-signature": "00"}


def test_any_header_of_a_stranger_is_refused(deployed: Deployed) -> None:
    @given(strangers)
    @example(("dated", BEYOND_CALENDARS))
    @settings(max_examples=300, database=None)
    def is_refused(stranger: tuple[str, Mapping[str, str]]) -> None:
        name, headers = stranger
        assert deployed.post(name, headers, b"{}").status == 401

    is_refused()


def secret_of(deployed: Deployed, endpoint: str) -> str:
    return list_secrets(deployed.deployment, endpoint)[-1].value


def kept(deployed: Deployed, endpoint: str, answer: Heard) -> Any:
    """The payload of a large event, as it has left ingest."""
    assert answer.status == 200, answer
    [bucket] = deployed.resources("Hub", "AWS::S3::Bucket")
    key = f"{endpoint}/{answer.document['id']}.json"
    return json.load(deployed.deployment.client("s3").get_object(Bucket=bucket, Key=key)["Body"])


def test_json_that_curl_calls_a_form_is_json(deployed: Deployed) -> None:
    headers = FORM | {"authorization": f"Bearer {secret_of(deployed, 'token')}"}
    notice = {"title": "Line 12 is diverted", "text": "Until 9 = the end &payload={}", "more": LARGE}
    assert kept(deployed, "token", deployed.post("token", headers, json.dumps(notice).encode())) == notice
    assert deployed.post("token", headers, json.dumps({"title": "Line 12"}).encode()).status == 200


def test_a_signed_json_body_is_no_form_whatever_type_it_comes_with(deployed: Deployed) -> None:
    body = b'{"type": "note", "text": "&payload=%7B%22type%22%3A%22deploy.failed%22%7D"}'
    request = Request(endpoint="hmac", method="POST", headers={}, body=body)
    secret = secret_of(deployed, "hmac")
    signed = sign(CATALOGUE["hmac"].scheme, secret, request, now=time.time(), delivery_id="")
    as_json, as_form = (
        deployed.post("hmac", signed.headers | {"content-type": type}, body)
        for type in ("application/json", FORM["content-type"])
    )
    assert as_json.status == 200
    assert as_form.document == as_json.document


def test_a_multipart_form_is_no_type_that_is_taken(deployed: Deployed) -> None:
    headers = {"authorization": f"Bearer {secret_of(deployed, 'token')}"}
    multipart = headers | {"content-type": "multipart/form-data; boundary=x"}
    assert deployed.post("token", multipart, b"--x--").status == 415


def test_the_secret_of_a_body_stays_in_ingest(deployed: Deployed) -> None:
    data = {"secret": secret_of(deployed, "inside"), "title": "Line 12"}
    answer = deployed.post("inside", {}, json.dumps({"data": data, "more": LARGE}).encode())
    assert kept(deployed, "inside", answer) == {"data": {"title": "Line 12"}, "more": LARGE}


def test_another_address_may_not_call(deployed: Deployed) -> None:
    secret = list_secrets(deployed.deployment, "elsewhere")[-1].value
    assert deployed.post("elsewhere", {"authorization": f"Bearer {secret}"}, b"{}").status == 401


def test_what_was_rejected_is_written_down_without_its_body(deployed: Deployed) -> None:
    body = b'{"of": "a stranger"}'

    def recorded() -> list[Rejection]:
        """Once more each time: so many were rejected here that not all of them are written down."""
        assert deployed.post("zapier", {"authorization": "Bearer wrong"}, body).status == 401
        found = list_rejections(deployed.deployment, A_DAY).rejections
        return [r for r in found if (r.endpoint, r.bytes) == ("zapier", len(body))]

    found = deployed.until(recorded, "the record")
    assert found[-1].reason == "the token is not one of the secrets"
    assert found[-1].address == "127.0.0.1"
    assert "stranger" not in str(found)


def test_a_secret_shows_when_it_last_verified_something(deployed: Deployed) -> None:
    new = add_secret(deployed.deployment, "ifttt", "another-secret")
    old = list_secrets(deployed.deployment, "ifttt")[0]
    headers = {"authorization": f"Bearer {old.value}", "content-type": "application/json"}
    assert deployed.post("ifttt", headers, b'{"value1": "x"}').status == 200
    used = deployed.until(lambda: last_used(deployed.deployment, {old.id, new.id}), "a use")
    assert set(used) == {old.id}


@needed
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.id)
def test_upstreams_vectors_over_http(deployed: Deployed, vector: Vector) -> None:
    """What a sender once signed is accepted, or no JSON (400 comes after 401); with one byte more it is refused."""
    assert deployed.post(ENDPOINTS[vector.scheme], vector.headers, vector.body).status in (200, 400)
    if vector.scheme != "shared-token-header":
        assert deployed.post(ENDPOINTS[vector.scheme], vector.headers, vector.body + b" ").status == 401
