"""The senders' own libraries agree with us on any body, both ways: what one accepts or refuses the other does."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from unittest import mock
from urllib.parse import parse_qsl, urlencode

import pytest
import standardwebhooks
import stripe
import svix
from hypothesis import given
from hypothesis import strategies as st
from sendgrid.helpers.eventwebhook import EventWebhook
from slack_sdk.signature import Clock, SignatureVerifier
from twilio.request_validator import RequestValidator

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import VerificationError
from tests.fakes.ingest import NOW

URL = "https://jamwire.example/endpoint"
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
# The bodies are what each sends: JSON, and for Twilio a form.
bodies = st.dictionaries(texts, texts, max_size=4).map(
    lambda document: json.dumps(document, ensure_ascii=False).encode()
)
forms = st.dictionaries(texts, texts, min_size=1, max_size=4).map(lambda form: urlencode(form).encode())


def by_standardwebhooks(secret: str, request: Request) -> bool:
    with mock.patch("standardwebhooks.webhooks.datetime", wraps=datetime) as clock:
        clock.now.return_value = datetime.fromtimestamp(NOW, UTC)
        standardwebhooks.Webhook(secret).verify(request.body, dict(request.headers))
    return True


def by_svix(secret: str, request: Request) -> bool:
    with mock.patch("standardwebhooks.webhooks.datetime", wraps=datetime) as clock:
        clock.now.return_value = datetime.fromtimestamp(NOW, UTC)
        svix.Webhook(secret).verify(request.body, dict(request.headers))
    return True


def by_stripe(secret: str, request: Request) -> bool:
    with mock.patch("time.time", return_value=NOW):
        return bool(
            stripe.WebhookSignature.verify_header(
                request.body.decode(), request.headers["stripe-signature"], secret, 300
            )
        )


class FixedClock(Clock):
    def now(self) -> float:
        return NOW


def by_slack(secret: str, request: Request) -> bool:
    return SignatureVerifier(secret, FixedClock()).is_valid_request(request.body, dict(request.headers))


def by_twilio(secret: str, request: Request) -> bool:
    form = dict(parse_qsl(request.body.decode(), keep_blank_values=True))
    return bool(RequestValidator(secret).validate(request.url, form, request.headers["x-twilio-signature"]))


def by_sendgrid(secret: str, request: Request) -> bool:
    verifier = EventWebhook(secret)
    headers = request.headers
    signature = headers["x-twilio-email-event-webhook-signature"]
    return bool(
        verifier.verify_signature(
            request.body.decode(), signature, headers["x-twilio-email-event-webhook-timestamp"]
        )
    )


@dataclass(frozen=True, slots=True)
class Library:
    """An official library as a verdict."""

    source: str
    accepts: Callable[[str, Request], bool]
    refusals: tuple[type[Exception], ...] = ()

    def verdict(self, secret: str, request: Request) -> bool:
        try:
            return self.accepts(secret, request)
        except self.refusals:
            return False


LIBRARIES = {
    "standardwebhooks": Library(
        "standard-webhooks", by_standardwebhooks, (standardwebhooks.WebhookVerificationError,)
    ),
    "svix": Library("standard-webhooks", by_svix, (svix.WebhookVerificationError,)),
    "stripe": Library("stripe", by_stripe, (stripe.SignatureVerificationError,)),
    "slack_sdk": Library("slack", by_slack),
    "twilio": Library("twilio", by_twilio),
    "sendgrid": Library("sendgrid", by_sendgrid, (Exception,)),  # it raises what `cryptography` raises
}
PAIRS = {name: generate_key_pair(CATALOGUE[library.source].scheme) for name, library in LIBRARIES.items()}


def ours(source: str, secret: str, request: Request) -> bool:
    try:
        CATALOGUE[source].scheme.verify([secret], request, NOW)
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize("name", LIBRARIES)
@given(data=st.data())
def test_library_and_scheme_agree_on_changed_requests(name: str, data: st.DataObject) -> None:
    library, (signing, verifying) = LIBRARIES[name], PAIRS[name]
    body = data.draw(forms if name == "twilio" else bodies)
    scheme = CATALOGUE[library.source].scheme
    request = Request(endpoint="endpoint", method="POST", headers={}, body=body, url=URL)
    made = sign(scheme, signing, request, now=NOW, delivery_id="msg_1")
    assert library.verdict(verifying, made)
    assert ours(library.source, verifying, made)
    changed = replace(made, body=body + b"&x=1" if name == "twilio" else body + b" ")
    assert not library.verdict(verifying, changed)
    assert not ours(library.source, verifying, changed)
    _, other = generate_key_pair(scheme)
    assert library.verdict(other, made) is ours(library.source, other, made) is False


@given(body=bodies)
def test_what_standardwebhooks_signs_we_accept(body: bytes) -> None:
    _, secret = PAIRS["standardwebhooks"]
    sent_at = datetime.fromtimestamp(NOW, UTC)
    headers = {
        "webhook-id": "msg_2",
        "webhook-timestamp": str(int(NOW)),
        "webhook-signature": standardwebhooks.Webhook(secret).sign("msg_2", sent_at, body.decode()),
    }
    request = Request(endpoint="endpoint", method="POST", headers=headers, body=body, url=URL)
    assert ours("standard-webhooks", secret, request)


@given(body=bodies)
def test_what_slack_signs_we_accept(body: bytes) -> None:
    signature = SignatureVerifier("secret").generate_signature(timestamp=str(int(NOW)), body=body)
    headers = {"x-slack-request-timestamp": str(int(NOW)), "x-slack-signature": str(signature)}
    assert ours("slack", "secret", Request(endpoint="e", method="POST", headers=headers, body=body, url=URL))


@given(body=forms)
def test_what_twilio_signs_we_accept(body: bytes) -> None:
    signature = RequestValidator("token").compute_signature(
        URL, dict(parse_qsl(body.decode(), keep_blank_values=True))
    )
    headers = {"x-twilio-signature": signature}
    assert ours("twilio", "token", Request(endpoint="e", method="POST", headers=headers, body=body, url=URL))


def test_what_stripes_documentation_describes_we_accept() -> None:
    """docs.stripe.com/webhooks, "Verify manually": the secret is used as it is, with its prefix."""
    body = b'{"type": "x"}'
    made = hmac.new(b"whsec_x", f"{int(NOW)}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"stripe-signature": f"t={int(NOW)},v1={made},v0={base64.b16encode(b'x').decode()}"}
    request = Request(endpoint="e", method="POST", headers=headers, body=body, url=URL)
    assert ours("stripe", "whsec_x", request)
    assert by_stripe("whsec_x", request)
