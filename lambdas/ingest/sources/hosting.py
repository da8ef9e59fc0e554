"""Where sites are built and served: Vercel, Cloudflare Pages, AWS Amplify, GitLab; Netlify and GitHub are beside it."""

from typing import Final

from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.schemes import EventBridge, Hmac, Token
from lambdas.ingest.sources import generic
from lambdas.ingest.sources.source import Delivery, Draft, Source, dig
from lambdas.ingest.sources.standard import SYMMETRIC

_TITLES: Final = {
    "deploy.started": "deploy started",
    "deploy.succeeded": "deployed",
    "deploy.failed": "deploy failed",
}


def _draft(
    kind: str, *, site: str, title: str, fields: dict[str, str], url: str, text: str = "", subject: str = ""
) -> Draft:
    notice = Notice(
        title=f"{site}: {title}"[: generic.TITLE_LENGTH] if site else title.capitalize(),
        text=text[: generic.TEXT_LENGTH],
        url=generic.web_address(url),
        severity=severity_of(kind),
        fields={name: value for name, value in fields.items() if value},
        site=site,
    )
    return Draft(kind, notice, subject=subject)


def _vercel(source: Source, delivery: Delivery) -> Draft:
    kind = source.type_of(delivery.native_type)
    site = delivery.text("payload", "deployment", "name") or delivery.text("payload", "name")
    url = delivery.text("payload", "deployment", "url") or delivery.text("payload", "url")
    page = (
        f"https://{url}"
        if url and kind == "deploy.succeeded"
        else delivery.text("payload", "links", "deployment")
    )
    return _draft(
        kind,
        site=site,
        title=_TITLES.get(kind) or generic.headline(kind).partition(": ")[2],
        fields={
            "Target": delivery.text("payload", "target"),
            "Branch": delivery.text("payload", "deployment", "meta", "githubCommitRef"),
        },
        text=delivery.text("payload", "deployment", "meta", "githubCommitMessage"),
        url=page,
        subject=delivery.text("payload", "deployment", "id"),
    )


def _cloudflare(source: Source, delivery: Delivery) -> Draft:
    """Notifications have a name and a text of their own; what happened to a page's deploy is in its data."""
    event = delivery.text("data", "event") or delivery.native_type
    kind = source.type_of(event)
    if kind not in _TITLES:
        said = {"title": delivery.text("name"), "text": delivery.text("text")}
        return generic.normalise(source, Delivery(event, said))
    return _draft(
        kind,
        site=delivery.text("data", "project_name"),
        title=_TITLES[kind],
        fields={
            "Environment": delivery.text("data", "environment"),
            "Branch": delivery.text("data", "branch"),
        },
        text=delivery.text("text"),
        url=delivery.text("data", "preview_url"),
        subject=delivery.text("data", "deployment_id"),
    )


def _amplify(source: Source, delivery: Delivery) -> Draft:
    kind = source.type_of(delivery.native_type)
    app, branch = delivery.text("detail", "appId"), delivery.text("detail", "branchName")
    job, region = delivery.text("detail", "jobId"), delivery.text("region")
    console = (
        f"https://{region}.console.aws.amazon.com/amplify/apps/{app}/branches/{branch}/deployments/{job}"
    )
    return _draft(
        kind,
        site=app,
        title=_TITLES.get(kind) or generic.headline(kind).partition(": ")[2],
        fields={"Branch": branch, "Job": job},
        url=console if app and region else "",
        subject=job,
    )


_GITLAB_TYPES: Final = {
    "push": "code.pushed",
    "release.create": "release.published",
    "pipeline.running": "build.started",
    "pipeline.success": "build.succeeded",
    "pipeline.failed": "build.failed",
    "deployment.running": "deploy.started",
    "deployment.success": "deploy.succeeded",
    "deployment.failed": "deploy.failed",
}


def _gitlab_type(source: Source, delivery: Delivery) -> str:
    """By what happened and how it ended; a branch that is gone was not pushed to."""
    native = delivery.native_type
    status = delivery.text("object_attributes", "status") or delivery.text("status")
    action = delivery.text("object_attributes", "action") or delivery.text("action")
    if native == "push" and not delivery.text("after").strip("0"):
        return source.own_type(native)
    known = (f"{native}.{status}", f"{native}.{action}", native)
    word = next((_GITLAB_TYPES[name] for name in known if name in _GITLAB_TYPES), "")
    return word or source.type_of(".".join(part for part in (native, action) if part))


