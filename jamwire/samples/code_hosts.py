"""Samples of hosts of code: pushes, releases and pipelines."""

from collections.abc import Mapping
from typing import Any, Final

from jamwire.samples.sample import Sample


def _github(event: str, description: str, **body: Any) -> Sample:
    repository = {"full_name": "acme/docs", "html_url": "https://github.com/acme/docs"}
    return Sample(
        "github",
        description,
        {"delivery": "{fresh}", "repository": repository, "sender": {"login": "ada"}, **body},
        {"x-github-event": event, "x-github-delivery": "00000000-0000-4000-8000-000000000000"},
    )


def _gitlab(source: str) -> Sample:
    project = {"path_with_namespace": "acme/docs", "web_url": "https://gitlab.com/acme/docs"}
    attributes = {
        "id": "{fresh}",
        "ref": "main",
        "status": "failed",
        "url": "https://gitlab.com/acme/docs/-/pipelines/1",
    }
    body = {
        "object_kind": "pipeline",
        "object_attributes": attributes,
        "project": project,
        "user": {"name": "Ada"},
    }
    return Sample(source, "a pipeline failed", body, {"x-gitlab-event": "Pipeline Hook"})


_RUN: Final = {
    "id": 1,
    "name": "tests",
    "conclusion": "failure",
    "head_branch": "main",
    "html_url": "https://github.com/acme/docs/actions/runs/1",
    "actor": {"login": "ada"},
}

_RELEASE: Final = {
    "tag_name": "v1.2.0",
    "name": "1.2.0",
    "body": "Sunday timetables",
    "html_url": "https://github.com/acme/docs/releases/v1.2.0",
    "author": {"login": "ada"},
}

_CANCELLED_RUN: Final = {**_RUN, "name": "deploy", "conclusion": "cancelled"}

_PUSH: Final = {
    "ref": "refs/heads/main",
    "after": "9c1d5f0be4a7c28d3a6b1e0f7d2c4b5a69788fed",
    "compare": "https://github.com/acme/docs/compare/a...b",
    "commits": [{}, {}],
    "head_commit": {"message": "Add the summer timetable"},
    "pusher": {"name": "ada"},
}

_DEPLOYMENT: Final = {
    "action": "created",
    "deployment": {"id": 1, "ref": "main", "environment": "production"},
    "deployment_status": {
        "state": "failure",
        "environment": "production",
        "description": "Timed out ({fresh})",
    },
}

_PREVIEW: Final = {
    "action": "created",
    "deployment": {
        "id": 2,
        "ref": "dark-mode",
        "environment": "Preview",
        "production_environment": False,
        "transient_environment": True,
    },
    "deployment_status": {"state": "success", "environment": "Preview", "description": "Ready ({fresh})"},
}

SAMPLES: Final[Mapping[str, Sample]] = {
    "github/push": _github("push", "commits were pushed", **_PUSH),
    "github/release": _github("release", "a release is out", action="published", release=_RELEASE),
    "github/deployment-status": _github("deployment_status", "a deployment failed", **_DEPLOYMENT),
    "github/workflow-failed": _github(
        "workflow_run", "a workflow failed", action="completed", workflow_run=_RUN
    ),
    "github/workflow-cancelled": _github(
        "workflow_run", "a workflow was cancelled", action="completed", workflow_run=_CANCELLED_RUN
    ),
    "github/preview-deployed": _github("deployment_status", "a preview is deployed", **_PREVIEW),
    "gitlab/pipeline-failed": _gitlab("gitlab"),
    "gitlab-signed/pipeline-failed": _gitlab("gitlab-signed"),
}
