"""Who is played: a sender for every source of the catalogue, every scheme, handshake, reply and mapping."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from docs.handshake_examples import HANDSHAKES, REPLIES
from docs.signature_examples import EXAMPLES
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.sample import Sample
from jamwire.samples.signing import generate_key_pair
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import Endpoint, Header, endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.identity import by_body, by_fields, by_header, never_repeats, within
from lambdas.ingest.schemes.document import Verification
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.schemes.signed import SignedMessage
from lambdas.ingest.schemes.tokens import EventBridge, Token
from tests.unit.lambdas.ingest.every_scheme import WRITTEN

Configured = Mapping[str, "str | Verification | Endpoint"]

BUSES: Final = Endpoint(
    Hmac(),
    each="departures[]",
    type=Header("x-event"),
    types={"delays": "notice.sent"},
    idempotency_key="{id}",
    notice={
        "title": "Line {line} is {delay} min late",
        "text": "{reason}",
        "severity": "{level == 'stopped' && 'error' || 'warning'}",
        "topic": "line-{line}",
        "time": "{sent}",
        "sequence": "{delay}",
        "fields": {"Stop": "{stop}", "All": "{sort(keys(@))}"},
        "paths": ["/lines/{line}", "/"],
        "tags": "{tags}",
    },
)
PRICES: Final = Endpoint(
    Token(header="x-key", prefix=""),
    type="{event}",
    idempotency_key=Header("x-delivery"),
    notice={"title": "{product.name} costs {price.amount}", "url": "{product.url}", "fields": "{product}"},
)
IDENTITIES: Final = {
    "by-header": Endpoint(
        "token", identity=by_header("x-id"), routes={"*": ["/{data.slug}", "/{type}/{id}"]}
    ),
    "by-fields": Endpoint("hmac", identity=(by_fields("id", "page.*.id"), by_body())),
    "within": Endpoint("zapier", identity=within(5), production=["main"], site="guide"),
    "never-repeats": Endpoint("contentful", identity=never_repeats(), routes={"blogPost": ["/blog/{slug}"]}),
    "elsewhere": Endpoint("token", addresses=["198.51.100.0/24", "2001:db8::/32"]),
}
ASKING: Final = {name: example.configuration for name, example in {**HANDSHAKES, **REPLIES}.items()}
CATALOGUED: Final = {name: name for name in CATALOGUE}
OVER_HTTP: Final[Configured] = {**CATALOGUED, **{name: ASKING[name] for name in (*HANDSHAKES, "adyen")}}
"""As many as fit into the environment of a function."""

CONFIGURED: Final[Configured] = {
    **CATALOGUED,
    **ASKING,
    **WRITTEN,
    **{f"example-{number}": example.configuration for number, example in enumerate(EXAMPLES)},
    **IDENTITIES,
    "buses": BUSES,
    "prices": PRICES,
}

_OWN: Final = (
    {
        "type": "deploy.failed",
        "title": "Line 12",
        "text": "x",
        "fields": {"a": 1},
        "severity": "high",
        "topic": "line-12",
    },
    {
        "event": "delays",
        "sent": 1_800_000_000,
        "departures": [{"id": "a", "line": "12", "delay": 7}, {"id": "b"}],
    },
    {"product": {"name": "Day ticket", "sku": "B12"}, "price": {"amount": 7.5}, "event": "price"},
    {
        "challenge": "abc",
        "type": "url_verification",
        "data": {"events": [{"id": "1"}]},
        "events": [{"action": "changed"}],
    },
    {"value": [{"clientState": ""}], "secret": "", "data": {"secrets": ["", ""], "auth": {}}, "passcode": ""},
    [{"title": "one"}, {"title": "two"}],
)
_SIGNED_FIELDS: Final = {
    "sent": {"signature": "", "at": "", "id": ""},
    "signature": {"signature": "", "token": "t", "timestamp": ""},
    "title": "Line 12",
    "id": "chg_1",
    "amount": "1.500",
    "currency": "KWD",
    "reference": {"gateway": "g", "payment": "p"},
    "status": "CAPTURED",
    "transaction": {"created": "1"},
}
"""What some senders sign in place of the body, or write the signature into."""


@dataclass(frozen=True, slots=True)
class Sender:
    """A sender of an endpoint.

    Attributes:
        name: The endpoint's name.
        scheme: How it proves who it is.
        signing: What it signs by.
        forging: What a stranger signs by.
        verifying: What proves it.
        samples: What it sends.
        url: The endpoint's address, as some sign it.
        asks: Whether it asks something first.
    """

    name: str
    scheme: Scheme
    signing: str
    forging: str
    verifying: str
    samples: tuple[Sample, ...]
    url: str
    asks: bool


def senders(configured: Configured, urls: Mapping[str, str] | None = None) -> list[Sender]:
    """A sender for each endpoint that takes requests."""
    endpoints = read_endpoints(endpoints_document(configured))
    made = []
    for name, endpoint in endpoints.items():
        if not isinstance(endpoint.scheme, EventBridge):
            signing, verifying = generate_key_pair(endpoint.scheme)
            own = tuple(sample for sample in SAMPLES.values() if sample.source == endpoint.source.name)
            free = tuple(Sample(name, "", body) for body in _OWN)
            is_written = isinstance(endpoint.scheme, SignedMessage) and name not in CATALOGUE
            fields = (Sample(name, "", _SIGNED_FIELDS),) if is_written else ()
            url = endpoint.public_url or (urls or {}).get(name, f"https://jamwire.example/{name}")
            forging, _ = generate_key_pair(endpoint.scheme)
            asks = endpoint.source.handshake is not None
            made.append(
                Sender(name, endpoint.scheme, signing, forging, verifying, (*fields, *own, *free), url, asks)
            )
    return made


@cache
def everyone() -> list[Sender]:
    """A sender for each of `CONFIGURED`; their keys of RSA take seconds to make."""
    return senders(CONFIGURED)


BODIES: Final[tuple[Any, ...]] = (*(sample.body for sample in SAMPLES.values()), *_OWN)
"""What anybody sends."""
