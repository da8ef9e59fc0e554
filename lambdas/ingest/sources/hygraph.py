"""Hygraph: entries."""

from typing import Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body, SignedTimeAndBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.vendor import HygraphEnvelope
from lambdas.ingest.source import Source, VerifiedRequest


def _stays_as_draft(request: VerifiedRequest) -> bool | None:
    """What is taken from the site is shown as it stays: as its draft."""
    is_draft = request.text("data", "stage").lower() == "draft"
    return True if is_draft and request.native_type.lower() in ("unpublish", "delete") else None


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
    # Hygraph documentation, "Content stages": DRAFT and PUBLISHED, and those of one's own.
    environment=Environment(names=(("data", "stage"),), production={"published"}, fixed=_stays_as_draft),
)
