"""An event is forwarded as its sender sent it, signed anew, and to nobody whom nobody meant."""

import io
import json
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from jamwire.operations.deployment import DeployedEndpoint, Deployment
from jamwire.operations.errors import OperationError
from jamwire.operations.forwarding import (
    Answer,
    Forwarder,
    PayloadGoneError,
    SigningPair,
    check_target,
    load_payload,
    request_of,
)
from jamwire.operations.http_client import EndpointResponse
from jamwire.samples.catalogue import SAMPLES
from lambdas.contracts.event import Event, Notice, Sender
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.schemes.vendor import TwilioUrl
from tests.fakes.ingest import NOW, SECRET
from tests.unit.lambdas.ingest.every_source import PAIRS, SENT, harness_of_every_source, sample

HOOK = "http://localhost:8888/hook"


def endpoint(name: str = "own", scheme: Scheme | None = None) -> DeployedEndpoint:
    return DeployedEndpoint(name, name, f"https://jamwire.example/{name}", scheme or Hmac())


def event(**parts: Any) -> Event:
    known = {
        "id": "e1",
        "source": "/endpoints/own",
        "type": "deploy.failed",
        "time": "2027-01-15T08:00:00.000Z",
    }
    return Event(**{**known, "notice": Notice(title="Failed"), "body": {"a": 1}, **parts})


def again(label: str) -> tuple[Event, Request]:
    """The event of a sample, and its request as it is forwarded."""
    name = SAMPLES[label].source
    accepted = harness_of_every_source().accept(sample(label))
    at = endpoint(name, CATALOGUE[name].scheme)
    url = f"https://jamwire.example/{name}"
    return accepted, request_of(accepted, accepted.payload(), at, PAIRS[name][0], url=url, now=NOW)


@pytest.mark.parametrize("label", SENT)
def test_receiver_reads_and_verifies_what_the_sender_sent(label: str) -> None:
    """A receiver that is Jamwire itself makes the same event of it."""
    accepted, forwarded = again(label)
    received = harness_of_every_source().accept(forwarded)
    told = ("type", "notice", "subject", "outcome", "body", "correlationid")
    assert [getattr(received, part) for part in told] == [getattr(accepted, part) for part in told]
    assert received.sender.headers == accepted.sender.headers


COMPACT = [
    label
    for label in SENT
    if not (SAMPLES[label].form or CATALOGUE[SAMPLES[label].source].credentials)
    and isinstance(SAMPLES[label].body, dict)
]


@pytest.mark.parametrize("label", COMPACT)
def test_compact_json_is_the_senders_to_the_byte(label: str) -> None:
    _, forwarded = again(label)
    credentials = CATALOGUE[SAMPLES[label].source].scheme.credentials
    expected, made = json.loads(sample(label).body), json.loads(forwarded.body)
    assert list(made) == list(expected)
    assert credentials or forwarded.body == sample(label).body


def test_receiver_is_told_the_event_and_its_endpoint() -> None:
    headers = request_of(event(), {}, endpoint(), "", url=HOOK, now=NOW).headers
    assert (headers["jamwire-event"], headers["jamwire-endpoint"]) == ("e1", "own")


def test_endpoint_that_is_gone_is_forwarded_unsigned() -> None:
    request = request_of(event(), {"a": "ü"}, None, "", url=HOOK, now=NOW)
    assert request.body == '{"a":"ü"}'.encode()
    assert "x-signature" not in request.headers


@pytest.mark.parametrize(
    ("name", "value"),
    [("x-id", "a\r\nx: y"), ("x-id", "\u2713"), ("host", "example.com"), ("content-length", "0")],
)
def test_header_that_harms_the_request_is_left_out(name: str, value: str) -> None:
    kept = event(sender=Sender(headers={name: value, "x-kept": "1"}))
    headers = request_of(kept, {}, None, "", url=HOOK, now=NOW).headers
    assert headers.get("x-kept") == "1"
    assert name not in headers


def test_delivery_keeps_its_signed_id() -> None:
    scheme = CATALOGUE["standard-webhooks"].scheme
    at, key = endpoint("standard-webhooks", scheme), PAIRS["standard-webhooks"][0]
    kept = event(sender=Sender(headers={"webhook-id": "msg_1"}))
    requests = [request_of(each, {}, at, key, url=HOOK, now=NOW) for each in (kept, event())]
    assert [request.headers["webhook-id"] for request in requests] == ["msg_1", "e1"]


@pytest.mark.parametrize("url", [HOOK, f"{HOOK}?site=1"])
def test_json_of_twilio_has_its_digest_in_the_query(url: str) -> None:
    at = endpoint("twilio", TwilioUrl())
    request = request_of(event(), {"calls": {"a": 1}}, at, SECRET, url=url, now=NOW)
    assert at.scheme.verify([SECRET], request, NOW).position == 0
    assert "bodySHA256=" in request.url


