"""An endpoint for every scheme: those of the catalogue, and every kind that the rulebook may write down."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, get_args

from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request
from jamwire.samples.sample import Sample
from jamwire.samples.signing import generate_key_pair
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.document import Verification
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.jwt_scheme import Jwt, JwtAlgorithm
from lambdas.ingest.schemes.keys import KeyAlgorithm
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.times import TimestampUnit
from lambdas.ingest.schemes.tokens import Basic, BodyToken, EventBridge, Token
from tests.fakes.ingest import NOW

_TIMED: Final[dict[str, Any]] = {"message": "{id}.{timestamp}.{body}", "timestamp": "date", "id": "x-id"}
_PAIRS: Final[dict[str, Any]] = {
    "message": "{timestamp}.{body}",
    "split": ";",
    "key": "v1",
    "timestamp_key": "t",
}

WRITTEN: Final[dict[str, Verification]] = {
    **{f"hmac-{unit}": Hmac(timestamp_unit=unit, **_TIMED) for unit in get_args(TimestampUnit)},
    **{f"hmac-pairs-{unit}": Hmac(timestamp_unit=unit, **_PAIRS) for unit in get_args(TimestampUnit)},
    **{
        f"{algorithm}-{unit}": PublicKey(algorithm=algorithm, timestamp_unit=unit, **_TIMED)
        for algorithm in get_args(KeyAlgorithm)
        for unit in get_args(TimestampUnit)
    },
    "hmac-of-everything": Hmac(message="{method} {url} {path} {header.x-shop} {body}", encoding="base64url"),
    "hmac-of-a-key-in-hex": Hmac(secret_encoding="hex", algorithm="sha512", encoding="base64"),
    "hash": Hmac(message="{secret}{body}", algorithm="sha1"),
    "hmac-of-a-digest": Hmac(
        message="{timestamp}{digest.sha512.base64}", timestamp="date", algorithm="weak-md5"
    ),
    "hmac-in-two-headers": Hmac(header=("x-one", "x-two")),
    "hmac-in-the-query": Hmac(query="signature", message="{url}{body}"),
    "hmac-of-fields": Hmac(
        field="sent.signature", message="{timestamp}{body.title}", timestamp="body.sent.at"
    ),
    "hmac-by-places": Hmac(split=",", key=2, timestamp_key=0, message="{timestamp}.{body}"),
    "hmac-of-a-time-inside": Hmac(timestamp="body.at", id="body.title"),
    **{
        f"jwt-{algorithm.lower()}": Jwt(algorithm=algorithm, digest_claim="sha256", header="x-jwt")
        for algorithm in get_args(JwtAlgorithm)
    },
    "token-in-a-header": Token(header="x-token"),
    "token-in-two-headers": Token(header=("x-token", "authorization")),
    "token-in-the-query": Token(query="token"),
    "basic-of-its-own": Basic(),
    "body-token": BodyToken(path=("secret",)),
    "body-token-as-a-type": BodyToken(path=("type",)),
    "body-token-inside": BodyToken(path=("data", "auth", "secret")),
    "body-token-of-items": BodyToken(path=("value", "*", "auth", "secret")),
    "body-token-of-a-list": BodyToken(path=("*", "secret")),
    "body-token-as-items": BodyToken(path=("data", "secrets", "*")),
    "body-token-in-a-form": BodyToken(path=("auth", "secret"), form_field="data"),
}
_BODIES: Final[dict[str, Any]] = {
    "body-token-inside": {"data": {"auth": {}, "title": "Line 12"}},
    "body-token-of-items": {"value": [{"auth": {}}, {"auth": {"by": "ada"}}]},
    "body-token-of-a-list": [{}, {"title": "Line 12"}],
    "body-token-as-items": {"data": {"secrets": ["", ""]}},
}
CONFIGURED: Final[dict[str, "str | Verification"]] = {
    **{name: name for name, source in CATALOGUE.items() if not isinstance(source.scheme, EventBridge)},
    **WRITTEN,
}
ENDPOINTS: Final = read_endpoints(endpoints_document(CONFIGURED))


def key_pairs() -> Mapping[str, tuple[str, str]]:
    """For every endpoint what signs and what verifies."""
    return {name: generate_key_pair(endpoint.scheme) for name, endpoint in ENDPOINTS.items()}


def signed(name: str, secret: str, *, more: str = "", now: float = NOW) -> Request:
    """A request as the endpoint's sender makes it; `more` is a text of its body."""
    sample = _SAMPLES.get(name) or Sample(
        name, "", _BODIES.get(name, {"title": "Line 12"}), {"x-shop": "acme"}
    )
    longer = replace(sample, body=_with(sample.body, more)) if more else sample
    url = f"https://jamwire.example/{name}"
    return build_request(longer, ENDPOINTS[name].scheme, secret, url=url, now=now, fresh="1")


_SAMPLES: Final = {sample.source: sample for sample in SAMPLES.values()}


def _with(body: Any, more: str) -> Any:
    if isinstance(body, list):
        return [_with(body[0], more), *body[1:]]
    return body | {"more": more}
