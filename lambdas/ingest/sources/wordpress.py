"""WordPress: posts and pages, through a plug-in."""

from dataclasses import replace
from typing import Final

from lambdas.ingest.identity import FREE_FORM
from lambdas.ingest.normalisers.content import WORDPRESS_INTERNAL, Content
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_POST: Final = Content(
    id=(("ID",), ("post_id",)),
    content_type=(("post_type",),),
    title=(("post_title",),),
    slug=(("post_name",),),
    url=(("post_url",), ("guid",)),
    internal=WORDPRESS_INTERNAL,
    has_markup=True,
)
# developer.wordpress.org, "Post Status"
_HOOK_OF_STATUS: Final = {"publish": "post_updated", "trash": "trashed_post"}


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    """As any content; a post without the hook's name is told by its status."""
    hook = request.native_type or _HOOK_OF_STATUS.get(request.text("post_status"), "")
    return _POST.normalise(source, replace(request, native_type=hook))


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
    normalise=_normalise,
    body="json or form",
)
