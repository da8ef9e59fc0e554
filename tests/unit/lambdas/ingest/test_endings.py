"""An end that is neither a success nor a failure: it is told as what it is, and alarms nobody."""

from typing import Any

import pytest

from lambdas.ingest.normalisers.deploys import cancellation_in
from tests.unit.lambdas.ingest.test_environment import (
    amplify,
    deployment,
    drafted,
    gitlab_deployment,
    netlify,
    pages,
    pipeline,
    run,
    vercel,
)


def netlify_error(message: str, **changes: Any) -> dict[str, Any]:
    return netlify(state="error", error_message=message, **changes)


def described(description: str) -> dict[str, Any]:
    told = deployment("error")
    return told | {"deployment_status": {"state": "error", "description": description}}


ENDINGS: dict[str, tuple[str, Any, str | None, str, str]] = {
    "netlify, unchanged": (
        "netlify",
        netlify_error("Canceled build due to no content change"),
        "deploy_failed",
        "deploy.cancelled",
        "unchanged",
    ),
    "netlify, skipped": ("netlify", netlify_error("Skipped"), "", "deploy.cancelled", "skipped"),
    "netlify, marked as skipped": (
        "netlify",
        netlify_error("", skipped=True),
        "",
        "deploy.cancelled",
        "skipped",
    ),
    "netlify, by a person": ("netlify", netlify_error("Canceled build"), "", "deploy.cancelled", "cancelled"),
    "netlify, superseded": (
        "netlify",
        netlify_error("Build was canceled: superseded by a newer build"),
        "",
        "deploy.cancelled",
        "superseded",
    ),
    "netlify, not published": (
        "netlify",
        netlify(published_at=None),
        "",
        "deploy.cancelled",
        "skipped",
    ),
    "netlify, a preview": (
        "netlify",
        netlify_error("Canceled build", context="deploy-preview"),
        "",
        "preview.cancelled",
        "cancelled",
    ),
    "netlify, a failure": (
        "netlify",
        netlify_error("Build script failed after tests were skipped"),
        "",
        "deploy.failed",
        "",
    ),
    "vercel": ("vercel", vercel("deployment.canceled"), None, "deploy.cancelled", "cancelled"),
    "vercel, a preview": (
        "vercel",
        vercel("deployment.canceled", target=None),
        None,
        "preview.cancelled",
        "cancelled",
    ),
    "cloudflare": (
        "cloudflare",
        pages(event="EVENT_DEPLOYMENT_CANCELED"),
        None,
        "deploy.cancelled",
        "cancelled",
    ),
    "amplify": ("amplify", amplify(jobStatus="CANCELLED"), None, "deploy.cancelled", "cancelled"),
    "github, cancelled": (
        "github",
        run(conclusion="cancelled"),
        "workflow_run",
        "build.cancelled",
        "cancelled",
    ),
    "github, skipped": ("github", run(conclusion="skipped"), "workflow_run", "build.cancelled", "skipped"),
    "github, neutral": ("github", run(conclusion="neutral"), "workflow_run", "build.cancelled", "skipped"),
    "github, stale": ("github", run(conclusion="stale"), "workflow_run", "build.cancelled", "cancelled"),
    "github, waits": ("github", run(conclusion="action_required"), "workflow_run", "build.cancelled", "held"),
    "github, too slow": ("github", run(conclusion="timed_out"), "workflow_run", "build.failed", ""),
    "github, not begun": ("github", run(conclusion="startup_failure"), "workflow_run", "build.failed", ""),
    "github deployment": (
        "github",
        described("Deployment has been canceled"),
        "deployment_status",
        "deploy.cancelled",
        "cancelled",
    ),
    "github deployment, a failure": (
        "github",
        described("Ran out of memory"),
        "deployment_status",
        "deploy.failed",
        "",
    ),
    "gitlab pipeline": ("gitlab", pipeline(status="canceled"), None, "build.cancelled", "cancelled"),
    "gitlab pipeline, skipped": ("gitlab", pipeline(status="skipped"), None, "build.cancelled", "skipped"),
    "gitlab deployment": (
        "gitlab",
        gitlab_deployment(status="canceled"),
        None,
        "deploy.cancelled",
        "cancelled",
    ),
}


@pytest.mark.parametrize(
    ("source", "payload", "native", "kind", "outcome"), ENDINGS.values(), ids=ENDINGS.keys()
)
def test_end_without_a_result_is_told_as_what_it_is(
    source: str, payload: Any, native: str | None, kind: str, outcome: str
) -> None:
    draft = drafted(source, payload, native)
    assert (draft.type, draft.outcome) == (kind, outcome)
    if kind.endswith(".cancelled"):
        assert (draft.notice.severity, draft.notice.fields["Outcome"]) == ("info", outcome)


def test_restored_deploy_is_no_end_of_a_build() -> None:
    restored = netlify(title="News [jamwire:0a1b2c3d4e5f]")
    draft = drafted("netlify", restored, "deploy_restored")
    assert (draft.type, draft.outcome, draft.correlation) == ("deploy.succeeded", "restored", "")
    assert drafted("vercel", vercel("deployment.promoted")).outcome == "restored"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("Canceled build due to no content change", "unchanged"),
        ("Cancelled by ada", "cancelled"),
        ("The deployment was skipped, since the commit is not changed", "unchanged"),
        ("Build skipped", "skipped"),
        ("This deploy was cancelled by ada", "cancelled"),
        ("Canceled in favour of a more recent deploy", "superseded"),
        ("", ""),
        ("Build script returned non-zero exit code: 1", ""),
        ("Failed: a newer build was cancelled", ""),
    ],
)
def test_cancellation_is_read_from_its_words(text: str, outcome: str) -> None:
    assert cancellation_in(text) == outcome
