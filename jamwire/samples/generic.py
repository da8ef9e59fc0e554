"""Samples of senders that the catalogue knows by their scheme alone."""

from collections.abc import Mapping
from typing import Final

from jamwire.samples.sample import Sample

_PUBLISHED: Final = {
    "type": "content.published",
    "timestamp": "2026-11-23T12:00:00Z",
    "data": {
        "id": "{fresh}",
        "title": "Summer timetable",
        "url": "https://docs.example.com/news/summer",
        "paths": ["/news/summer", "/news/"],
    },
}

_NOTICE: Final = {
    "title": "Line 12 is diverted",
    "text": "Until Sunday. ({fresh})",
    "severity": "warning",
}

_LATE: Final = {
    "topic": "line-12",
    "title": "Line 12 is late",
    "text": "5 minutes late",
    "fields": {"Delay": "5 min"},
    "ref": "{fresh}",
}

_CRITICAL: Final = {
    "title": "The timetable is wrong",
    "text": "All departures are an hour off. ({fresh})",
    "severity": "critical",
}

SAMPLES: Final[Mapping[str, Sample]] = {
    "standard-webhooks/content-published": Sample("standard-webhooks", "a CMS published a page", _PUBLISHED),
    "standard-webhooks-v1a/content-published": Sample(
        "standard-webhooks-v1a", "a CMS published a page", _PUBLISHED
    ),
    "hmac/content-published": Sample("hmac", "a CMS published a page", _PUBLISHED),
    "token/notice": Sample("token", "a message to people", _NOTICE),
    "token/critical": Sample("token", "a message that wakes people", _CRITICAL),
    "token/late": Sample("token", "a message to visitors", _LATE),
    "basic/notice": Sample("basic", "a message to people", _NOTICE),
    "zapier/notice": Sample("zapier", "a message to people", _NOTICE),
    "ifttt/notice": Sample(
        "ifttt", "a message to people", {"value1": "Line 12 is diverted", "value2": "{fresh}"}
    ),
}
