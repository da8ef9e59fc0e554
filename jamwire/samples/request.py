"""The signed request of a sample."""

import json
from dataclasses import replace
from typing import Final
from urllib.parse import urlencode

from jamwire.samples.sample import Sample
from jamwire.samples.signing import sign
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.scheme import Scheme
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token

_FORM: Final = "application/x-www-form-urlencoded"


def build_request(
    sample: Sample,
    scheme: Scheme,
    secret: str,
    *,
    url: str = "https://jamwire.example/endpoint",
    now: float,
    fresh: str,
    tamper: bool = False,
) -> Request:
    """The signed request of a sample.

    Args:
        sample: The sample.
        scheme: The endpoint's scheme.
        secret: One of the endpoint's secrets.
        url: The endpoint's address, as some senders sign it.
        now: Unix time in seconds.
        fresh: A text that makes the request an event of its own.
        tamper: Whether to change the body after signing, or the token where nothing is signed.
    """
    content_type = _FORM if sample.form else "application/json"
    request = Request(
        endpoint=url.rpartition("/")[2],
        method="POST",
        headers={"content-type": content_type, **sample.headers},
        body=_body(sample).replace("{fresh}", fresh).encode(),
        url=url,
    )
    is_token = isinstance(scheme, Token | Basic | BodyToken)
    wrong = f"{secret}x" if tamper and is_token else secret
    signed = sign(scheme, wrong, request, now=now, delivery_id=f"msg_{fresh}")
    return replace(signed, body=signed.body + b" ") if tamper and not is_token else signed


def _body(sample: Sample) -> str:
    if sample.form:
        return urlencode(sample.body, safe="{}")
    return json.dumps(sample.body, separators=(",", ":"))
