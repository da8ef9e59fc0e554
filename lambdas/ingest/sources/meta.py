"""Meta: pages, Instagram and WhatsApp."""

import hmac
from collections.abc import Sequence
from typing import Any, Final

from lambdas.ingest.handshakes import Handshake, Reply, echo
from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers import generic
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.scheme import as_bytes
from lambdas.ingest.source import Source


def _answer_challenge(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Meta, "Webhooks: Getting Started"; the verify token is one more secret of the endpoint."""
    query = request.query
    if request.method != "GET" or query.get("hub.mode") != "subscribe":
        return None
    given = as_bytes(query.get("hub.verify_token", ""))
    if not any(hmac.compare_digest(as_bytes(secret), given) for secret in secrets):
        return None
    return echo(query.get("hub.challenge", ""))


SOURCE: Final = Source(
    name="meta",
    scheme=Hmac(header="x-hub-signature-256", prefix="sha256="),
    native_type=("object",),
    # Meta, "Webhooks: Getting Started": each entry has the time at which it was sent; a retry repeats the body.
    identity=(Body(),),
    normalise=generic.normalise,
    handshake=Handshake(_answer_challenge, signed=False),
)
