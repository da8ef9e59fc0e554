"""Zapier: whatever a Zap posts."""

from typing import Final

from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="zapier",
    scheme=Token(),
    native_type=("type",),
    normalise=generic.normalise_message,
    environment=generic.ENVIRONMENT,
    body="json or form",
    identity="idempotency-key",
)
