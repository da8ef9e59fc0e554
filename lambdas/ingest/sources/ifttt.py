"""IFTTT: what an applet posts. Its webhooks name their three values only by number (unconfirmed)."""

from dataclasses import replace
from typing import Final

from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_VALUES: Final = {"title": "value1", "text": "value2", "url": "value3"}


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    payload = request.payload if isinstance(request.payload, dict) else {}
    named = {name: text for name, of in _VALUES.items() if isinstance(text := payload.get(of), str)}
    return generic.normalise_message(source, replace(request, payload=named | payload))


SOURCE: Final = Source(
    name="ifttt",
    scheme=Token(),
    native_type=("type",),
    normalise=_normalise,
    body="json or form",
    lists_events=True,
    identity="idempotency-key",
)
