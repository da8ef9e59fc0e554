"""The catalogue: every kind of sender that Jamwire knows. Most entries are data alone."""

from typing import Final

from lambdas.ingest.schemes import Hmac, Token
from lambdas.ingest.sources import generic, github, netlify
from lambdas.ingest.sources.source import Source

CATALOGUE: Final[dict[str, Source]] = {
    source.name: source
    for source in (
        netlify.SOURCE,
        github.SOURCE,
        # github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md; other versions than v1 are skipped
        Source(
            name="standard-webhooks",
            scheme=Hmac(
                header="webhook-signature",
                encoding="base64",
                prefix="v1,",
                split=" ",
                message="{id}.{timestamp}.{body}",
                timestamp="webhook-timestamp",
                id="webhook-id",
                secret_encoding="base64",
                secret_prefix="whsec_",
            ),
            native_type=("type",),
            normalise=generic.normalise,
        ),
        Source(name="hmac", scheme=Hmac(), native_type=("type",), normalise=generic.normalise, forms=True),
        Source(
            name="token",
            scheme=Token(),
            native_type=("type",),
            normalise=generic.normalise_message,
            forms=True,
            identity="idempotency-key",
        ),
    )
}
