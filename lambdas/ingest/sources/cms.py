"""Content management systems. Each is its scheme, its event types and where it keeps the parts of an entry."""

from typing import Any, Final

from lambdas.ingest.schemes import Basic, BodyToken, ContentfulRequest, Hmac, HygraphEnvelope, Token
from lambdas.ingest.sources.content import Content
from lambdas.ingest.sources.source import Source, dig

_PUBLISHED, _UPDATED = "content.published", "content.updated"
_UNPUBLISHED, _DELETED = "content.unpublished", "content.deleted"


# Saving a draft in Contentful changes nothing of the site; such topics keep their own words.
CONTENTFUL: Final = Source(
    name="contentful",
    scheme=ContentfulRequest(),
    native_type="x-contentful-topic",
    types={
        "contentmanagement.entry.publish": _PUBLISHED,
        "contentmanagement.entry.unpublish": _UNPUBLISHED,
        "contentmanagement.entry.delete": _DELETED,
        "contentmanagement.asset.publish": _PUBLISHED,
        "contentmanagement.asset.unpublish": _UNPUBLISHED,
        "contentmanagement.asset.delete": _DELETED,
    },
    normalise=Content(
        id=(("sys", "id"),),
        kind=(("sys", "contentType", "sys", "id"), ("sys", "type")),
        title=(("fields", "title"), ("fields", "name"), ("fields", "internalName")),
        slug=(("fields", "slug"),),
    ).normalise,
)

# The body is what the webhook's projection makes of the document; `sanity-operation` and what follows here is
# unconfirmed. Sanity sends for published documents only, unless drafts are asked for.
SANITY: Final = Source(
    name="sanity",
    scheme=Hmac(
        header="sanity-webhook-signature",
        split=",",
        key="v1",
        timestamp_key="t",
        timestamp_unit="ms",
        encoding="base64url",
        message="{timestamp}.{body}",
    ),
    native_type="sanity-operation",
    types={"create": _PUBLISHED, "update": _UPDATED, "delete": _DELETED},
    normalise=Content(
        id=(("_id",),),
        kind=(("_type",),),
        slug=(("slug", "current"), ("slug",)),
        locale=(("language",), ("locale",)),
        full_path=(("path",),),
        is_draft=lambda payload: str(dig(payload, "_id")).startswith(("drafts.", "versions.")),
    ).normalise,
)

# storyblok.com/docs/concepts/webhooks
STORYBLOK: Final = Source(
    name="storyblok",
    scheme=Hmac(header="webhook-signature", algorithm="sha1"),
    native_type=("action",),
    types={"published": _PUBLISHED, "unpublished": _UNPUBLISHED, "deleted": _DELETED, "moved": _UPDATED},
    normalise=Content(
        id=(("story_id",), ("asset_id",)),
        kind=(("content_type",),),
        title=(("story", "name"), ("full_slug",)),
        slug=(("slug",),),
        full_path=(("full_slug",),),
    ).normalise,
)


# prismic.io/docs/webhooks: the secret travels in the body, and exactly 200 is success. One call stands for all that a
# release changed and names documents at best: it has no paths, so everything has changed.
PRISMIC: Final = Source(
    name="prismic",
    scheme=BodyToken(path=("secret",)),
    native_type=("type",),
    types={"api-update": _UPDATED},
    normalise=Content(id=(("masterRef",),), title=(), slug=()).normalise,
)

HYGRAPH: Final = Source(
    name="hygraph",
    scheme=HygraphEnvelope(),
    native_type=("operation",),
    types={"publish": _PUBLISHED, "unpublish": _UNPUBLISHED, "delete": _DELETED},
    normalise=Content(
        id=(("data", "id"),),
        kind=(("data", "__typename"),),
        title=(("data", "title"), ("data", "name")),
        slug=(("data", "slug"),),
        locale=(("data", "locale"),),
    ).normalise,
)

# datocms.com/docs/content-management-api/resources/webhook: basic authentication or headers of one's own, no signature.
DATOCMS: Final = Source(
    name="datocms",
    scheme=Basic(),
    native_type=("event_type",),
    types={
        "publish": _PUBLISHED,
        "unpublish": _UNPUBLISHED,
        "delete": _DELETED,
        "deploy_started": "deploy.started",
        "deploy_succeeded": "deploy.succeeded",
        "deploy_failed": "deploy.failed",
    },
    normalise=Content(
        id=(("entity", "id"),),
        kind=(("entity", "relationships", "item_type", "data", "id"), ("entity_type",)),
        title=(("entity", "attributes", "title"), ("entity", "attributes", "name")),
        slug=(("entity", "attributes", "slug"),),
    ).normalise,
)


def _strapi_draft(payload: Any) -> bool:
    entry = dig(payload, "entry")
    return isinstance(entry, dict) and "publishedAt" in entry and entry["publishedAt"] is None


# packages/core/core/src/services/webhook-runner.ts: no signature, headers of one's own.
STRAPI: Final = Source(
    name="strapi",
    scheme=Token(),
    native_type=("event",),
    types={
        "entry.publish": _PUBLISHED,
        "entry.unpublish": _UNPUBLISHED,
        "entry.create": _PUBLISHED,
        "entry.update": _UPDATED,
        "entry.delete": _DELETED,
    },
    normalise=Content(
        id=(("entry", "documentId"), ("entry", "id")),
        kind=(("model",),),
        title=(("entry", "title"), ("entry", "name")),
        slug=(("entry", "slug"),),
        locale=(("entry", "locale"),),
        is_draft=_strapi_draft,
    ).normalise,
)


def _ghost(kind: str) -> tuple[tuple[str, ...], ...]:
    return tuple((of, when, kind) for of in ("post", "page") for when in ("current", "previous"))


# core/server/services/webhooks/webhook-trigger.js: the body and then the time are signed, without a delimiter.
GHOST: Final = Source(
    name="ghost",
    scheme=Hmac(
        header="x-ghost-signature",
        split=",",
        key="sha256",
        timestamp_key="t",
        timestamp_unit="ms",
        message="{body}{timestamp}",
    ),
    native_type=("event",),
    types={
        f"{kind}.{native}": word
        for kind in ("post", "page")
        for native, word in {
            "published": _PUBLISHED,
            "published.edited": _UPDATED,
            "unpublished": _UNPUBLISHED,
            "deleted": _DELETED,
        }.items()
    },
    normalise=Content(
        id=_ghost("id"), title=_ghost("title"), slug=_ghost("slug"), url=_ghost("url")
    ).normalise,
)

# Plug-ins that send WordPress's hooks sign nothing, and few can set a header.
WORDPRESS: Final = Source(
    name="wordpress",
    scheme=Token(query="token"),
    native_type=("hook",),
    types={
        "publish_post": _PUBLISHED,
        "publish_page": _PUBLISHED,
        "post_updated": _UPDATED,
        "trashed_post": _UNPUBLISHED,
        "deleted_post": _DELETED,
    },
    normalise=Content(
        id=(("ID",), ("post_id",)),
        kind=(("post_type",),),
        title=(("post_title",),),
        slug=(("post_name",),),
        url=(("post_url",), ("guid",)),
    ).normalise,
    body="json or form",
)

SOURCES: Final = (
    CONTENTFUL,
    SANITY,
    STORYBLOK,
    PRISMIC,
    HYGRAPH,
    DATOCMS,
    STRAPI,
    GHOST,
    WORDPRESS,
)
