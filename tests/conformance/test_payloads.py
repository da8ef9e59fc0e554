"""Real payloads become events of the vocabulary, and credentials in them stay in ingest."""

import json
from pathlib import Path

import pytest

from jamwire.signing import sign
from lambdas.event import Event
from lambdas.ingest.request import Request
from lambdas.ingest.sources import CATALOGUE
from lambdas.ingest.sources.source import VOCABULARY
from tests.conformance.vectors import needed, payloads
from tests.unit.ingest.world import NOW, SECRET, World

NETLIFY = {
    "deploy_building.json": "deploy.started",
    "deploy_created.json": "deploy.succeeded",
    "deploy_created.signed.json": "deploy.succeeded",
    "deploy_failed.json": "deploy.failed",
    "deploy_locked.json": "deploy.locked",
    "deploy_unlocked.json": "deploy.unlocked",
    "submission_created.redacted.json": "form.submitted",
}
GITHUB_IN_THE_VOCABULARY = {
    "push.payload.json": "github.push",  # a tag was deleted
    "push.1.payload.json": "github.push",
    "push.with-new-branch.payload.json": "code.pushed",
    "push.with-no-username-committer.payload.json": "code.pushed",
    "release.published.payload.json": "release.published",
    "deployment_status.payload.json": "deploy.succeeded",
    "workflow_run.completed.payload.json": "build.succeeded",
}


def event_of(source: str, file: Path, native_header: str, native: str) -> Event:
    body = file.read_bytes()
    headers = sign(CATALOGUE[source].scheme, SECRET, body, now=NOW, delivery_id="msg_1") | {
        native_header: native
    }
    return World({source: source}).accept(Request(endpoint=source, method="POST", headers=headers, body=body))


@needed
@pytest.mark.parametrize("file", payloads("netlify"), ids=lambda file: file.name)
def test_netlifys_payloads(file: Path) -> None:
    event = event_of("netlify", file, "x-netlify-event", file.name.split(".")[0])
    assert event.type == NETLIFY[file.name]
    token = (json.loads(file.read_bytes()).get("log_access_attributes") or {}).get("token")
    assert token is None or token not in event.to_json()


@needed
@pytest.mark.parametrize("file", payloads("github"), ids=lambda file: file.name)
def test_githubs_payloads(file: Path) -> None:
    event = event_of("github", file, "x-github-event", file.name.split(".")[0])
    assert event.type in VOCABULARY or event.type.startswith("github.")
    assert event.type == GITHUB_IN_THE_VOCABULARY.get(file.name, event.type)
    assert event.notice.title
