"""GitLab: pushes, releases, pipelines and deployments."""

from typing import Final

from lambdas.ingest.identity import IDEMPOTENCY_KEY, Body
from lambdas.ingest.normalisers.deploys import deploy_draft, title_of
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

_TYPES: Final = {
    "push": "code.pushed",
    "release.create": "release.published",
    "pipeline.running": "build.started",
    "pipeline.success": "build.succeeded",
    "pipeline.failed": "build.failed",
    "deployment.running": "deploy.started",
    "deployment.success": "deploy.succeeded",
    "deployment.failed": "deploy.failed",
}


def _type_of(source: Source, request: VerifiedRequest) -> str:
    """By what happened and how it ended; a branch that is gone was not pushed to."""
    native = request.native_type
    status = request.text("object_attributes", "status") or request.text("status")
    action = request.text("object_attributes", "action") or request.text("action")
    if native == "push" and not request.text("after").strip("0"):
        return source.own_type(native)
    known = (f"{native}.{status}", f"{native}.{action}", native)
    word = next((_TYPES[name] for name in known if name in _TYPES), "")
    return word or source.type_of(".".join(part for part in (native, action) if part))


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    event_type = _type_of(source, request)
    branch = request.text("ref").removeprefix("refs/heads/").removeprefix("refs/tags/") or request.text(
        "object_attributes", "ref"
    )
    return deploy_draft(
        event_type,
        site=request.text("project", "path_with_namespace"),
        title=_title(event_type, request, branch),
        fields={
            "Branch": branch,
            "Environment": request.text("environment"),
            "By": request.text("user", "name") or request.text("user_name"),
        },
        text=_text_of(request),
        url=_url_of(request),
        subject=request.text("object_attributes", "id")
        or request.text("checkout_sha")
        or request.text("tag"),
    )


def _title(event_type: str, request: VerifiedRequest, branch: str) -> str:
    if event_type == "code.pushed":
        count = request.text("total_commits_count") or "0"
        return f"{count} commit{'' if count == '1' else 's'} to {branch}"
    if event_type == "release.published":
        return f"released {request.text('name') or request.text('tag')}"
    if event_type.startswith("build."):
        return f"pipeline {event_type.partition('.')[2]}"
    return title_of(event_type)


def _text_of(request: VerifiedRequest) -> str:
    commits = value_at(request.payload, "commits")
    last = commits[-1] if isinstance(commits, list) and commits else {}
    said = (value_at(last, "message"), request.text("description"), request.text("commit_title"))
    return next((text for text in said if isinstance(text, str) and text), "")


def _url_of(request: VerifiedRequest) -> str:
    places = (("object_attributes", "url"), ("url",), ("deployable_url",), ("project", "web_url"))
    return next((text for place in places if (text := request.text(*place))), "")


# GitLab documentation, "Webhook events"; the token is sent as it is.
SOURCE: Final = Source(
    name="gitlab",
    scheme=Token(header="x-gitlab-token", prefix=""),
    native_type=("object_kind",),
    # GitLab documentation, "Webhooks: delivery headers": the key stays the same over retries, `X-Gitlab-Event-UUID` is
    # shared by several hooks' deliveries of one event.
    identity=(IDEMPOTENCY_KEY, Body()),
    headers=("x-gitlab-event", "x-gitlab-event-uuid", "x-gitlab-webhook-uuid", "x-gitlab-instance"),
    types=_TYPES,
    normalise=_normalise,
)
