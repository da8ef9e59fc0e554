"""Contentful: entries and assets."""

from typing import Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body, DeliveryHeader, Fields, SignedTimeAndBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.vendor import ContentfulRequest
from lambdas.ingest.source import Source

# Saving a draft in Contentful changes nothing of the site; such topics keep their own words.
SOURCE: Final = Source(
    name="contentful",
    scheme=ContentfulRequest(),
    native_type="x-contentful-topic",
    # Contentful changelog, "Idempotency key headers for webhook requests": one value for each action. Where it is not
    # signed, the revision tells ("Content events"), and for a payload of one's own the header all the same: the
    # signed time ends a capture within half a minute. A retry counts its attempts in a header and is signed anew.
    identity=(
        DeliveryHeader("x-contentful-idempotency-key", signed=True),
        Fields(
            (("sys", "id"), ("sys", "environment", "sys", "id"), ("sys", "revision"), ("sys", "updatedAt"))
        ),
        Fields((("sys", "id"), ("sys", "revision"))),
        DeliveryHeader("x-contentful-idempotency-key"),
        SignedTimeAndBody(),
        Body(),
    ),
    headers=("x-contentful-topic", "x-contentful-webhook-name", "x-contentful-idempotency-key"),
    topics=frozenset(
        f"contentmanagement.{of}.{action}"
        for of in ("entry", "asset", "contenttype")
        for action in (
            *("create", "save", "auto_save", "archive", "unarchive"),
            *("publish", "unpublish", "delete"),
        )
    ),
    types={
        "contentmanagement.entry.publish": "content.published",
        "contentmanagement.entry.unpublish": "content.unpublished",
        "contentmanagement.entry.delete": "content.deleted",
        "contentmanagement.asset.publish": "content.published",
        "contentmanagement.asset.unpublish": "content.unpublished",
        "contentmanagement.asset.delete": "content.deleted",
    },
    normalise=Content(
        id=(("sys", "id"),),
        content_type=(("sys", "contentType", "sys", "id"), ("sys", "type")),
        title=(("fields", "title"), ("fields", "name"), ("fields", "internalName")),
        slug=(("fields", "slug"),),
    ).normalise,
    # "master" is a space's own environment, or the alias that stands for it; a hook tells of an alias by its name.
    environment=Environment(
        names=(("sys", "environment", "sys", "id"),), sites=(("sys", "space", "sys", "id"),)
    ),
)
