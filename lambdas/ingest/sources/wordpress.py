"""WordPress: posts and pages, through a plug-in."""

from typing import Final

from lambdas.ingest.identity import FREE_FORM
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Source

# Plug-ins that send WordPress's hooks sign nothing, and few can set a header.
SOURCE: Final = Source(
    name="wordpress",
    scheme=Token(query="token"),
    native_type=("hook",),
    # Plug-ins differ. Those that send hooks do so several times for one saved post, and write no time.
    identity=FREE_FORM,
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
    ).normalise,
    body="json or form",
)
