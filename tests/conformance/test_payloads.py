"""Real payloads become events of the vocabulary, and credentials in them stay in ingest."""

import json
from pathlib import Path

import pytest

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.contracts.event import Event
from lambdas.contracts.event_types import EVENT_TYPES
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.ingest import Refusal
from lambdas.ingest.request import Request
from tests.conformance.vectors import needed, payloads
from tests.fakes.ingest import NOW, IngestHarness

FORM = {"content-type": "application/x-www-form-urlencoded"}
# File → what the header says that comes with it, and the type of the event.
TOLD = {
    "netlify": {
        "deploy_building.json": "deploy.started",
        "deploy_created.json": "deploy.succeeded",
        "deploy_created.signed.json": "deploy.succeeded",
        "deploy_failed.json": "deploy.failed",
        "deploy_locked.json": "deploy.locked",
        "deploy_unlocked.json": "deploy.unlocked",
        "submission_created.redacted.json": "form.submitted",
    },
    "github": {
        "push.payload.json": "github.push",  # a tag was deleted
        "push.1.payload.json": "github.push",
        "push.with-new-branch.payload.json": "code.pushed",
        "push.with-no-username-committer.payload.json": "code.pushed",
        "release.published.payload.json": "release.published",
        "deployment_status.payload.json": "deploy.succeeded",
        "workflow_run.completed.payload.json": "build.succeeded",
        "ping.payload.json": "github.ping",
        "issues.opened.payload.json": "github.issues.opened",
    },
    "gitlab": {
        "push-event.json": "code.pushed",
        "release-event.json": "release.published",
        "pipeline-event.json": "preview.succeeded",  # of a merge request
        "deployment-event.json": "preview.succeeded",  # to staging
        "tag-event.json": "gitlab.tag_push",
        "issue-event.json": "gitlab.issue.open",
    },
    "contentful": {"entry.publish.json": "content.published"},
    "hygraph": {"large-master.json": "hygraph.update"},  # a draft's change
    "stripe": {
        "customer.created.signed.json": "stripe.customer.created",
        "charge_succeeded__card.json": "stripe.charge.succeeded",
    },
    "sendgrid": {"dropped.signed.json": "sendgrid.dropped"},
    "slack": {"slash_command.form": "slack.command"},
    "wordpress": {"publish_page.form": "content.published"},
}
# GitLab's own example says "git_ssh_url" twice, which is two bodies in one.
TWICE_A_KEY = "build-event.json"
NATIVE = {
    "netlify": ("x-netlify-event", lambda file: file.name.split(".")[0]),
    "github": ("x-github-event", lambda file: file.name.split(".")[0]),
    "contentful": ("x-contentful-topic", lambda file: "ContentManagement.Entry.publish"),
}


def event_of(source: str, file: Path) -> Event:
    name, native = NATIVE.get(source, ("x-none", lambda file: ""))
    headers = {name: native(file)} | (FORM if file.suffix == ".form" else {})
    url = f"https://jamwire.example/{source}"
    request = Request(endpoint=source, method="POST", headers=headers, body=file.read_bytes(), url=url)
    signing, verifying = generate_key_pair(CATALOGUE[source].scheme)
    harness = IngestHarness({source: source}, secrets={source: (verifying,)})
    return harness.accept(sign(CATALOGUE[source].scheme, signing, request, now=NOW, delivery_id="msg_1"))


@needed
@pytest.mark.parametrize(
    ("source", "file"),
    [(source, file) for source in TOLD for file in payloads(source)],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_a_real_payload_becomes_an_event(source: str, file: Path) -> None:
    if file.name == TWICE_A_KEY:
        with pytest.raises(Refusal, match="not strict JSON"):
            event_of(source, file)
        return
    event = event_of(source, file)
    assert event.type in EVENT_TYPES or event.type.startswith(f"{source}.")
    assert event.type == TOLD[source].get(file.name, event.type)
    assert event.notice.title


@needed
def test_every_expectation_has_its_payload() -> None:
    for source, files in TOLD.items():
        assert set(files) <= {file.name for file in payloads(source)}


@needed
@pytest.mark.parametrize("file", payloads("netlify"), ids=lambda file: file.name)
def test_netlifys_log_token_stays_in_ingest(file: Path) -> None:
    token = (json.loads(file.read_bytes()).get("log_access_attributes") or {}).get("token")
    assert token is None or token not in event_of("netlify", file).to_json()


@needed
def test_contentfuls_entry_has_title_and_tags() -> None:
    [file] = payloads("contentful")
    notice = event_of("contentful", file).notice
    assert notice.title == "Hello, World! ♥ published"
    assert notice.tags == ("blogPost", "5KsDBWseXY6QegucYAoacS")


@needed
def test_wordpress_page_has_its_path() -> None:
    [file] = payloads("wordpress")
    notice = event_of("wordpress", file).notice
    assert (notice.title, notice.paths) == ("New Blog Page published", ("/",))
