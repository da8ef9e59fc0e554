"""Any sender that can authenticate by HTTP's Basic authentication."""

from typing import Final

from lambdas.ingest.identity import FREE_FORM
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Basic
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="basic",
    scheme=Basic(),
    native_type=("type",),
    # Of the sender nothing is known.
    identity=FREE_FORM,
    normalise=generic.normalise_message,
    environment=generic.ENVIRONMENT,
    body="json or form",
    lists_events=True,
)
