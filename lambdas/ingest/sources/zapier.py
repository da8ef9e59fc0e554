"""Zapier: whatever a Zap posts."""

from typing import Final

from lambdas.ingest.identity import FREE_FORM
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="zapier",
    scheme=Token(),
    native_type=("type",),
    # Zapier names no delivery; a Zap may send the header with the id of what triggered it.
    identity=FREE_FORM,
    normalise=generic.normalise_message,
    environment=generic.ENVIRONMENT,
    body="json or form",
    lists_events=True,
)
