"""IFTTT: what an applet posts. Its webhooks name their three values only by number (unconfirmed)."""

from dataclasses import replace
from typing import Final

from lambdas.ingest.identity import FREE_FORM
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_VALUES: Final = {"title": "value1", "text": "value2", "url": "value3"}


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    payload = request.payload if isinstance(request.payload, dict) else {}
    named = {name: payload[of] for name, of in _VALUES.items() if of in payload}
    return generic.normalise_message(source, replace(request, payload=named | payload))


SOURCE: Final = Source(
    name="ifttt",
    scheme=Token(),
    native_type=("type",),
    # IFTTT names no delivery; an applet may send the header.
    identity=FREE_FORM,
    normalise=_normalise,
    environment=generic.ENVIRONMENT,
    body="json or form",
    lists_events=True,
)
