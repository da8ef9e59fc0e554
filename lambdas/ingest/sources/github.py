"""GitHub: pushes, releases, deployments and workflow runs.

Formats: docs.github.com, "Webhook events and payloads" and "Validating webhook deliveries". The old SHA-1 header is
ignored. A delivery's id is unsigned and therefore no part of an event's id.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

from lambdas.contracts.correlation import correlation_in
from lambdas.ingest.environment import Environment
from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.deploys import cancellation_in, deploy_draft
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

if TYPE_CHECKING:
    from lambdas.contracts.builds import WithoutResult

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
    "workflow_run.cancelled": "build.cancelled",
    "workflow_run.skipped": "build.cancelled",
    "workflow_run.neutral": "build.cancelled",
    "workflow_run.stale": "build.cancelled",
    "workflow_run.action_required": "build.cancelled",
}
# GitHub documentation, "About status checks": GitHub calls stale what took too long; a run whose action is required
# waits for its approval, and goes on after it.
_OUTCOMES: Final[Mapping[str, "WithoutResult"]] = {
    "cancelled": "cancelled",
    "skipped": "skipped",
    "neutral": "skipped",
    "stale": "cancelled",
    "action_required": "held",
}


def _push(request: VerifiedRequest) -> Draft | None:
    if value_at(request.payload, "deleted"):
        return None
    branch = request.text("ref").removeprefix("refs/heads/").removeprefix("refs/tags/")
    commits = value_at(request.payload, "commits")
    count = len(commits) if isinstance(commits, list) else 0
    return _draft(
        "code.pushed",
        request,
        title=f"{count} commit{'' if count == 1 else 's'} to {branch}",
        text=request.text("head_commit", "message"),
        url=request.text("compare"),
        fields={"Branch": branch, "By": request.text("pusher", "name")},
        subject=request.text("after"),
    )


def _release(request: VerifiedRequest) -> Draft | None:
    if request.text("action") != "published":
        return None
    tag = request.text("release", "tag_name")
    return _draft(
        "release.published",
        request,
        title=f"released {request.text('release', 'name') or tag}",
        text=request.text("release", "body"),
        url=request.text("release", "html_url"),
        fields={"Tag": tag, "By": request.text("release", "author", "login")},
        subject=tag,
    )


def _deployment_status(request: VerifiedRequest) -> Draft | None:
    event_type = _TYPES.get(f"deployment_status.{request.text('deployment_status', 'state')}")
    if not event_type:
        return None
    environment = _deployed_to(request)
    said = cancellation_in(request.text("deployment_status", "description"))
    outcome = said if event_type == "deploy.failed" else ""
    event_type = "deploy.cancelled" if outcome else event_type
    return _draft(
        event_type,
        request,
        title=f"deploy to {environment or 'an environment'} {event_type.partition('.')[2]}",
        text=request.text("deployment_status", "description"),
        url=request.text("deployment_status", "log_url") or request.text("deployment_status", "target_url"),
        fields={"Environment": environment, "Ref": request.text("deployment", "ref")},
        subject=request.text("deployment", "id"),
        outcome=outcome,
    )


def _workflow_run(request: VerifiedRequest) -> Draft | None:
    if request.text("action") != "completed":
        return None
    conclusion = request.text("workflow_run", "conclusion")
    event_type = _TYPES.get(f"workflow_run.{conclusion}")
    if not event_type:
        return None
    name = request.text("workflow_run", "name") or "workflow"
    return _draft(
        event_type,
        request,
        title=f"{name} {event_type.partition('.')[2]}",
        url=request.text("workflow_run", "html_url"),
        fields={
            "Branch": request.text("workflow_run", "head_branch"),
            "By": request.text("workflow_run", "actor", "login"),
        },
        subject=request.text("workflow_run", "id"),
        outcome=_OUTCOMES.get(conclusion, ""),
    )


_EVENTS: Final[dict[str, Callable[[VerifiedRequest], Draft | None]]] = {
    "push": _push,
    "release": _release,
    "deployment_status": _deployment_status,
    "workflow_run": _workflow_run,
}


def _draft(
    event_type: str,
    request: VerifiedRequest,
    *,
    title: str,
    url: str,
    fields: dict[str, str],
    subject: str,
    text: str = "",
    outcome: "WithoutResult | Literal['']" = "",
) -> Draft:
    draft = deploy_draft(
        event_type,
        site=request.text("repository", "full_name"),  # an organisation's own hook has events of none
        title=title,
        fields=fields,
        url=generic.web_address(url) or request.text("repository", "html_url"),
        text=text,
        subject=subject,
        outcome=outcome,
    )
    return replace(draft, correlation=_correlation(request))


def _correlation(request: VerifiedRequest) -> str:
    """What a `repository_dispatch` brought, where the workflow passes it on.

    A run shows it by ``run-name: ${{ github.event.client_payload.title }}``, a deployment by its description.
    """
    places = (
        ("workflow_run", "display_title"),
        ("deployment", "description"),
        ("deployment_status", "description"),
    )
    return correlation_in(*(request.text(*place) for place in places))


def _deployed_to(request: VerifiedRequest) -> str:
    return request.text("deployment_status", "environment") or request.text("deployment", "environment")


def _says(request: VerifiedRequest) -> bool | None:
    """Whether it is about production, which a run and a deployment say in different words."""
    if value_at(request.payload, "workflow_run"):
        branch, default = (
            request.text("workflow_run", "head_branch"),
            request.text("repository", "default_branch"),
        )
        return branch == default if branch and default else True
    return _is_deployed_to_production(request)


def _is_deployed_to_production(request: VerifiedRequest) -> bool:
    """Whoever makes a deployment says so; many say nothing, and GitHub's own Pages say no."""
    name = _deployed_to(request).lower()
    said = value_at(request.payload, "deployment", "production_environment")
    return (
        said is True or name.startswith("production") or name == "github-pages" or (not name and said is None)
    )


