"""Any sender that can send a secret along."""

from typing import Final

from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="token",
    scheme=Token(),
    native_type=("type",),
    normalise=generic.normalise_message,
    body="json or form",
    lists_events=True,
    identity="idempotency-key",
)
