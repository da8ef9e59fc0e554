"""Hygraph: entries."""

from typing import Final

from lambdas.ingest.identity import Body, SignedTimeAndBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.vendor import HygraphEnvelope
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="hygraph",
    scheme=HygraphEnvelope(),
    native_type=("operation",),
    # An entry that is published again unchanged has the same body. Whether a retry is signed anew is not documented: it
    # is rather told twice than a publish not at all.
    identity=(SignedTimeAndBody(), Body()),
    types={"publish": "content.published", "unpublish": "content.unpublished", "delete": "content.deleted"},
    normalise=Content(
        id=(("data", "id"),),
        content_type=(("data", "__typename"),),
        title=(("data", "title"), ("data", "name")),
        slug=(("data", "slug"),),
        locale=(("data", "locale"),),
    ).normalise,
)
