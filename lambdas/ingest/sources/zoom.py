"""Zoom: meetings and all else that it tells."""

from collections.abc import Sequence
from typing import Any, Final

from lambdas.ingest.answer import Answer, json_answer
from lambdas.ingest.handshakes import ComputedHandshake, could_be_body, sign_challenge
from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers import generic
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source


def _answer_challenge(request: Request, payload: Any, secrets: Sequence[str]) -> Answer | None:
    """Zoom developer documentation, "Validate your webhook endpoint"; the request is signed like any other."""
    if not isinstance(payload, dict) or payload.get("event") != "endpoint.url_validation":
        return None
    inner = payload.get("payload")
    token = inner.get("plainToken") if isinstance(inner, dict) else None
    if not isinstance(token, str) or could_be_body(token) or token.startswith("v0:"):
        return None
    digest = sign_challenge(secrets[-1], token).hex()
    return json_answer({"plainToken": token, "encryptedToken": digest})


SOURCE: Final = Source(
    name="zoom",
    scheme=Hmac(
        header="x-zm-signature",
        prefix="v0=",
        message="v0:{timestamp}:{body}",
        timestamp="x-zm-request-timestamp",
    ),
    native_type=("event",),
    # Zoom, "Webhooks: retries": after 5, 20 and 60 minutes, signed anew. The body has `event_ts`, in milliseconds.
    identity=(Body(),),
    normalise=generic.normalise,
    handshake=ComputedHandshake(_answer_challenge, signed=True),
)
