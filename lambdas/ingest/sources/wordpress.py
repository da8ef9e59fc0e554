"""WordPress: posts and pages, through a plug-in."""

from typing import Final

from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source

# Plug-ins that send WordPress's hooks sign nothing, and few can set a header.
SOURCE: Final = Source(
    name="wordpress",
    scheme=Token(query="token"),
    native_type=("hook",),
    types={
        "publish_post": "content.published",
        "publish_page": "content.published",
        "post_updated": "content.updated",
        "trashed_post": "content.unpublished",
        "deleted_post": "content.deleted",
    },
    normalise=Content(
        id=(("ID",), ("post_id",)),
        content_type=(("post_type",),),
        title=(("post_title",),),
        slug=(("post_name",),),
        url=(("post_url",), ("guid",)),
        has_markup=True,  # developer.wordpress.org, `the_title`: stored with entities
    ).normalise,
    body="json or form",
)
