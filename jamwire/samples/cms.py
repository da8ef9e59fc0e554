"""Samples of content management systems."""

from collections.abc import Mapping
from typing import Final

from jamwire.samples.sample import Sample

_CONTENTFUL: Final = {
    "sys": {
        "type": "Entry",
        "id": "{fresh}",
        "environment": {"sys": {"id": "master"}},
        "contentType": {"sys": {"id": "blogPost"}},
        "revision": 1,
        "updatedAt": "2026-11-23T12:00:00.000Z",
    },
    "fields": {"title": {"en-US": "Summer timetable"}, "slug": {"en-US": "summer", "de": "sommer"}},
}

_SANITY: Final = {
    "_id": "{fresh}",
    "_type": "blogPost",
    "title": "Summer timetable",
    "slug": {"_type": "slug", "current": "summer"},
}

_STORYBLOK: Final = {
    "action": "published",
    "space_id": 1,
    "story_id": "{fresh}",
    "full_slug": "news/summer",
    "text": "The user ada published the story Summer timetable (news/summer)",
}

_PRISMIC: Final = {
    "type": "api-update",
    "domain": "docs",
    "masterRef": "{fresh}",
    "documents": ["X1"],
    "secret": "",
}

_HYGRAPH: Final = {
    "operation": "publish",
    "data": {"__typename": "BlogPost", "id": "{fresh}", "title": "Summer timetable", "slug": "summer"},
}

_DATOCMS: Final = {
    "event_type": "publish",
    "entity_type": "item",
    "entity": {
        "id": "{fresh}",
        "type": "item",
        "attributes": {"title": "Summer timetable", "slug": "summer"},
        "relationships": {"item_type": {"data": {"id": "blog_post", "type": "item_type"}}},
    },
}

_STRAPI: Final = {
    "event": "entry.publish",
    "model": "blog-post",
    "entry": {
        "id": 1,
        "documentId": "{fresh}",
        "title": "Summer timetable",
        "slug": "summer",
        "locale": "en",
        "publishedAt": "2026-11-23T12:00:00Z",
    },
}

_GHOST: Final = {
    "event": "post.published",
    "post": {
        "current": {
            "id": "{fresh}",
            "title": "Summer timetable",
            "slug": "summer",
            "url": "https://docs.example.com/summer/",
        },
        "previous": {},
    },
}

_WORDPRESS: Final = {
    "hook": "publish_post",
    "ID": "{fresh}",
    "post_type": "post",
    "post_title": "Summer timetable",
    "post_url": "https://docs.example.com/news/summer/",
}

_TOPIC: Final = {"x-contentful-topic": "ContentManagement.Entry.publish"}

SAMPLES: Final[Mapping[str, Sample]] = {
    "contentful/published": Sample("contentful", "an entry is published", _CONTENTFUL, _TOPIC),
    "sanity/published": Sample("sanity", "a document is published", _SANITY, {"sanity-operation": "create"}),
    "storyblok/published": Sample("storyblok", "a story is published", _STORYBLOK),
    "prismic/updated": Sample("prismic", "a release is published", _PRISMIC),
    "hygraph/published": Sample("hygraph", "an entry is published", _HYGRAPH),
    "datocms/published": Sample("datocms", "a record is published", _DATOCMS),
    "strapi/published": Sample("strapi", "an entry is published", _STRAPI),
    "ghost/published": Sample("ghost", "a post is published", _GHOST),
    "wordpress/published": Sample("wordpress", "a post is published", _WORDPRESS, form=True),
}
