"""Any sender that signs by Standard Webhooks with a shared secret."""

from typing import Final

from lambdas.ingest.identity import Body, SignedId
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.standard_webhooks import symmetric
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="standard-webhooks",
    scheme=AnyOf((symmetric("webhook"), symmetric("svix"))),
    native_type=("type",),
    # Standard Webhooks, "Webhook metadata": the id is the same when a webhook is sent again.
    identity=(SignedId(), Body()),
    headers=("webhook-id", "svix-id"),
    normalise=generic.normalise,
    environment=generic.ENVIRONMENT,
)
