"""Meta: pages, Instagram and WhatsApp."""

from typing import Final

from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="meta",
    scheme=Hmac(header="x-hub-signature-256", prefix="sha256="),
    native_type=("object",),
    # Meta, "Webhooks: Getting Started": each entry has the time at which it was sent; a retry repeats the body.
    identity=(Body(),),
    normalise=generic.normalise,
    # Meta, "Webhooks: Getting Started"; the verify token is one more secret of the endpoint.
    handshake=Handshake(
        challenge="query.hub.challenge", when={"query.hub.mode": "subscribe"}, token="query.hub.verify_token"
    ),
)