def _fixed(request: VerifiedRequest) -> bool | None:
    """What can never be the site: a run of a pull request or of another repository, and an environment that will go.

    A fork's branch may have any name, also that of the default branch.
    """
    head = request.text("workflow_run", "head_repository", "full_name")
    foreign = head and head.lower() != request.text("repository", "full_name").lower()
    of_pull_request = request.text("workflow_run", "event").startswith("pull_request")
    transient = value_at(request.payload, "deployment", "transient_environment") is True
    return False if foreign or of_pull_request or transient else None


def _anything(source: Source, request: VerifiedRequest) -> Draft:
    """``github.<event>.<action>``, with the repository and the page of what it is about."""
    native = ".".join(part for part in (request.native_type, request.text("action")) if part)
    event_type = source.own_type(native)
    about = value_at(request.payload, request.native_type)
    page = value_at(about, "html_url")
    return _draft(
        event_type,
        request,
        title=generic.headline(event_type).partition(": ")[2],
        url=page if isinstance(page, str) else "",
        fields={"By": request.text("sender", "login")},
        subject="",
    )


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    known = _EVENTS.get(request.native_type)
    return (known and known(request)) or _anything(source, request)


def _has(*keys: str) -> Callable[[Any], bool]:
    return lambda payload: isinstance(payload, dict) and all(key in payload for key in keys)


# Keys that only this event has ("Webhook events and payloads"). A job, too, is "completed" and may name a run.
_SHAPES: Final[Mapping[str, Callable[[Any], bool]]] = {
    "deployment_status": _has("deployment_status"),
    "release": _has("release", "action"),
    "workflow_run": lambda payload: (
        _has("workflow_run", "action")(payload)
        and not any(_has(other)(payload) for other in ("deployment", "workflow_job", "approver"))
    ),
    "push": _has("ref", "commits"),
}


def _event_of(headers: Mapping[str, str], payload: Any) -> str:
    """The event's name: of the signed body where its shape tells, and else of the header, which anybody may write."""
    told = next((name for name, fits in _SHAPES.items() if fits(payload)), "")
    named = headers.get("x-github-event", "")
    return told or ("" if named in _SHAPES else named)


SOURCE: Final = Source(
    name="github",
    scheme=Hmac(header="x-hub-signature-256", prefix="sha256="),
    native_type=_event_of,
    # Each body has ids and times of what happened. GitHub repeats only by hand, with the same body ("Redelivering
    # webhooks"). The delivery's id and the event's name are unsigned.
    identity=(Body(),),
    headers=("x-github-event", "x-github-delivery", "x-github-hook-id"),
    types=_TYPES,
    normalise=_normalise,
    body="json or payload form",
    environment=Environment(
        names=(
            ("deployment_status", "environment"),
            ("deployment", "environment"),
            ("workflow_run", "head_branch"),
        ),
        sites=(("repository", "full_name"), ("repository", "id")),
        says=_says,
        fixed=_fixed,
    ),
)
