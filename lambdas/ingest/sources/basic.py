"""Any sender that can authenticate by HTTP's Basic authentication."""

from typing import Final

from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Basic
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="basic",
    scheme=Basic(),
    native_type=("type",),
    normalise=generic.normalise_message,
    body="json or form",
    lists_events=True,
    identity="idempotency-key",
)
