"""Strapi: entries."""

from typing import Any, Final

from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source, value_at


def _is_draft(payload: Any) -> bool:
    """Whether an entry is saved that is not published; what is unpublished or deleted is not published any more."""
    entry = value_at(payload, "entry")
    is_saved = value_at(payload, "event") in ("entry.create", "entry.update")
    return is_saved and isinstance(entry, dict) and "publishedAt" in entry and entry["publishedAt"] is None


# packages/core/core/src/services/webhook-runner.ts: no signature, headers of one's own.
SOURCE: Final = Source(
    name="strapi",
    scheme=Token(),
    native_type=("event",),
    # webhook-runner.ts writes the time into the body (`createdAt`) and makes one attempt.
    identity=(Body(),),
    headers=("x-strapi-event",),
    types={
        "entry.publish": "content.published",
        "entry.unpublish": "content.unpublished",
        "entry.create": "content.published",
        "entry.update": "content.updated",
        "entry.delete": "content.deleted",
    },
    normalise=Content(
        id=(("entry", "documentId"), ("entry", "id")),
        id_within=(("model",),),  # an entry's id is a number of its model's table
        content_type=(("model",),),
        title=(("entry", "title"), ("entry", "name")),
        slug=(("entry", "slug"),),
        locale=(("entry", "locale"),),
        is_draft=_is_draft,
    ).normalise,
)
