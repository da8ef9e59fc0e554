"""Contentful: entries and assets."""

from typing import Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.vendor import ContentfulRequest
from lambdas.ingest.source import Source

# Saving a draft in Contentful changes nothing of the site; such topics keep their own words.
SOURCE: Final = Source(
    name="contentful",
    scheme=ContentfulRequest(),
    native_type="x-contentful-topic",
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
