"""Any sender that signs the body with an HMAC; the endpoint may say how."""

from typing import Final

from lambdas.ingest.identity import FREE_FORM, SignedId
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="hmac",
    scheme=Hmac(),
    native_type=("type",),
    # Of the sender nothing is known; it may sign an id (`Hmac(id=…)`), which comes first.
    identity=(SignedId(), *FREE_FORM),
    normalise=generic.normalise,
    environment=generic.ENVIRONMENT,
    body="json or form",
    lists_events=True,
)
