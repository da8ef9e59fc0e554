"""GitHub: deployments, workflow runs, and whatever else it sends."""

import json
from typing import Any

import pytest

from lambdas.contracts.event_types import EVENT_TYPES
from tests.unit.lambdas.ingest.normalised import normalised


@pytest.mark.parametrize(
    ("native", "payload", "kind"),
    [
        (
            "workflow_run",
            {"action": "completed", "workflow_run": {"conclusion": "success", "display_title": "?"}},
            "build.succeeded",
        ),
        (
            "deployment_status",
            {"deployment_status": {"state": "success"}, "deployment": {"description": "?"}},
            "deploy.succeeded",
        ),
        (
            "deployment_status",
            {"deployment_status": {"state": "failure", "description": "?"}, "deployment": {}},
            "deploy.failed",
        ),
    ],
)
def test_correlation_is_taken_from_the_workflow(native: str, payload: Any, kind: str) -> None:
    told = json.loads(json.dumps(payload).replace("?", "News [jamwire:0a1b2c3d4e5f]"))
    draft = normalised("github", told, native)
    assert (draft.type, draft.correlation) == (kind, "0a1b2c3d4e5f")


@pytest.mark.parametrize(
    ("native", "payload", "kind"),
    [
        (
            "issues",
            {"action": "opened", "issue": {"html_url": "https://github.com/a/b/issues/1"}},
            "github.issues.opened",
        ),
        ("ping", {"zen": "Keep it logically awesome."}, "github.ping"),
        ("push", {"deleted": True}, "github.push"),
        ("release", {"action": "edited"}, "github.release.edited"),
        (
            "workflow_run",
            {"action": "completed", "workflow_run": {"conclusion": "unheard-of"}},
            "github.workflow_run.completed",
        ),
        ("deployment_status", {"deployment_status": {"state": "inactive"}}, "github.deployment_status"),
    ],
)
def test_unknown_event_keeps_native_type(native: str, payload: Any, kind: str) -> None:
    draft = normalised("github", {"repository": {"full_name": "a/b"}, **payload}, native)
    assert draft.type == kind
    assert draft.notice.title.startswith("a/b: ")


@pytest.mark.parametrize(
    ("native", "payload", "title"),
    [
        ("ping", {"zen": "Speak like a human."}, "Ping"),
        ("organization", {"action": "member_added"}, "Organization member added"),
        ("push", {"ref": "refs/heads/Trunk", "commits": [{}]}, "1 commit to Trunk"),
    ],
)
def test_title_without_a_repository_is_what_happened(native: str, payload: Any, title: str) -> None:
    assert normalised("github", payload, native).notice.title == title


@pytest.mark.parametrize("state", ["success", "failure", "error", "pending"])
def test_deployment_state_is_a_deploy(state: str) -> None:
    draft = normalised("github", {"deployment_status": {"state": state}}, "deployment_status")
    assert draft.type in EVENT_TYPES