class Receiver:
    """Answers in turn, and remembers what it was sent."""

    def __init__(self, *answers: EndpointResponse | OperationError) -> None:
        self.answers = list(answers)
        self.got: list[tuple[str, Request]] = []

    def __call__(self, url: str, request: Request) -> EndpointResponse:
        self.got.append((url, request))
        answer = self.answers.pop(0)
        if isinstance(answer, OperationError):
            raise answer
        return answer


def forwarder(
    receiver: Receiver, *, scheme: Scheme | None = None, load: Any = None, url: str = HOOK
) -> Forwarder:
    times = iter(range(10))
    return Forwarder(
        url,
        endpoints={"own": endpoint(scheme=scheme)},
        keys={"own": SigningPair(SECRET, SECRET)},
        load=load,
        clock=lambda: next(times) / 4,
        send=receiver,
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (EndpointResponse(204, ""), Answer(204, 0.25)),
        (EndpointResponse(400, "no"), Answer(400, 0.25, "no")),
        (EndpointResponse(503, "x" * 999), Answer(503, 0.25, "x" * 200, may_change=True)),
        (EndpointResponse(429, ""), Answer(429, 0.25, may_change=True)),
        (OperationError("refused"), Answer(None, 0.25, "refused", may_change=True)),
    ],
)
def test_answer_says_what_became_of_it(answers: EndpointResponse | OperationError, expected: Answer) -> None:
    assert forwarder(Receiver(answers))(event()) == expected


def test_receivers_own_query_is_sent_once() -> None:
    receiver = Receiver(EndpointResponse(200, ""))
    forwarder(receiver, url=f"{HOOK}?site=1")(event())
    [(url, request)] = receiver.got
    assert (url, request.path) == (HOOK, "/hook?site=1")


def test_payload_kept_elsewhere_is_forwarded() -> None:
    receiver = Receiver(EndpointResponse(200, ""))
    large = event(body=None, dataref="s3://payloads/own/e1.json")
    forwarder(receiver, load={large.dataref: {"large": True}}.__getitem__)(large)
    assert receiver.got[0][1].body == b'{"large":true}'


def test_payload_that_is_gone_is_said() -> None:
    def load(dataref: str) -> Any:
        raise PayloadGoneError("Its payload is no longer kept")

    receiver = Receiver()
    answer = forwarder(receiver, load=load)(event(dataref="s3://payloads/own/e1.json"))
    assert (answer, receiver.got) == (Answer(None, said="Its payload is no longer kept"), [])


def test_what_cannot_be_signed_is_not_sent() -> None:
    receiver = Receiver()
    scheme = Hmac(message="{header.x-request-id}.{body}")
    answer = forwarder(receiver, scheme=scheme)(event())
    assert (answer.status, answer.may_change, receiver.got) == (None, False, [])
    assert "It cannot be signed anew" in answer.said


class S3:
    def __init__(self, answer: Exception | bytes) -> None:
        self.answer = answer

    def get_object(self, **request: str) -> dict[str, Any]:
        assert request == {"Bucket": "payloads", "Key": "own/e1.json"}
        if isinstance(self.answer, Exception):
            raise self.answer
        return {"Body": io.BytesIO(self.answer)}


def loaded(answer: Exception | bytes) -> Any:
    return load_payload(Deployment("Jamwire", client=lambda _: S3(answer)), "s3://payloads/own/e1.json")


def test_payload_is_read_from_the_bucket() -> None:
    assert loaded(b'{"a": 1}') == {"a": 1}


def test_payload_that_expired_differs_from_a_lost_network() -> None:
    with pytest.raises(PayloadGoneError):
        loaded(ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject"))
    with pytest.raises(OperationError, match="cannot be reached") as lost:
        loaded(EndpointConnectionError(endpoint_url="https://s3"))
    assert not isinstance(lost.value, PayloadGoneError)


@pytest.mark.parametrize("url", [HOOK, "https://127.0.0.1/x?y=1", "http://[::1]:80"])
def test_receiver_on_this_machine_is_taken(url: str) -> None:
    check_target(url, allow_remote=False)


@pytest.mark.parametrize(
    "url", ["https://example.com/hook", "http://192.168.1.2:80/", "http://localhost.example.com"]
)
def test_receiver_elsewhere_needs_a_yes(url: str) -> None:
    check_target(url, allow_remote=True)
    with pytest.raises(OperationError, match=r"not on this machine.*--allow-remote"):
        check_target(url, allow_remote=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8888",
        "ftp://localhost/",
        "http://",
        "http://localhost:x",
        "http://[::1",
        "http://a:b@localhost/",
        "http://localhost/a b",
        "http://localhost/ü",
        "http://localhost/\n",
    ],
)
def test_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(OperationError, match="expected one such as http://localhost:8888/hook"):
        check_target(url, allow_remote=True)


def test_event_of_another_scheme_is_not_signed_by_guess() -> None:
    """Whoever has no secret of ours, as what comes by EventBridge, is forwarded as it is."""
    amplify = replace(endpoint("amplify", CATALOGUE["amplify"].scheme))
    assert "authorization" not in request_of(event(), {}, amplify, "", url=HOOK, now=NOW).headers
