"""The catalogue: every kind of sender that Jamwire knows. Most entries are data alone."""

from typing import Final

from lambdas.ingest.schemes import Basic, Hmac, Token
from lambdas.ingest.sources import cms, generic, github, hosting, messaging, netlify, shops, standard
from lambdas.ingest.sources.source import Source

_FREE_FORM: Final = (
    Source(
        name="hmac", scheme=Hmac(), native_type=("type",), normalise=generic.normalise, body="json or form"
    ),
    *(
        Source(
            name=name,
            scheme=scheme,
            native_type=("type",),
            normalise=generic.normalise_ifttt if name == "ifttt" else generic.normalise_message,
            body="json or form",
            identity="idempotency-key",
        )
        for name, scheme in {"token": Token(), "basic": Basic(), "zapier": Token(), "ifttt": Token()}.items()
    ),
)

CATALOGUE: Final[dict[str, Source]] = {
    source.name: source
    for source in (
        netlify.SOURCE,
        *hosting.SOURCES,
        github.SOURCE,
        *cms.SOURCES,
        *shops.SOURCES,
        *messaging.SOURCES,
        *standard.SOURCES,
        *_FREE_FORM,
    )
}
