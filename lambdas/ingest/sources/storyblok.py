"""Storyblok: stories and assets."""

from typing import Final

from lambdas.ingest.identity import NeverRepeats
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source

# storyblok.com/docs/concepts/webhooks
SOURCE: Final = Source(
    name="storyblok",
    scheme=Hmac(header="webhook-signature", algorithm="sha1"),
    native_type=("action",),
    # The body has neither an id nor a time; "webhooks will not be retried".
    identity=(NeverRepeats(),),
    types={
        "published": "content.published",
        "unpublished": "content.unpublished",
        "deleted": "content.deleted",
        "moved": "content.updated",
    },
    normalise=Content(
        id=(("story_id",), ("asset_id",)),
        content_type=(("content_type",),),
        title=(("story", "name"), ("full_slug",)),
        slug=(("slug",),),
        full_path=(("full_slug",),),
    ).normalise,
)
