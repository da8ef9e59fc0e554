"""Hygraph: entries."""

from typing import Final

from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.vendor import HygraphEnvelope
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="hygraph",
    scheme=HygraphEnvelope(),
    native_type=("operation",),
    types={"publish": "content.published", "unpublish": "content.unpublished", "delete": "content.deleted"},
    normalise=Content(
        id=(("data", "id"),),
        content_type=(("data", "__typename"),),
        title=(("data", "title"), ("data", "name")),
        slug=(("data", "slug"),),
        locale=(("data", "locale"),),
    ).normalise,
)
