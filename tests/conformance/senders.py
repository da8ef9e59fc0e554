"""Requests of senders outside the catalogue, signed as their documentation says and by none of our code.

Where a sender publishes a signature with its secret, that one is taken. The configurations are
`docs.signature_examples`, which also has the address of each documentation.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.fakes.ingest import NOW

SECRET: Final = "an0th3r-s3cret-of-thirty-two-bytes!"
SECONDS: Final = str(int(NOW))
MILLISECONDS: Final = str(int(NOW * 1000))
RFC3339: Final = datetime.fromtimestamp(NOW, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
BODY: Final = b'{"event":"deploy.succeeded","title":"Line 12 \xe2\x86\x92 Town Hall"}'


@dataclass(frozen=True, slots=True)
class Sent:
    """A request as its sender makes it.

    Attributes:
        headers: With the signature.
        secret: What the endpoint's secret is.
        body: The raw body.
        query: The query with its question mark.
        now: Unix time in seconds.
        unproven: Texts in headers that nothing depends on.
    """

    headers: Mapping[str, str] = field(default_factory=dict)
    secret: str = SECRET
    body: bytes = BODY
    query: str = ""
    now: float = NOW
    unproven: tuple[str, ...] = ()


def mac(message: "bytes | str", algorithm: str = "sha256", secret: "bytes | str" = SECRET) -> bytes:
    return hmac.new(_bytes(secret), _bytes(message), algorithm).digest()


def plain(message: "bytes | str", algorithm: str = "sha256") -> str:
    return hashlib.new(algorithm, _bytes(message)).hexdigest()


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: "bytes | str") -> bytes:
    return text.encode() if isinstance(text, str) else text


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def p256_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def pem(key: Any) -> str:
    public: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return public.decode()


def der(key: Any) -> str:
    return b64(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def authorize_net() -> Sent:
    key = bytes(range(64))
    signature = mac(BODY, "sha512", key).hex().upper()
    return Sent({"x-anet-signature": f"sha512={signature}"}, key.hex())


def box() -> Sent:
    """The signatures are of box-node-sdk, ``docs/webhooks.md``."""
    body = (
        b'{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED",'
        b'"source":{"id":"1234567890","type":"file","name":"Test.txt"}}'
    )
    headers = {
        "box-delivery-timestamp": "2020-01-01T00:00:00-07:00",
        "box-signature-primary": "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI=",
        "box-signature-secondary": "v+1CD1Jdo3muIcbpv5lxxgPglOqMfsNHPV899xWYydo=",
    }
    # The primary key has been replaced already; what it makes is beside the point.
    return Sent(
        headers, "SampleSecondaryKey", body, now=1577862000, unproven=(headers["box-signature-primary"],)
    )


def buildkite() -> Sent:
    signature = mac(f"{SECONDS}.".encode() + BODY).hex()
    return Sent({"x-buildkite-signature": f"timestamp={SECONDS},signature={signature}"})


def chip() -> Sent:
    signature = rsa_key().sign(BODY, padding.PKCS1v15(), SHA256())
    return Sent({"x-signature": b64(signature)}, pem(rsa_key()))


def cloudinary() -> Sent:
    signature = plain(BODY + SECONDS.encode() + SECRET.encode(), "sha1")
    return Sent({"x-cld-timestamp": SECONDS, "x-cld-signature": signature})


def discord() -> Sent:
    signature = ed25519_key().sign(SECONDS.encode() + BODY)
    headers = {"x-signature-timestamp": SECONDS, "x-signature-ed25519": signature.hex()}
    return Sent(headers, ed25519_key().public_key().public_bytes_raw().hex())


def doku() -> Sent:
    lines = (
        "Client-Id:MCH-0001",
        "Request-Id:d895fb53-479c",
        f"Request-Timestamp:{RFC3339}",
        "Request-Target:/payments/doku",
        f"Digest:{b64(hashlib.sha256(BODY).digest())}",
    )
    headers = {
        "client-id": "MCH-0001",
        "request-id": "d895fb53-479c",
        "request-timestamp": RFC3339,
        "signature": f"HMACSHA256={b64(mac(chr(10).join(lines)))}",
    }
    return Sent(headers)


def figma() -> Sent:
    return Sent(body=json.dumps({"event_type": "FILE_UPDATE", "passcode": SECRET}).encode())


def fireblocks() -> Sent:
    signature = rsa_key().sign(BODY, padding.PKCS1v15(), SHA512())
    return Sent({"fireblocks-signature": b64(signature)}, der(rsa_key()))


def forgejo() -> Sent:
    return Sent({"x-gitea-signature": mac(BODY).hex()})


def fusionauth() -> Sent:
    claims = {"request_body_sha256": b64(hashlib.sha256(BODY).digest())}
    return Sent(
        {"x-fusionauth-signature-jwt": jwt.encode(claims, rsa_key(), algorithm="RS256")}, pem(rsa_key())
    )


def hubspot() -> Sent:
    message = b"POSThttps://jamwire.example/x" + BODY + MILLISECONDS.encode()
    headers = {
        "x-hubspot-request-timestamp": MILLISECONDS,
        "x-hubspot-signature-v3": b64(mac(message)),
    }
    return Sent(headers)


def hubspot_1() -> Sent:
    """The signature is of the documentation."""
    body = (
        b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
        b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM",'
        b'"changeFlag":"NEW","appId":54321}]'
    )
    signature = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    return Sent({"x-hubspot-signature": signature}, "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", body)


def ko_fi() -> Sent:
    data = json.dumps({"verification_token": SECRET, "type": "Donation", "from_name": "Jo"})
    form = "application/x-www-form-urlencoded"
    return Sent({"content-type": form}, body=urlencode({"data": data}).encode(), unproven=(form,))


def lark() -> Sent:
    headers = {
        "x-lark-request-timestamp": SECONDS,
        "x-lark-request-nonce": "6b9a5c17",
        "x-lark-signature": plain(f"{SECONDS}6b9a5c17{SECRET}".encode() + BODY),
    }
    return Sent(headers)


def line() -> Sent:
    return Sent({"x-line-signature": b64(mac(BODY))})


def linear() -> Sent:
    body = f'{{"action":"create","type":"Issue","webhookTimestamp":{MILLISECONDS}}}'.encode()
    return Sent({"linear-signature": mac(body).hex()}, body=body)


def mailgun() -> Sent:
    token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"
    signature = {"timestamp": SECONDS, "token": token, "signature": mac(SECONDS + token).hex()}
    return Sent(body=json.dumps({"signature": signature, "event-data": {"event": "opened"}}).encode())


def paddle() -> Sent:
    return Sent({"paddle-signature": f"ts={SECONDS};h1={mac(f'{SECONDS}:'.encode() + BODY).hex()}"})


def pagerduty() -> Sent:
    old = f"v1={mac(BODY, secret='the one before').hex()},"
    return Sent({"x-pagerduty-signature": f"{old}v1={mac(BODY).hex()}"}, unproven=(old,))


def pandadoc() -> Sent:
    return Sent(query=f"?signature={mac(BODY).hex()}")


def patreon() -> Sent:
    return Sent({"x-patreon-signature": mac(BODY, "md5").hex()})


def plaid() -> Sent:
    claims = {"iat": int(NOW), "request_body_sha256": hashlib.sha256(BODY).hexdigest()}
    token = jwt.encode(claims, p256_key(), algorithm="ES256", headers={"kid": "bfbd5111"})
    return Sent({"plaid-verification": token}, pem(p256_key()))


def postmark() -> Sent:
    return Sent({"authorization": f"Basic {b64(f'ada:{SECRET}'.encode())}"}, f"ada:{SECRET}")


def square() -> Sent:
    """The signature is of square-python-sdk, ``tests/utils/test_webhooks_helper.py``."""
    body = (
        b'{"merchant_id":"MLEFBHHSJGVHD","type":"webhooks.test_notification",'
        b'"event_id":"ac3ac95b-f97d-458c-a6e6-18981597e05f","created_at":"2022-07-13T20:30:59.037339943Z",'
        b'"data":{"type":"webhooks","id":"bc368e64-01aa-407e-b46e-3231809b1129"}}'
    )
    headers = {"x-square-hmacsha256-signature": "GF4YkrJgGBDZ9NIYbNXBnMzqb2HoL4RW/S6vkZ9/2N4="}
    return Sent(headers, "Ibxx_5AKakO-3qeNVR61Dw", body)


def tap() -> Sent:
    body = (
        b'{"id":"chg_1","amount":12.50,"currency":"KWD","status":"CAPTURED",'
        b'"reference":{"gateway":"123456","payment":"34072"},"transaction":{"created":"1800000000000"}}'
    )
    message = (
        "x_idchg_1x_amount12.50x_currencyKWDx_gateway_reference123456x_payment_reference34072"
        "x_statusCAPTUREDx_created1800000000000"
    )
    return Sent({"hashstring": mac(message).hex()}, body=body)


def telegram() -> Sent:
    return Sent({"x-telegram-bot-api-secret-token": SECRET})


def telnyx() -> Sent:
    signature = ed25519_key().sign(f"{SECONDS}|".encode() + BODY)
    headers = {"telnyx-timestamp": SECONDS, "telnyx-signature-ed25519": b64(signature)}
    return Sent(headers, b64(ed25519_key().public_key().public_bytes_raw()))


def trello() -> Sent:
    return Sent({"x-trello-webhook": b64(mac(BODY + b"https://jamwire.example/x", "sha1"))})


def twitch() -> Sent:
    message_id, sent_at = "e76c6bd4-55c9-4987-8304-da1588d8988b", RFC3339.replace("Z", ".634234626Z")
    signature = mac((message_id + sent_at).encode() + BODY).hex()
    headers = {
        "twitch-eventsub-message-id": message_id,
        "twitch-eventsub-message-timestamp": sent_at,
        "twitch-eventsub-message-signature": f"sha256={signature}",
    }
    return Sent(headers)


def vonage() -> Sent:
    claims = {
        "iat": int(NOW),
        "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(BODY).hexdigest(),
        "api_key": "a1b2c3d",
    }
    return Sent({"authorization": f"Bearer {jwt.encode(claims, SECRET, algorithm='HS256')}"})


def wise() -> Sent:
    signature = rsa_key().sign(BODY, padding.PKCS1v15(), SHA256())
    # As a prompt of one line takes it.
    return Sent({"x-signature-sha256": b64(signature)}, pem(rsa_key()).replace("\n", "\\n"))


def worldpay() -> Sent:
    return Sent({"event-signature": f"1/SHA256/{mac(BODY).hex()}"}, unproven=("1/SHA256/",))


def xsolla() -> Sent:
    return Sent({"authorization": f"Signature {plain(BODY + SECRET.encode(), 'sha1')}"})


SENDERS: Final = {
    "Authorize.Net": authorize_net,
    "Box": box,
    "Buildkite": buildkite,
    "CHIP": chip,
    "Cloudinary": cloudinary,
    "DOKU": doku,
    "Discord": discord,
    "Figma": figma,
    "Fireblocks": fireblocks,
    "Forgejo and Gitea": forgejo,
    "FusionAuth": fusionauth,
    "HubSpot": hubspot,
    "HubSpot, version 1": hubspot_1,
    "Ko-fi": ko_fi,
    "LINE": line,
    "Lark": lark,
    "Linear": linear,
    "Mailgun": mailgun,
    "Paddle": paddle,
    "PagerDuty": pagerduty,
    "PandaDoc": pandadoc,
    "Patreon": patreon,
    "Plaid": plaid,
    "Postmark": postmark,
    "Square": square,
    "Tap Payments": tap,
    "Telegram": telegram,
    "Telnyx": telnyx,
    "Trello": trello,
    "Twitch": twitch,
    "Vonage": vonage,
    "Wise": wise,
    "Worldpay": worldpay,
    "Xsolla": xsolla,
}
