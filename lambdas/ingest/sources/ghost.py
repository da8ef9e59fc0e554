"""Ghost: posts and pages."""

from typing import Final

from lambdas.ingest.identity import Body, SignedTimeAndBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source


def _places(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple((of, when, name) for of in ("post", "page") for when in ("current", "previous"))


# core/server/services/webhooks/webhook-trigger.js: the body and then the time are signed, without a delimiter.
SOURCE: Final = Source(
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
    # The body has no time where a post is published unchanged. webhook-trigger.js signs once and leaves retries to
    # `got`, which repeats the request as it is.
    identity=(SignedTimeAndBody(), Body()),
    types={
        f"{of}.{native}": word
        for of in ("post", "page")
        for native, word in {
            "published": "content.published",
            "published.edited": "content.updated",
            "unpublished": "content.unpublished",
            "deleted": "content.deleted",
        }.items()
    },
    normalise=Content(
        id=_places("id"), title=_places("title"), slug=_places("slug"), url=_places("url")
    ).normalise,
)
