"""Storyblok: stories and assets."""

from typing import Any, Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import NeverRepeats
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source, value_at


def _waits_for_its_release(payload: Any) -> bool:
    """A story of a release is on the site when the release is merged, which is told by itself."""
    return value_at(payload, "action") != "merged" and value_at(payload, "release_id") not in (None, 0, "")


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
        "merged": "content.updated",
    },
    normalise=Content(
        id=(("story_id",), ("asset_id",)),
        content_type=(("content_type",),),
        title=(("story", "name"), ("full_slug",)),
        slug=(("slug",),),
        full_path=(("full_slug",),),
        is_draft=_waits_for_its_release,
        whole={"merged"},
    ).normalise,
    environment=Environment(sites=(("space_id",),)),
)
