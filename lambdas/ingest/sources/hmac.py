"""Any sender that signs the body with an HMAC; the endpoint may say how."""

from typing import Final

from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="hmac",
    scheme=Hmac(),
    native_type=("type",),
    normalise=generic.normalise,
    body="json or form",
    lists_events=True,
)
