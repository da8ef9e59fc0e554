"""Samples of hosts of sites: builds and deploys."""

from collections.abc import Mapping
from typing import Any, Final

from jamwire.samples.sample import Sample


def _netlify(state: str, event: str, description: str, **changes: Any) -> Sample:
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
    return Sample("netlify", description, body | changes, {"x-netlify-event": event})


_NETLIFY_FORM: Final = Sample(
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

_VERCEL: Final[Mapping[str, Any]] = {
    "id": "{fresh}",
    "type": "deployment.succeeded",
    "createdAt": 1700000000000,
    "payload": {
        "target": "production",
        "deployment": {
            "id": "dpl_{fresh}",
            "name": "docs",
            "url": "docs-{fresh}.vercel.app",
            "meta": {"githubCommitRef": "main", "githubCommitMessage": "Add the summer timetable"},
        },
        "links": {"deployment": "https://vercel.com/acme/docs/{fresh}"},
    },
}

_CLOUDFLARE: Final = {
    "name": "Pages deploys",
    "text": "The deploy of docs failed.",
    "alert_type": "pages_event_alert",
    "data": {
        "event": "EVENT_DEPLOYMENT_FAILED",
        "project_name": "docs",
        "environment": "ENVIRONMENT_PRODUCTION",
        "branch": "main",
        "deployment_id": "{fresh}",
    },
}

_AMPLIFY: Final = {
    "id": "{fresh}",
    "source": "aws.amplify",
    "detail-type": "Amplify Deployment Status Change",
    "region": "us-east-1",
    "detail": {"appId": "d2example", "branchName": "main", "jobId": "{fresh}", "jobStatus": "SUCCEED"},
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
    "netlify/deploy-cancelled": _netlify(
        "error",
        "deploy_failed",
        "a build was not made, since nothing had changed",
        error_message="Canceled build due to no content change",
    ),
    "netlify/preview-succeeded": _netlify(
        "ready",
        "deploy_created",
        "a deploy preview is ready",
        context="deploy-preview",
        branch="dark-mode",
    ),
    "netlify/preview-failed": _netlify(
        "error",
        "deploy_failed",
        "a deploy preview failed",
        context="deploy-preview",
        branch="dark-mode",
        error_message="Build script returned non-zero exit code: 1",
    ),
    "netlify/form-submitted": _NETLIFY_FORM,
    "vercel/deploy-succeeded": Sample("vercel", "a deploy is live", _VERCEL),
    "vercel/deploy-cancelled": Sample(
        "vercel", "a deploy was cancelled", {**_VERCEL, "type": "deployment.canceled"}
    ),
    "vercel/preview-succeeded": Sample(
        "vercel", "a preview is ready", {**_VERCEL, "payload": {**_VERCEL["payload"], "target": None}}
    ),
    "cloudflare/deploy-failed": Sample("cloudflare", "a deploy failed", _CLOUDFLARE),
    "amplify/deploy-succeeded": Sample("amplify", "a deploy is live", _AMPLIFY),
}
