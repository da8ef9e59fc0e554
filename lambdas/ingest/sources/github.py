"""GitHub: pushes, releases, deployments and workflow runs.

Formats: docs.github.com, "Webhook events and payloads" and "Validating webhook deliveries". The old SHA-1 header is
ignored. A delivery's id is unsigned and therefore no part of an event's id.
"""

from collections.abc import Callable
from typing import Final

from lambdas.contracts.correlation import correlation_in
from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.schemes import Hmac
from lambdas.ingest.sources import generic
from lambdas.ingest.sources.source import Delivery, Draft, Source, dig

_TYPES: Final = {
    "push": "code.pushed",
    "release.published": "release.published",
    "deployment_status.pending": "deploy.started",
    "deployment_status.queued": "deploy.started",
    "deployment_status.in_progress": "deploy.started",
    "deployment_status.success": "deploy.succeeded",
    "deployment_status.failure": "deploy.failed",
    "deployment_status.error": "deploy.failed",
    "workflow_run.success": "build.succeeded",
    "workflow_run.failure": "build.failed",
    "workflow_run.timed_out": "build.failed",
    "workflow_run.startup_failure": "build.failed",
}


def _push(delivery: Delivery) -> Draft | None:
    if dig(delivery.payload, "deleted"):
        return None
    branch = delivery.text("ref").removeprefix("refs/heads/").removeprefix("refs/tags/")
    commits = dig(delivery.payload, "commits")
    count = len(commits) if isinstance(commits, list) else 0
    return _draft(
        "code.pushed",
        delivery,
        title=f"{count} commit{'' if count == 1 else 's'} to {branch}",
        text=delivery.text("head_commit", "message"),
        url=delivery.text("compare"),
        fields={"Branch": branch, "By": delivery.text("pusher", "name")},
        subject=delivery.text("after"),
    )


def _release(delivery: Delivery) -> Draft | None:
    if delivery.text("action") != "published":
        return None
    tag = delivery.text("release", "tag_name")
    return _draft(
        "release.published",
        delivery,
        title=f"released {delivery.text('release', 'name') or tag}",
        text=delivery.text("release", "body"),
        url=delivery.text("release", "html_url"),
        fields={"Tag": tag, "By": delivery.text("release", "author", "login")},
        subject=tag,
    )


def _deployment_status(delivery: Delivery) -> Draft | None:
    kind = _TYPES.get(f"deployment_status.{delivery.text('deployment_status', 'state')}")
    if not kind:
        return None
    environment = delivery.text("deployment_status", "environment") or delivery.text(
        "deployment", "environment"
    )
    return _draft(
        kind,
        delivery,
        title=f"deploy to {environment or 'an environment'} {kind.partition('.')[2]}",
        text=delivery.text("deployment_status", "description"),
        url=delivery.text("deployment_status", "log_url") or delivery.text("deployment_status", "target_url"),
        fields={"Environment": environment, "Ref": delivery.text("deployment", "ref")},
        subject=delivery.text("deployment", "id"),
    )


def _workflow_run(delivery: Delivery) -> Draft | None:
    if delivery.text("action") != "completed":
        return None
    kind = _TYPES.get(f"workflow_run.{delivery.text('workflow_run', 'conclusion')}")
    if not kind:
        return None
    name = delivery.text("workflow_run", "name") or "workflow"
    return _draft(
        kind,
        delivery,
        title=f"{name} {kind.partition('.')[2]}",
        url=delivery.text("workflow_run", "html_url"),
        fields={
            "Branch": delivery.text("workflow_run", "head_branch"),
            "By": delivery.text("workflow_run", "actor", "login"),
        },
        subject=delivery.text("workflow_run", "id"),
    )


_EVENTS: Final[dict[str, Callable[[Delivery], Draft | None]]] = {
    "push": _push,
    "release": _release,
    "deployment_status": _deployment_status,
    "workflow_run": _workflow_run,
}


def _draft(
    kind: str,
    delivery: Delivery,
    *,
    title: str,
    url: str,
    fields: dict[str, str],
    subject: str,
    text: str = "",
) -> Draft:
    repository = delivery.text("repository", "full_name")
    notice = Notice(
        title=f"{repository}: {title}"[: generic.TITLE_LENGTH],
        text=text[: generic.TEXT_LENGTH],
        url=generic.web_address(url) or generic.web_address(delivery.text("repository", "html_url")),
        severity=severity_of(kind),
        fields={name: value for name, value in fields.items() if value},
        site=repository,
    )
    return Draft(kind, notice, subject=subject, correlation=_correlation(delivery))


def _correlation(delivery: Delivery) -> str:
    """What a `repository_dispatch` brought, where the workflow passes it on.

    A run shows it by ``run-name: ${{ github.event.client_payload.title }}``, a deployment by its description.
    """
    places = (
        ("workflow_run", "display_title"),
        ("deployment", "description"),
        ("deployment_status", "description"),
    )
    return correlation_in(*(delivery.text(*place) for place in places))


def _anything(source: Source, delivery: Delivery) -> Draft:
    """``github.<event>.<action>``, with the repository and the page of what it is about."""
    native = ".".join(part for part in (delivery.native_type, delivery.text("action")) if part)
    kind = source.own_type(native)
    about = dig(delivery.payload, delivery.native_type)
    page = dig(about, "html_url")
    return _draft(
        kind,
        delivery,
        title=generic.headline(kind).partition(": ")[2],
        url=page if isinstance(page, str) else "",
        fields={"By": delivery.text("sender", "login")},
        subject="",
    )


def _normalise(source: Source, delivery: Delivery) -> Draft:
    known = _EVENTS.get(delivery.native_type)
    return (known and known(delivery)) or _anything(source, delivery)


SOURCE: Final = Source(
    name="github",
    scheme=Hmac(header="x-hub-signature-256", prefix="sha256="),
    native_type="x-github-event",
    types=_TYPES,
    normalise=_normalise,
    body="json or payload form",
)
