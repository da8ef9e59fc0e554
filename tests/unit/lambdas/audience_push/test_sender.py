"""Sending pushes to many browsers at once, with a push service that is only a function."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from lambdas.audience_push import sender as module
from lambdas.audience_push.sender import Sender, Subscription
from lambdas.clients.http import HttpResponse, NoResponseError
from lambdas.clients.push_connections import NotConnectedError, PrivateAddressError
from lambdas.clients.push_encryption import CURVE, public_bytes
from lambdas.contracts.audience_settings import PushSettings
from lambdas.followers.keys import AudienceKeys, PushKey, decode, encode
from lambdas.followers.outcomes import Gone, Later, Outcome, Refused, Sent, Unknown
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer
from tests.unit.lambdas.audience_push.test_message import NOW, SITE, TOLD

FCM, MOZILLA = "https://fcm.googleapis.com", "https://updates.push.services.mozilla.com"
KEYS = AudienceKeys(
    data=bytes(32),
    lookup=bytes(32),
    links=bytes(32),
    push=(PushKey("old", bytes(31) + b"\1"), PushKey("new", bytes(31) + b"\2")),
)
BROWSER, AUTH = ec.derive_private_key(3, CURVE), bytes(16)

Answer = Callable[[], HttpResponse]


class Request(NamedTuple):
    url: str
    headers: Mapping[str, str]
    body: bytes


class PushService:
    """Notes what it is sent and answers as it is told to, by the URL's last part."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: dict[str, Answer] = {}

    def post(self, origin: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        self.requests.append(Request(origin + path, headers, body))
        return self.answers.get(path.rpartition("/")[2], lambda: HttpResponse(201))()


@pytest.fixture
def service() -> PushService:
    return PushService()


def a_sender(service: PushService, **settings: Any) -> Sender:
    return Sender(
        site=SITE,
        settings=PushSettings(push_contact="mailto:web@example.com", **settings),
        keys=lambda: KEYS,
        post=service.post,
        clock=lambda: NOW,
        threads=2,
    )


def sealed(id: str, address: str, key: str = "new") -> Recipient:
    return Recipient(id=id, address=Sealer(KEYS.data).seal(address, id), push_key=key)


def a_recipient(id: str, endpoint: str = "", key: str = "new", **changed: str) -> Recipient:
    said = {"endpoint": endpoint or f"{FCM}/fcm/send/{id}", "p256dh": encode(public_bytes(BROWSER))}
    return sealed(id, json.dumps(said | {"auth": encode(AUTH)} | changed), key)


def answered(status: int, **headers: str) -> Answer:
    return lambda: HttpResponse(status, {name.replace("_", "-"): text for name, text in headers.items()})


def test_push_comes_encrypted_signed_and_with_its_headers(service: PushService) -> None:
    assert a_sender(service).send([a_recipient("a")], TOLD) == {"a": Sent()}
    [request] = service.requests
    assert request.url == f"{FCM}/fcm/send/a"
    told = http_ece.decrypt(request.body, private_key=BROWSER, auth_secret=AUTH, version="aes128gcm")
    assert json.loads(told)["notification"]["title"] == TOLD.title
    headers = dict(request.headers)
    assert headers.pop("Authorization").startswith("vapid t=")
    assert len(headers.pop("Topic")) == 32
    assert headers == {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": "3600",
        "Urgency": "normal",
    }


@pytest.mark.parametrize("number", [0, 1])
def test_push_is_signed_by_the_key_of_its_subscription(service: PushService, number: int) -> None:
    key = KEYS.push[number]
    a_sender(service).send([a_recipient("a", key=key.id)], TOLD)
    token, public = service.requests[0].headers["Authorization"].removeprefix("vapid t=").split(", k=")
    point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decode(public))
    assert decode(public) == public_bytes(ec.derive_private_key(int.from_bytes(key.private), CURVE))
    claims = jwt.decode(token, point, ["ES256"], audience=FCM, options={"verify_exp": False})
    assert claims["sub"] == "mailto:web@example.com"


