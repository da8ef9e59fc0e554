"""Strapi: entries."""

from typing import Any, Final

from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source, value_at

_EXPLICIT: Final = ("entry.publish", "entry.unpublish")


def _is_draft(payload: Any) -> bool:
    """Saving a draft is no change of the site; to publish and to unpublish are, whatever the entry is afterwards."""
    if value_at(payload, "event") in _EXPLICIT:
        return False
    entry = value_at(payload, "entry")
    return isinstance(entry, dict) and "publishedAt" in entry and entry["publishedAt"] is None


# packages/core/core/src/services/webhook-runner.ts: no signature, headers of one's own.
SOURCE: Final = Source(
    name="strapi",
    scheme=Token(),
    native_type=("event",),
    types={
        "entry.publish": "content.published",
        "entry.unpublish": "content.unpublished",
        "entry.create": "content.published",
        "entry.update": "content.updated",
        "entry.delete": "content.deleted",
    },
    normalise=Content(
        id=(("entry", "documentId"), ("entry", "id")),
        content_type=(("model",),),
        title=(("entry", "title"), ("entry", "name")),
        slug=(("entry", "slug"),),
        locale=(("entry", "locale"),),
        is_draft=_is_draft,
    ).normalise,
)
