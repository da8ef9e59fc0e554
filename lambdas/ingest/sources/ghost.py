"""Ghost: posts and pages."""

from dataclasses import replace
from typing import Any, Final

from lambdas.ingest.identity import Body, SignedTimeAndBody
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

_KINDS: Final = ("post", "page")


def _places(name: str) -> tuple[tuple[str, ...], ...]:
    return tuple((of, when, name) for of in _KINDS for when in ("current", "previous"))


def _is_draft(payload: Any) -> bool:
    """Whether a draft was deleted, which was on no page."""
    return any(
        value_at(payload, of, "current") == {}
        and value_at(payload, of, "previous", "status") not in (None, "published")
        for of in _KINDS
    )


_CONTENT: Final = Content(
    id=_places("id"),
    title=_places("title"),
    slug=_places("slug"),
    url=_places("url"),
    # core/server/services/url: what is no page has an address for its preview or its e-mail, or none
    internal=r"/((p|email)/[0-9a-f-]{36}|404)/?$",
    has_markup=True,
    is_draft=_is_draft,
)


def _native_type(payload: Any) -> str:
    """What Ghost before July 2025 does not name: `previous` holds what has changed, as it was before."""
    for of in _KINDS:
        current, previous = value_at(payload, of, "current"), value_at(payload, of, "previous")
        if current == {}:
            return f"{of}.deleted"
        if isinstance(current, dict):
            return f"{of}.{_change(current.get('status', 'published'), previous)}"
    return ""


def _change(status: Any, previous: Any) -> str:
    before = value_at(previous, "status")
    if status != "published":
        return "unpublished" if before == "published" else "edited"
    if before in (None, "published") and previous:
        return "published.edited"
    return "published"


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    native_type = request.native_type or _native_type(request.payload)
    return _CONTENT.normalise(source, replace(request, native_type=native_type))


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
        for of in _KINDS
        for native, word in {
            "published": "content.published",
            "published.edited": "content.updated",
            "unpublished": "content.unpublished",
            "deleted": "content.deleted",
        }.items()
    },
    normalise=_normalise,
)
