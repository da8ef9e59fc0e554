"""What a source's normaliser makes of a payload."""

from typing import Any

from jamwire.samples.catalogue import SAMPLES
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.source import Draft, VerifiedRequest


def normalised(source: str, payload: Any, native_type: str | None = None, routes: Any = None) -> Draft:
    """The draft of a payload; without a native type, with that of the source's sample."""
    entry = CATALOGUE[source]
    native = native_of(source, payload) if native_type is None else native_type
    return entry.normalise(entry, VerifiedRequest(native, payload, routes or {}))


def native_of(source: str, payload: Any) -> str:
    sample = next(sample for sample in SAMPLES.values() if sample.source == source)
    return CATALOGUE[source].native_type_of(sample.headers, payload)


def payload_of(source: str) -> Any:
    return next(sample.body for sample in SAMPLES.values() if sample.source == source)
