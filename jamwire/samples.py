"""Samples of what the senders send: to try a rulebook, and to test a deployment after a deploy."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from jamwire.signing import sign
from lambdas.ingest.schemes import Scheme


@dataclass(frozen=True, slots=True)
class Sample:
    """One thing that a source may send.

    Attributes:
        source: The source's name in the catalogue.
        says: What it is, in a few words.
        body: The body; the text ``{fresh}`` in it is replaced, so that two samples are two events.
        headers: What goes with it beside the signature.
    """

    source: str
    says: str
    body: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def build_request(
    sample: Sample, scheme: Scheme, secret: str, *, now: float, fresh: str, tamper: bool = False
) -> tuple[dict[str, str], bytes]:
    """The headers and the body of a signed sample.

    Args:
        sample: Which one.
        scheme: The endpoint's scheme.
        secret: One of the endpoint's secrets.
        now: Unix time in seconds.
        fresh: Makes this sample an event of its own.
        tamper: Whether to change the body after signing, or the token where nothing is signed.
    """
    body = json.dumps(sample.body, separators=(",", ":")).replace("{fresh}", fresh).encode()
    signature = sign(scheme, f"{secret}x" if tamper else secret, body, now=now, delivery_id=f"msg_{fresh}")
    headers = {"content-type": "application/json", **sample.headers, **signature}
    return headers, body + b" " if tamper else body


def _netlify(state: str, event: str, says: str, **changes: Any) -> Sample:
    body = {
        "id": "{fresh}",
        "site_id": "6f2ad239-fce7-4b54-81fe-873d4fcf5c78",
        "state": state,
        "name": "docs",
        "url": "http://docs.example.com",
        "ssl_url": "https://docs.example.com",
        "admin_url": "https://app.netlify.com/sites/docs",
        "deploy_ssl_url": "https://{fresh}--docs.netlify.app",
        "branch": "main",
        "context": "production",
        "commit_ref": "9c1d5f0be4a7c28d3a6b1e0f7d2c4b5a69788fed",
        "title": "Add the summer timetable",
        "error_message": None,
        "deploy_time": 42,
        "log_access_attributes": {"type": "firebase", "token": "a-credential-that-must-stay-here"},
    }
    return Sample("netlify", says, body | changes, {"x-netlify-event": event})


def _github(event: str, says: str, **body: Any) -> Sample:
    repository = {"full_name": "acme/docs", "html_url": "https://github.com/acme/docs"}
    return Sample(
        "github",
        says,
        {"delivery": "{fresh}", "repository": repository, "sender": {"login": "ada"}, **body},
        {"x-github-event": event, "x-github-delivery": "00000000-0000-4000-8000-000000000000"},
    )


_FORM: Final = Sample(
    "netlify",
    "a visitor's form",
    {
        "id": "{fresh}",
        "form_id": "5b64d77c02ed83730664c2f6",
        "form_name": "contact",
        "site_url": "https://docs.example.com",
        "created_at": "2026-11-23T12:00:00Z",
        "data": {
            "name": "Ada Lovelace",
            "email": "ada@example.com",
            "message": "When does line 12 run on Sundays?",
            "ip": "192.0.2.1",
            "user_agent": "Mozilla/5.0",
        },
    },
    {"x-netlify-event": "submission_created"},
)
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
_PUBLISHED: Final = {
    "type": "content.published",
    "timestamp": "2026-11-23T12:00:00Z",
    "data": {
        "id": "{fresh}",
        "title": "Summer timetable",
        "url": "https://docs.example.com/news/summer",
        "paths": ["/news/summer", "/news/"],
    },
}

SAMPLES: Final[Mapping[str, Sample]] = {
    "netlify/deploy-started": _netlify("building", "deploy_building", "a deploy begins"),
    "netlify/deploy-succeeded": _netlify("ready", "deploy_created", "a deploy is live"),
    "netlify/deploy-failed": _netlify(
        "error",
        "deploy_failed",
        "a deploy failed",
        error_message="Build script returned non-zero exit code: 1",
    ),
    "netlify/form-submitted": _FORM,
    "github/push": _github(
        "push",
        "commits were pushed",
        ref="refs/heads/main",
        after="9c1d5f0be4a7c28d3a6b1e0f7d2c4b5a69788fed",
        compare="https://github.com/acme/docs/compare/a...b",
        commits=[{}, {}],
        head_commit={"message": "Add the summer timetable"},
        pusher={"name": "ada"},
    ),
    "github/release": _github("release", "a release is out", action="published", release=_RELEASE),
    "github/deployment-status": _github(
        "deployment_status",
        "a deployment failed",
        action="created",
        deployment={"id": 1, "ref": "main", "environment": "production"},
        deployment_status={
            "state": "failure",
            "environment": "production",
            "description": "Timed out ({fresh})",
        },
    ),
    "github/workflow-failed": _github(
        "workflow_run", "a workflow failed", action="completed", workflow_run=_RUN
    ),
    "standard-webhooks/content-published": Sample("standard-webhooks", "a CMS published a page", _PUBLISHED),
    "hmac/content-published": Sample("hmac", "a CMS published a page", _PUBLISHED),
    "token/notice": Sample(
        "token",
        "a message to people",
        {"title": "Line 12 is diverted", "text": "Until Sunday. ({fresh})", "severity": "warning"},
    ),
    "token/critical": Sample(
        "token",
        "a message that wakes people",
        {
            "title": "The timetable is wrong",
            "text": "All departures are an hour off. ({fresh})",
            "severity": "critical",
        },
    ),
}
"""Samples by name: ``<source>/<what happened>``."""
