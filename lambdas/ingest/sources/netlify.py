"""Netlify: deploys and form submissions.

Formats: docs.netlify.com, "Deploy notifications" (the JWS) and real deliveries; an outgoing webhook carries the
deploy or the submission itself. What happened is in an unsigned header, so the signed body is believed first.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from lambdas.contracts.correlation import correlation_in
from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.deploys import cancellation_in
from lambdas.ingest.normalisers.values import labelled
from lambdas.ingest.schemes.vendor import BodyJws
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

if TYPE_CHECKING:
    from lambdas.contracts.builds import Outcome

_PRODUCTION: Final = "production"
_RESTORED: Final = "deploy_restored"

# What a deploy has come to (`state` of a deploy, Netlify's API reference).
_STATES: Final = {
    "new": "deploy.started",
    "enqueued": "deploy.started",
    "building": "deploy.started",
    "preparing": "deploy.started",
    "uploading": "deploy.started",
    "processing": "deploy.started",
    "ready": "deploy.succeeded",
    "error": "deploy.failed",
    "canceled": "deploy.cancelled",
    "cancelled": "deploy.cancelled",
    "skipped": "deploy.cancelled",
}
# What only the header tells: the deploy itself looks the same before and after.
_EVENTS: Final = {
    "deploy_locked": "deploy.locked",
    "deploy_unlocked": "deploy.unlocked",
    "deploy_deleted": "deploy.deleted",
    # "Deploy restored: event emitted when a deploy is manually published"; its name in the header is unconfirmed.
    _RESTORED: "deploy.succeeded",
}
_TITLES: Final = {
    "deploy.started": "deploy started",
    "deploy.succeeded": "deployed",
    "deploy.failed": "deploy failed",
    "deploy.cancelled": "deploy cancelled",
    "deploy.locked": "deploys locked",
    "deploy.unlocked": "deploys unlocked",
    "deploy.deleted": "deploy deleted",
}

# Where a visitor sat is nobody's business in a notice.
_NOT_SHOWN: Final = {"ip", "user_agent", "referrer"}


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    if value_at(request.payload, "form_id") is not None:
        return _form(request)
    if request.native_type == _RESTORED:
        draft = _deploy(
            "deploy.succeeded", request, outcome="restored", title="an older deploy is live again"
        )
        return replace(draft, correlation="")  # whatever was ordered has ended long ago
    if event_type := _EVENTS.get(request.native_type):
        return _deploy(event_type, request)
    if event_type := _STATES.get(request.text("state")):
        return _ended(event_type, request)
    return generic.normalise(source, request)


def _ended(event_type: str, request: VerifiedRequest) -> Draft:
    """A deploy by its state: Netlify calls a build that it has not made an error, and one ready that is not live."""
    said = cancellation_in(request.text("error_message") or request.text("state"))
    if event_type in ("deploy.failed", "deploy.cancelled") and (
        said or event_type == "deploy.cancelled" or value_at(request.payload, "skipped") is True
    ):
        return _deploy("deploy.cancelled", request, outcome=said or "skipped")
    if event_type == "deploy.succeeded" and _is_unpublished(request):
        return _deploy("deploy.cancelled", request, outcome="skipped", title="ready, not published")
    return _deploy(event_type, request)


def _is_unpublished(request: VerifiedRequest) -> bool:
    """Whether auto publishing is stopped: the production deploy is ready, and the site is still another one."""
    payload = request.payload
    return (
        request.text("context").lower() == _PRODUCTION
        and "published_at" in payload
        and payload["published_at"] is None
    )


def _deploy(
    event_type: str,
    request: VerifiedRequest,
    *,
    outcome: "Outcome | Literal['']" = "",
    title: str = "",
) -> Draft:
    site = request.text("name")
    deploy = request.text("id")
    log = f"{request.text('admin_url')}/deploys/{deploy}"
    page = request.text("deploy_ssl_url") if request.text("context") != "production" else ""
    fields = {
        "Branch": request.text("branch"),
        "Context": request.text("context"),
        "Commit": request.text("commit_ref")[:7],
        "Seconds": request.text("deploy_time"),
        "Outcome": outcome,
    }
    notice = Notice(
        title=f"{site or 'Site'}: {title or _TITLES[event_type]}",
        text=(request.text("error_message") or request.text("title"))[: generic.MAX_TEXT_LENGTH],
        url=generic.web_address(
            (page or request.text("ssl_url") or request.text("url"))
            if event_type == "deploy.succeeded"
            else log
        ),
        severity=severity_of(event_type),
        fields={name: value for name, value in fields.items() if value},
        site=site,
    )
    correlation = correlation_in(request.text("title"))
    return Draft(event_type, notice, subject=deploy, correlation=correlation, outcome=outcome)


def _form(request: VerifiedRequest) -> Draft:
    notice = Notice(
        title=f"New submission: {request.text('form_name') or 'form'}"[: generic.MAX_TITLE_LENGTH],
        url=generic.web_address(request.text("site_url")),
        fields=labelled(_answers(request.payload)),
    )
    return Draft("form.submitted", notice, subject=request.text("id"))


def _answers(payload: Any) -> Iterator[tuple[Any, Any]]:
    """What was answered, by its label: in the form's order where Netlify tells it, in which no label hides another.

    Check boxes of one name are a list, and an upload is an object with its name and address.
    """
    ordered = value_at(payload, "ordered_human_fields")
    if isinstance(ordered, list) and ordered:
        for field in ordered:
            name = value_at(field, "name")
            if str(name) not in _NOT_SHOWN:
                yield value_at(field, "title") or name, value_at(field, "value")
        return
    shown = value_at(payload, "human_fields") or value_at(payload, "data")
    for name, value in shown.items() if isinstance(shown, dict) else ():
        if name not in _NOT_SHOWN:
            yield name, value


SOURCE: Final = Source(
    name="netlify",
    scheme=BodyJws(header="x-webhook-signature", issuer="netlify"),
    native_type="x-netlify-event",
    # A submission has its id. A deploy tells of itself: its state, `updated_at`, whether it is locked. The event's name
    # is unsigned and adds nothing to that.
    identity=(Fields((("form_id",), ("id",))), Body()),
    headers=("x-netlify-event",),
    types={**_STATES, **_EVENTS, "submission_created": "form.submitted"},
    normalise=_normalise,
    # docs.netlify.com, "Deploy contexts": production, deploy-preview, branch-deploy, or a branch's own.
    environment=Environment(names=(("context",),), sites=(("name",), ("site_id",)), production={_PRODUCTION}),
    credentials=(("log_access_attributes",),),
)
