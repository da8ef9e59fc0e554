"""Any sender that can send a secret along."""

from typing import Final

from lambdas.ingest.identity import FREE_FORM
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="token",
    scheme=Token(),
    native_type=("type",),
    # Of the sender nothing is known.
    identity=FREE_FORM,
    normalise=generic.normalise_message,
    environment=generic.ENVIRONMENT,
    body="json or form",
    lists_events=True,
)
