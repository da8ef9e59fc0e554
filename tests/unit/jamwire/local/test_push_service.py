"""The inbox as a push service, and as the browsers that are subscribed to it."""

import base64
import json
import time

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.testclient import TestClient

from jamwire.console.context import Context
from jamwire.local.inbox.app import make_app
from jamwire.local.inbox.decryption import BrowserKey, UnreadableError
from jamwire.local.inbox.push import Push, Subscription

EVENT_ID = "0123456789abcdef0123456789abcdef"
ORIGIN = "http://127.0.0.1"
CONSOLE = Context(find_deployment=lambda: None, clock=time.time, sleep=time.sleep, fresh=lambda: "")
SAID = {"web_push": 8030, "notification": {"title": "Line 12 is late", "data": {"id": EVENT_ID}}}

# RFC 8291, section 5 and appendix A
PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


class Account:
    def fresh(self):
        return []

    def answer(self, said):
        return True


@pytest.fixture
def inbox():
    with TestClient(make_app(Account(), console=CONSOLE, token="t"), base_url=ORIGIN) as client:
        yield client


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "==")


class Sender:
    """Whoever pushes, by other libraries than Jamwire's."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = base64url(point)

    def headers(self, **claims):
        said = {"aud": ORIGIN, "exp": int(time.time()) + 3600, "sub": "mailto:web@example.com", **claims}
        said = {name: value for name, value in said.items() if value is not None}
        token = jwt.encode(said, self.key, algorithm="ES256")
        return {
            "authorization": f"vapid t={token}, k={self.public}",
            "content-encoding": "aes128gcm",
            "ttl": "600",
        }

    def encrypt(self, subscription, text):
        return http_ece.encrypt(
            text.encode(),
            private_key=ec.generate_private_key(ec.SECP256R1()),
            dh=from_base64url(subscription["keys"]["p256dh"]),
            auth_secret=from_base64url(subscription["keys"]["auth"]),
            version="aes128gcm",
        )


@pytest.fixture
def sender():
    return Sender()


def subscribe(inbox, **said):
    answer = inbox.post("/push/subscriptions", json=said) if said else inbox.post("/push/subscriptions")
    assert answer.status_code == 201
    return answer.json()


def push(inbox, sender, subscription, said=SAID, **headers):
    body = sender.encrypt(subscription, json.dumps(said))
    all_headers = {**sender.headers(), **{name.replace("_", "-"): value for name, value in headers.items()}}
    given = {name: value for name, value in all_headers.items() if value is not None}
    return inbox.post(subscription["endpoint"], content=body, headers=given)


def messages(inbox, subscription, after=0):
    id = subscription["endpoint"].rpartition("/")[2]
    return inbox.get(f"/push/subscriptions/{id}/messages?after={after}").json()["messages"]


def test_example_of_the_standard_opens():
    pair = ec.derive_private_key(int.from_bytes(from_base64url(PRIVATE)), ec.SECP256R1())
    key = BrowserKey(pair, from_base64url(AUTH))
    assert base64url(key.public) == PUBLIC
    assert key.open(from_base64url(BODY)) == b"When I grow up, I want to be a watermelon"


@pytest.mark.parametrize("at", [0, 20, 21, 60, 86, -1])
def test_changed_body_does_not_open(at):
    pair = ec.derive_private_key(int.from_bytes(from_base64url(PRIVATE)), ec.SECP256R1())
    body = bytearray(from_base64url(BODY))
    body[at] ^= 0xFF
    with pytest.raises(UnreadableError):
        BrowserKey(pair, from_base64url(AUTH)).open(bytes(body))


@pytest.mark.parametrize("body", [b"", b"\0" * 20, b"\0" * 200, b"\xff" * 4096])
def test_body_that_is_no_push_does_not_open(body):
    with pytest.raises(UnreadableError):
        BrowserKey().open(body)


def test_push_is_taken_opened_and_listed(inbox, sender):
    subscription = subscribe(inbox)
    answer = push(inbox, sender, subscription, urgency="high", topic="line-12")
    assert (answer.status_code, answer.headers["ttl"]) == (201, "600")
    [delivery] = inbox.get("/api/deliveries?channel=push").json()
    assert delivery["request"] == {"message": SAID, "ttl": 600, "urgency": "high", "topic": "line-12"}
    assert (delivery["status"], delivery["event_id"]) == (201, EVENT_ID)
    assert delivery["destination"] == subscription["endpoint"].removeprefix(ORIGIN)


def test_browser_fetches_what_it_has_not(inbox, sender):
    subscription = subscribe(inbox)
    for number in range(3):
        push(inbox, sender, subscription, {"number": number})
    found = messages(inbox, subscription)
    assert [push["message"]["number"] for push in found] == [0, 1, 2]
    assert [push["message"]["number"] for push in messages(inbox, subscription, found[1]["number"])] == [2]
    opened = http_ece.decrypt(
        from_base64url(found[0]["body"]),
        private_key=ec.derive_private_key(
            int.from_bytes(from_base64url(subscription["private"])), ec.SECP256R1()
        ),
        auth_secret=from_base64url(subscription["keys"]["auth"]),
        version="aes128gcm",
    )
    assert json.loads(opened) == {"number": 0}


def a_push(topic, at=0.0, ttl=60):
    return Push(at=at, ttl=ttl, topic=topic, urgency="normal", body=b"", text=topic)


def test_push_replaces_what_was_not_fetched_of_its_topic():
    subscription = Subscription()
    for topic in ("a", "b", "a", ""):
        subscription.keep(a_push(topic))
    assert [push.number for push in subscription.fetch(0, 1)] == [2, 3, 4]
    subscription.keep(a_push("a"))
    assert [push.number for push in subscription.fetch(0, 1)] == [2, 3, 4, 5]


def test_push_waits_no_longer_than_its_ttl():
    subscription = Subscription()
    subscription.keep(a_push("a", at=100.0, ttl=10))
    assert len(subscription.fetch(0, 109.0)) == 1
    assert subscription.fetch(0, 110.0) == []


def test_ended_subscription_is_gone(inbox, sender):
    subscription = subscribe(inbox)
    id = subscription["endpoint"].rpartition("/")[2]
    assert inbox.delete(f"/push/subscriptions/{id}").status_code == 204
    assert push(inbox, sender, subscription).status_code == 410
    assert inbox.delete(f"/push/subscriptions/{id}").status_code == 404
    assert push(inbox, sender, {**subscription, "endpoint": f"{ORIGIN}/push/other"}).status_code == 404


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": None}, 401),
        ({"authorization": "Bearer t"}, 401),
        ({"authorization": "vapid t=a.b.c, k=BNc"}, 403),
        ({"ttl": None}, 400),
        ({"ttl": "soon"}, 400),
        ({"content_encoding": "aesgcm"}, 400),
        ({"urgency": "now"}, 400),
        ({"topic": "a" * 33}, 400),
        ({"topic": "line 12"}, 400),
    ],
)
def test_wrong_header_is_refused(inbox, sender, headers, status):
    subscription = subscribe(inbox)
    assert push(inbox, sender, subscription, **headers).status_code == status
    assert messages(inbox, subscription) == []
    assert inbox.get("/api/deliveries").json()[0]["request"]["message"] is None


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "http://127.0.0.1:1"},
        {"aud": None},
        {"exp": 1},
        {"exp": int(time.time()) + 25 * 3600},
        {"exp": None},
        {"sub": "web@example.com"},
    ],
)
def test_token_that_is_not_for_here_is_refused(inbox, sender, claims):
    answer = push(inbox, sender, subscribe(inbox), **sender.headers(**claims))
    assert answer.status_code == 403


def test_token_of_another_key_is_refused(inbox, sender):
    forged = Sender().headers()["authorization"].partition("k=")[0] + f"k={sender.public}"
    assert push(inbox, sender, subscribe(inbox), authorization=forged).status_code == 403


def test_subscription_takes_its_own_sender_only(inbox, sender):
    subscription = subscribe(inbox, applicationServerKey=sender.public)
    assert push(inbox, sender, subscription).status_code == 201
    assert push(inbox, Sender(), subscription).status_code == 403
    assert inbox.post("/push/subscriptions", json={"applicationServerKey": "x"}).status_code == 400


def test_body_that_is_too_large_or_does_not_open_is_refused(inbox, sender):
    subscription, other = subscribe(inbox), subscribe(inbox)
    place, headers = subscription["endpoint"], sender.headers()
    assert inbox.post(place, content=b"\0" * 4097, headers=headers).status_code == 413
    answer = inbox.post(place, content=sender.encrypt(other, "{}"), headers=headers)
    assert (answer.status_code, answer.text) == (400, "The body does not open with the browser's key.")


def test_faulty_push_service_takes_nothing(inbox, sender):
    subscription = subscribe(inbox)
    inbox.post("/api/faults", json={"channel": "push", "status": 429, "retry_after": 7, "count": 1})
    answer = push(inbox, sender, subscription)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert messages(inbox, subscription) == []
    assert push(inbox, sender, subscription).status_code == 201
    assert [delivery["status"] for delivery in inbox.get("/api/deliveries").json()] == [429, 201]
