"""Netlify: deploys and form submissions.

Formats: docs.netlify.com, "Deploy notifications" (the JWS) and real deliveries; an outgoing webhook carries the
deploy or the submission itself. What happened is in an unsigned header, so the signed body is believed first.
"""

from typing import Final

from lambdas.contracts.correlation import correlation_in
from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.schemes import BodyJws
from lambdas.ingest.sources import generic
from lambdas.ingest.sources.source import Delivery, Draft, Source, dig

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
}
# What only the header tells: the deploy itself looks the same before and after.
_EVENTS: Final = {
    "deploy_locked": "deploy.locked",
    "deploy_unlocked": "deploy.unlocked",
    "deploy_deleted": "deploy.deleted",
}
_TITLES: Final = {
    "deploy.started": "deploy started",
    "deploy.succeeded": "deployed",
    "deploy.failed": "deploy failed",
    "deploy.locked": "deploys locked",
    "deploy.unlocked": "deploys unlocked",
    "deploy.deleted": "deploy deleted",
}

# Where a visitor sat is nobody's business in a notice.
_NOT_SHOWN: Final = {"ip", "user_agent", "referrer"}


def _normalise(source: Source, delivery: Delivery) -> Draft:
    if dig(delivery.payload, "form_id") is not None:
        return _form(delivery)
    if kind := _EVENTS.get(delivery.native_type) or _STATES.get(delivery.text("state")):
        return _deploy(kind, delivery)
    return generic.normalise(source, delivery)


def _deploy(kind: str, delivery: Delivery) -> Draft:
    site = delivery.text("name")
    deploy = delivery.text("id")
    log = f"{delivery.text('admin_url')}/deploys/{deploy}"
    page = delivery.text("deploy_ssl_url") if delivery.text("context") != "production" else ""
    fields = {
        "Branch": delivery.text("branch"),
        "Context": delivery.text("context"),
        "Commit": delivery.text("commit_ref")[:7],
        "Seconds": delivery.text("deploy_time"),
    }
    notice = Notice(
        title=f"{site or 'Site'}: {_TITLES[kind]}",
        text=(delivery.text("error_message") or delivery.text("title"))[: generic.TEXT_LENGTH],
        url=generic.web_address(
            (page or delivery.text("ssl_url") or delivery.text("url")) if kind == "deploy.succeeded" else log
        ),
        severity=severity_of(kind),
        fields={name: value for name, value in fields.items() if value},
        site=site,
    )
    return Draft(kind, notice, subject=deploy, correlation=correlation_in(delivery.text("title")))


def _form(delivery: Delivery) -> Draft:
    shown = dig(delivery.payload, "human_fields") or dig(delivery.payload, "data")
    answers = shown.items() if isinstance(shown, dict) else ()
    fields = {
        name: str(value) for name, value in answers if name not in _NOT_SHOWN and value not in (None, "")
    }
    notice = Notice(
        title=f"New submission: {delivery.text('form_name') or 'form'}",
        url=generic.web_address(delivery.text("site_url")),
        fields=dict(list(fields.items())[: generic.MOST_FIELDS]),
    )
    return Draft("form.submitted", notice, subject=delivery.text("id"))


SOURCE: Final = Source(
    name="netlify",
    scheme=BodyJws(header="x-webhook-signature", issuer="netlify"),
    native_type="x-netlify-event",
    types={**_STATES, **_EVENTS, "submission_created": "form.submitted"},
    normalise=_normalise,
    credentials=(("log_access_attributes",),),
)
