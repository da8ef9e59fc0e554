"""GitLab: pushes, releases, pipelines and deployments."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import IDEMPOTENCY_KEY, Body
from lambdas.ingest.normalisers.deploys import deploy_draft, title_of
from lambdas.ingest.schemes.tokens import Token
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

if TYPE_CHECKING:
    from lambdas.contracts.builds import WithoutResult

_TYPES: Final = {
    "push": "code.pushed",
    "release.create": "release.published",
    "pipeline.running": "build.started",
    "pipeline.success": "build.succeeded",
    "pipeline.failed": "build.failed",
    "deployment.running": "deploy.started",
    "deployment.success": "deploy.succeeded",
    "deployment.failed": "deploy.failed",
    "pipeline.canceled": "build.cancelled",
    "pipeline.skipped": "build.cancelled",
    "deployment.canceled": "deploy.cancelled",
    "deployment.skipped": "deploy.cancelled",
}
_OUTCOMES: Final[Mapping[str, "WithoutResult"]] = {"canceled": "cancelled", "skipped": "skipped"}
# GitLab documentation, "Deployment tier of environments" and "Pipeline sources".
_PRODUCTION: Final = "production"
_OF_MERGE_REQUESTS: Final = ("merge_request_event", "external_pull_request_event")
_OF_PIPELINES: Final = ("parent_pipeline",)


def _type_of(source: Source, request: VerifiedRequest) -> str:
    """By what happened and how it ended; a branch that is gone was not pushed to."""
    native = request.native_type
    status = _status(request)
    action = request.text("object_attributes", "action") or request.text("action")
    is_gone = native == "push" and not request.text("after").strip("0")
    is_child = request.text("object_attributes", "source") in _OF_PIPELINES  # its parent tells how it ended
    if is_gone or is_child:
        return source.own_type(native)
    known = (f"{native}.{status}", f"{native}.{action}", native)
    word = next((_TYPES[name] for name in known if name in _TYPES), "")
    return word or source.type_of(".".join(part for part in (native, action) if part))


def _status(request: VerifiedRequest) -> str:
    return request.text("object_attributes", "status") or request.text("status")


def _says(request: VerifiedRequest) -> bool | None:
    """An environment has a tier, whatever it is called; a pipeline has a branch."""
    tier = request.text("environment_tier").lower()
    if tier:
        return tier == _PRODUCTION
    branch, default = request.text("object_attributes", "ref"), request.text("project", "default_branch")
    return branch == default if branch and default else None


def _fixed(request: VerifiedRequest) -> bool | None:
    """What can never be the site: a merge request's pipeline, and that of a tag."""
    of_merge_request = request.text("object_attributes", "source") in _OF_MERGE_REQUESTS
    return (
        False if of_merge_request or value_at(request.payload, "object_attributes", "tag") is True else None
    )


ENVIRONMENT: Final = Environment(
    names=(("environment",), ("environment_tier",), ("object_attributes", "ref")),
    sites=(("project", "path_with_namespace"), ("project", "id")),
    says=_says,
    fixed=_fixed,
    is_account_wide=True,  # a group's hook
)


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
        outcome=_OUTCOMES.get(_status(request), "") if event_type.endswith(".cancelled") else "",
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
    scheme=Token(header="x-gitlab-token"),
    native_type=("object_kind",),
    # GitLab documentation, "Webhooks: delivery headers": the key stays the same over retries, `X-Gitlab-Event-UUID` is
    # shared by several hooks' deliveries of one event.
    identity=(IDEMPOTENCY_KEY, Body()),
    headers=("x-gitlab-event", "x-gitlab-event-uuid", "x-gitlab-webhook-uuid", "x-gitlab-instance"),
    types=_TYPES,
    normalise=_normalise,
    environment=ENVIRONMENT,
)
