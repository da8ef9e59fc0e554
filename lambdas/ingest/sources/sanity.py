"""Sanity: documents."""

from dataclasses import replace
from typing import Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import IDEMPOTENCY_KEY, Body, Fields, SignedTimeAndBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

_DOCUMENT: Final = Content(
    id=(("_id",),),
    content_type=(("_type",),),
    slug=(("slug", "current"), ("slug",)),
    locale=(("language",), ("locale",)),
    full_path=(("path",),),
    is_draft=lambda payload: str(value_at(payload, "_id")).startswith(("drafts.", "versions.")),
)


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    """As any content. Sanity calls for changes only, so a document without the operation's header has changed."""
    if not request.native_type and request.text("_id"):
        request = replace(request, native_type="update")
    return _DOCUMENT.normalise(source, request)


# The body is what the webhook's projection makes of the document; `sanity-operation` and what follows here is
# unconfirmed. Sanity sends for published documents only, unless drafts are asked for.
SOURCE: Final = Source(
    name="sanity",
    scheme=Hmac(
        header="sanity-webhook-signature",
        split=",",
        key="v1",
        timestamp_key="t",
        timestamp_unit="ms",
        encoding="base64url",
        message="{timestamp}.{body}",
    ),
    native_type="sanity-operation",
    # A document's revision, where the projection has it (sanity.io/docs/webhooks). What was deleted has that of its
    # last update, so the operation counts, too. Otherwise the key, which is kept over retries; it is unsigned, and the
    # signed time ends a capture within minutes.
    identity=(
        Fields((("_id",), ("_rev",))),
        IDEMPOTENCY_KEY,
        SignedTimeAndBody(),
        Body(),
    ),
    headers=("sanity-operation", "sanity-transaction-id", "sanity-document-id", "sanity-dataset"),
    topics=frozenset({"create", "update", "delete"}),
    types={"create": "content.published", "update": "content.updated", "delete": "content.deleted"},
    normalise=_normalise,
    # The dataset is in a header, as is what happened; a projection may have it, too: `"_dataset": sanity::dataset()`.
    environment=Environment(names=(("_dataset",),), header="sanity-dataset", sites=(("_projectId",),)),
)
