"""Requests as each source signs them, and what their schemes say of them."""

import json
from functools import cache
from typing import Any, get_args
from urllib.parse import urlencode

from hypothesis import strategies as st

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.scheme import Scheme, VerificationError
from lambdas.ingest.schemes.times import TimestampUnit
from lambdas.ingest.schemes.tokens import Basic, BodyToken, EventBridge, Token
from tests.fakes.ingest import NOW

URL = "https://jamwire.example/endpoint"


SCHEMES = {name: s.scheme for name, s in CATALOGUE.items() if not isinstance(s.scheme, EventBridge)}


TOKENS = (Token, Basic, BodyToken)


SIGNING = {name: scheme for name, scheme in SCHEMES.items() if not isinstance(scheme, TOKENS)}


PAIRS = {name: generate_key_pair(scheme) for name, scheme in SCHEMES.items()}


OTHERS = {name: generate_key_pair(scheme) for name, scheme in SCHEMES.items()}


hmac_schemes = st.builds(
    lambda timed, identified, key, **fields: Hmac(
        message=".".join([*(["{id}"] if identified else []), *(["{timestamp}"] if timed else []), "{body}"]),
        timestamp="x-timestamp" if timed and not key else "",
        timestamp_key="t" if timed and key else "",
        key=key,
        id="x-id" if identified else "",
        **(fields | ({"split": ";"} if key else {})),
    ),
    timed=st.booleans(),
    identified=st.booleans(),
    key=st.sampled_from(["", "v1", "sha256"]),
    prefix=st.sampled_from(["", "sha256=", "v0=", "x:"]),
    header=st.sampled_from(["x-signature", "x-hub-signature-256", "webhook-signature"]),
    algorithm=st.sampled_from(["sha1", "sha256", "sha512"]),
    encoding=st.sampled_from(["hex", "base64", "base64url"]),
    split=st.sampled_from(["", " ", ",", ";"]),
    timestamp_unit=st.sampled_from(get_args(TimestampUnit)),
    secret_encoding=st.sampled_from(["utf8", "base64", "hex"]),
    secret_prefix=st.sampled_from(["", "whsec_"]),
)


def a_body(name: str, content: dict[str, str]) -> bytes:
    """A body that the source may send: a form, a token's place, or any JSON."""
    document: Any = dict(content)
    if name == "twilio":
        return urlencode(content).encode()
    if name == "microsoft-graph":
        document = {"value": [content]}
    return json.dumps(document).encode()


def request(body: bytes, **headers: str) -> Request:
    return Request(endpoint="endpoint", method="POST", headers=headers, body=body, url=URL)


def signed(
    name: str, body: bytes = b"{}", *, pair: tuple[str, str] | None = None, at: float = NOW
) -> Request:
    if name in ("microsoft-graph", "twilio") and body == b"{}":
        body = a_body(name, {"a": "b"})
    key, _ = pair or PAIRS[name]
    return sign(SCHEMES[name], key, request(body), now=at, delivery_id="msg_1")


signed_once = cache(signed)
"""The same each time: an ECDSA signature is another one each time it is made."""


def accepted(scheme: Scheme, request: Request, *secrets: str, now: float = NOW) -> bool:
    try:
        scheme.verify(secrets, request, now)
    except VerificationError:
        return False
    return True


def holds(name: str, request: Request, *, now: float = NOW) -> bool:
    return accepted(SCHEMES[name], request, PAIRS[name][1], now=now)