def _gitlab(source: Source, delivery: Delivery) -> Draft:
    kind = _gitlab_type(source, delivery)
    branch = delivery.text("ref").removeprefix("refs/heads/").removeprefix("refs/tags/") or delivery.text(
        "object_attributes", "ref"
    )
    return _draft(
        kind,
        site=delivery.text("project", "path_with_namespace"),
        title=_gitlab_title(kind, delivery, branch),
        fields={
            "Branch": branch,
            "Environment": delivery.text("environment"),
            "By": delivery.text("user", "name") or delivery.text("user_name"),
        },
        text=_gitlab_text(delivery),
        url=_gitlab_url(delivery),
        subject=delivery.text("object_attributes", "id")
        or delivery.text("checkout_sha")
        or delivery.text("tag"),
    )


def _gitlab_title(kind: str, delivery: Delivery, branch: str) -> str:
    if kind == "code.pushed":
        count = delivery.text("total_commits_count") or "0"
        return f"{count} commit{'' if count == '1' else 's'} to {branch}"
    if kind == "release.published":
        return f"released {delivery.text('name') or delivery.text('tag')}"
    if kind.startswith("build."):
        return f"pipeline {kind.partition('.')[2]}"
    return _TITLES.get(kind) or generic.headline(kind).partition(": ")[2]


def _gitlab_text(delivery: Delivery) -> str:
    commits = dig(delivery.payload, "commits")
    last = commits[-1] if isinstance(commits, list) and commits else {}
    said = (dig(last, "message"), delivery.text("description"), delivery.text("commit_title"))
    return next((text for text in said if isinstance(text, str) and text), "")


def _gitlab_url(delivery: Delivery) -> str:
    places = (("object_attributes", "url"), ("url",), ("deployable_url",), ("project", "web_url"))
    return next((text for place in places if (text := delivery.text(*place))), "")


# vercel.com/docs/webhooks; the names with a hyphen are older ones.
VERCEL: Final = Source(
    name="vercel",
    scheme=Hmac(header="x-vercel-signature", algorithm="sha1"),
    native_type=("type",),
    types={
        "deployment": "deploy.started",
        "deployment.created": "deploy.started",
        "deployment.succeeded": "deploy.succeeded",
        "deployment-ready": "deploy.succeeded",
        "deployment.error": "deploy.failed",
        "deployment-error": "deploy.failed",
    },
    normalise=_vercel,
)

# The header holds the secret itself (Cloudflare documentation, "Configure webhooks"). Field names in `data` of a
# notification about Pages are unconfirmed; without them it is told by its own name and text.
CLOUDFLARE: Final = Source(
    name="cloudflare",
    scheme=Token(header="cf-webhook-auth", prefix=""),
    native_type=("alert_type",),
    types={
        "event_deployment_started": "deploy.started",
        "event_deployment_success": "deploy.succeeded",
        "event_deployment_failed": "deploy.failed",
    },
    normalise=_cloudflare,
)

# AWS Amplify Hosting user guide, "Deployment events": no webhook, an event of EventBridge.
AMPLIFY: Final = Source(
    name="amplify",
    scheme=EventBridge(),
    native_type=("detail", "jobStatus"),
    types={"started": "deploy.started", "succeed": "deploy.succeeded", "failed": "deploy.failed"},
    normalise=_amplify,
)

# GitLab documentation, "Webhook events"; the token is sent as it is.
GITLAB: Final = Source(
    name="gitlab",
    scheme=Token(header="x-gitlab-token", prefix=""),
    native_type=("object_kind",),
    types=_GITLAB_TYPES,
    normalise=_gitlab,
)

# GitLab merge requests 230944 and 231325: hooks with a signing token sign as Standard Webhooks say.
GITLAB_SIGNED: Final = Source(
    name="gitlab-signed",
    scheme=SYMMETRIC,
    native_type=("object_kind",),
    types=_GITLAB_TYPES,
    normalise=_gitlab,
)

SOURCES: Final = (VERCEL, CLOUDFLARE, AMPLIFY, GITLAB, GITLAB_SIGNED)