def test_each_recipient_has_an_outcome_of_its_own(service: PushService) -> None:
    service.answers = {"a": answered(410), "b": answered(201), "c": answered(403), "d": answered(500)}
    outcomes = a_sender(service).send([a_recipient(id) for id in "abcde"], TOLD)
    assert outcomes == {
        "a": Gone("answered 410"),
        "b": Sent(),
        "c": Refused("answered 403"),
        "d": Later(None, "answered 500"),
        "e": Sent(),
    }


@pytest.mark.parametrize(
    ("recipient", "outcome"),
    [
        (a_recipient("a", "https://evil.example/a"), Refused("no push service")),
        (a_recipient("a", "http://127.0.0.1:9100/push/a"), Refused("no push service")),
        (a_recipient("a", "https://169.254.169.254/latest/meta-data/"), Refused("no push service")),
        (a_recipient("a", key="gone"), Later(None, "unknown key")),
        (a_recipient("a", p256dh="AAAA"), Refused("unusable key of a browser")),
        (a_recipient("a", p256dh="é"), Refused("unusable key of a browser")),
        (replace(a_recipient("b"), id="a"), Refused("unreadable")),
        (sealed("a", "no JSON"), Refused("unreadable")),
        (sealed("a", '{"endpoint": "https://fcm.googleapis.com/a"}'), Refused("unreadable")),
        (sealed("a", "[]"), Refused("unreadable")),
        (sealed("a", '{"endpoint": 1, "p256dh": 2, "auth": 3}'), Refused("unreadable")),
    ],
)
def test_nothing_is_sent_where_nothing_can_be(
    service: PushService, recipient: Recipient, outcome: Outcome
) -> None:
    assert a_sender(service).send([recipient, a_recipient("z")], TOLD) == {"a": outcome, "z": Sent()}
    assert [request.url for request in service.requests] == [f"{FCM}/fcm/send/z"]


def test_further_push_service_is_sent_to_where_it_is_named(service: PushService) -> None:
    sender = a_sender(service, push_services=("http://127.0.0.1:9100",))
    assert sender.send([a_recipient("a", "http://127.0.0.1:9100/push/a")], TOLD) == {"a": Sent()}
    assert service.requests[0].url == "http://127.0.0.1:9100/push/a"


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotConnectedError(), Later(None, "no connection")),
        (NoResponseError(), Unknown("no response")),
        (PrivateAddressError(), Refused("private address")),
    ],
)
def test_push_service_that_is_not_reached(service: PushService, error: Exception, outcome: Outcome) -> None:
    def fail() -> HttpResponse:
        raise error

    service.answers["a"] = fail
    assert a_sender(service).send([a_recipient("a"), a_recipient("b")], TOLD) == {"a": outcome, "b": Sent()}


def test_paused_push_service_does_not_hold_up_the_others(service: PushService) -> None:
    service.answers["a"] = answered(429, retry_after="90")
    sender = a_sender(service)
    sender.send([a_recipient("a")], TOLD)
    outcomes = sender.send([a_recipient("b"), a_recipient("c", f"{MOZILLA}/wpush/v2/c")], TOLD)
    assert outcomes == {"b": Later(90.0, "push service is paused"), "c": Sent()}
    assert len(service.requests) == 2


def test_slow_push_service_ends_a_chunk_at_its_deadline(
    service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "DEADLINE_SECONDS", 0.05)
    over = threading.Event()

    def hang() -> HttpResponse:
        over.wait(10)
        return HttpResponse(201)

    service.answers = {"a": hang, "b": hang}
    recipients = [a_recipient("a"), a_recipient("b"), a_recipient("c")]
    sender = a_sender(service)
    outcomes = sender.send(recipients, TOLD)
    over.set()
    late = "took too long"
    assert outcomes == {"a": Unknown(late), "b": Unknown(late), "c": Later(None, late)}
    sender.send([a_recipient("d")], TOLD)
    assert sorted(request.url[-1] for request in service.requests) == ["a", "b", "d"]  # c was not begun


def test_no_outcome_says_whom_it_is_about(service: PushService) -> None:
    service.answers["a"] = answered(400)
    subscription = Subscription(f"{FCM}/fcm/send/a", encode(public_bytes(BROWSER)), encode(AUTH))
    said = repr([a_recipient("a"), subscription, a_sender(service).send([a_recipient("a")], TOLD)])
    assert FCM not in said
    assert encode(AUTH) not in said
    assert encode(public_bytes(BROWSER)) not in said
