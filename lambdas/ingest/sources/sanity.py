"""Sanity: documents."""

from typing import Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source, value_at

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
    types={"create": "content.published", "update": "content.updated", "delete": "content.deleted"},
    normalise=Content(
        id=(("_id",),),
        content_type=(("_type",),),
        slug=(("slug", "current"), ("slug",)),
        locale=(("language",), ("locale",)),
        full_path=(("path",),),
        is_draft=lambda payload: str(value_at(payload, "_id")).startswith(("drafts.", "versions.")),
    ).normalise,
    # The dataset is in a header, as is what happened; a projection may have it, too: `"_dataset": sanity::dataset()`.
    environment=Environment(names=(("_dataset",),), header="sanity-dataset", sites=(("_projectId",),)),
)
