"""What the senders' own words become: one vocabulary and a notice that any channel can show."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import Event, Notice
from lambdas.contracts.event_types import EVENT_TYPES
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.source import Draft, VerifiedRequest
from tests.unit.lambdas.ingest.test_ingest import a_world, sample

TOLD = {
    "netlify/deploy-started": ("deploy.started", "info", "docs: deploy started"),
    "netlify/deploy-succeeded": ("deploy.succeeded", "success", "docs: deployed"),
    "netlify/deploy-failed": ("deploy.failed", "error", "docs: deploy failed"),
    "netlify/form-submitted": ("form.submitted", "info", "New submission: contact"),
    "github/push": ("code.pushed", "info", "acme/docs: 2 commits to main"),
    "github/release": ("release.published", "info", "acme/docs: released 1.2.0"),
    "github/deployment-status": ("deploy.failed", "error", "acme/docs: deploy to production failed"),
    "github/workflow-failed": ("build.failed", "error", "acme/docs: tests failed"),
    "standard-webhooks/content-published": ("content.published", "info", "Summer timetable"),
    "hmac/content-published": ("content.published", "info", "Summer timetable"),
    "token/notice": ("notice.sent", "warning", "Line 12 is diverted"),
    "token/critical": ("notice.sent", "critical", "The timetable is wrong"),
    "token/late": ("notice.sent", "info", "Line 12 is late"),
}


def normalised(source: str, native_type: str, payload: Any) -> Draft:
    entry = CATALOGUE[source]
    return entry.normalise(entry, VerifiedRequest(native_type, payload))


@pytest.mark.parametrize(("label", "told"), TOLD.items(), ids=TOLD.keys())
def test_a_sample_is_told_as(label: str, told: tuple[str, str, str]) -> None:
    event = a_world().accept(sample(label))
    assert (event.type, event.notice.severity, event.notice.title) == told
    assert event.type in EVENT_TYPES


def test_a_failed_deploy_says_why_and_leads_to_its_log() -> None:
    notice = a_world().accept(sample("netlify/deploy-failed")).notice
    assert notice.text == "Build script returned non-zero exit code: 1"
    assert notice.url == "https://app.netlify.com/sites/docs/deploys/1"
    assert notice.fields == {"Branch": "main", "Context": "production", "Commit": "9c1d5f0", "Seconds": "42"}


def test_a_deploy_that_is_live_leads_to_the_site() -> None:
    assert a_world().accept(sample("netlify/deploy-succeeded")).notice.url == "https://docs.example.com"


def test_a_preview_leads_to_itself() -> None:
    deploy = {"state": "ready", "context": "deploy-preview", "deploy_ssl_url": "https://x--docs.netlify.app"}
    draft = normalised("netlify", "deploy_created", deploy | {"ssl_url": "https://docs.example.com"})
    assert draft.notice.url == "https://x--docs.netlify.app"


def test_a_form_shows_what_the_visitor_wrote_and_not_where_they_sat() -> None:
    fields = a_world().accept(sample("netlify/form-submitted")).notice.fields
    assert fields["message"] == "When does line 12 run on Sundays?"
    assert not {"ip", "user_agent", "referrer"} & set(fields)


def test_the_signed_body_is_believed_before_the_unsigned_header() -> None:
    assert normalised("netlify", "deploy_created", {"state": "error"}).type == "deploy.failed"


def test_a_deploy_gives_back_the_correlation_of_its_title() -> None:
    deploy = {"state": "ready", "title": "News “[jamwire:ffffffffffff]” published [jamwire:0a1b2c3d4e5f]"}
    assert normalised("netlify", "deploy_created", deploy).correlation == "0a1b2c3d4e5f"
    assert normalised("netlify", "deploy_created", {"state": "ready", "title": None}).correlation == ""


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
def test_github_gives_back_the_correlation_that_a_workflow_passes_on(
    native: str, payload: Any, kind: str
) -> None:
    told = json.loads(json.dumps(payload).replace("?", "News [jamwire:0a1b2c3d4e5f]"))
    draft = normalised("github", native, told)
    assert (draft.type, draft.correlation) == (kind, "0a1b2c3d4e5f")


@pytest.mark.parametrize("action", ["locked", "unlocked", "deleted"])
def test_what_only_netlifys_header_tells_is_taken_from_it(action: str) -> None:
    assert normalised("netlify", f"deploy_{action}", {"state": "ready"}).type == f"deploy.{action}"


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
            {"action": "completed", "workflow_run": {"conclusion": "skipped"}},
            "github.workflow_run.completed",
        ),
        ("deployment_status", {"deployment_status": {"state": "inactive"}}, "github.deployment_status"),
    ],
)
def test_what_the_vocabulary_lacks_keeps_githubs_words(native: str, payload: Any, kind: str) -> None:
    draft = normalised("github", native, {"repository": {"full_name": "a/b"}, **payload})
    assert draft.type == kind
    assert draft.notice.title.startswith("a/b: ")


@pytest.mark.parametrize("state", ["success", "failure", "error", "pending"])
def test_a_deployments_state_is_a_deploy(state: str) -> None:
    draft = normalised("github", "deployment_status", {"deployment_status": {"state": state}})
    assert draft.type in EVENT_TYPES


@pytest.mark.parametrize(
    ("native", "kind"),
    [
        ("deploy.failed", "deploy.failed"),
        ("Invoice Paid!", "standard-webhooks.invoice-paid"),
        ("user.created", "standard-webhooks.user.created"),
        ("", "standard-webhooks.received"),
        ("…", "standard-webhooks.received"),
        ("x" * 1000, "standard-webhooks." + "x" * 100),
    ],
)
def test_any_native_type_becomes_a_type(native: str, kind: str) -> None:
    assert normalised("standard-webhooks", native, {}).type == kind


def test_a_notice_is_taken_from_plain_words_and_made_up_where_there_are_none() -> None:
    said = {
        "title": "T",
        "message": "M",
        "url": "https://x.example",
        "severity": "ERROR",
        "fields": {"a": 1, "b": []},
    }
    notice = normalised("token", "", said).notice
    assert notice == Notice(title="T", text="M", url="https://x.example", severity="error", fields={"a": "1"})
    assert (
        normalised("standard-webhooks", "user.created", {}).notice.title == "Standard webhooks: user created"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "//x", "https://" + "x" * 3000])
def test_what_a_person_cannot_open_is_no_link(url: str) -> None:
    assert normalised("token", "", {"title": "T", "url": url}).notice.url == ""


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ({"topic": "line-12"}, "line-12"),
        ({"data": {"topic": " line-12 "}}, "line-12"),
        ({"topic": "line-12", "subject": "x"}, "line-12"),
        ({"subject": "x"}, "x"),
        ({"topic": 12}, ""),
    ],
)
def test_a_topic_is_what_a_notice_is_about(said: dict[str, Any], subject: str) -> None:
    assert normalised("token", "", said).subject == subject


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "action",
                    "state",
                    "repository",
                    "full_name",
                    "release",
                    "data",
                    "title",
                    "fields",
                    "paths",
                    "form_id",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)
natives = st.text(max_size=10) | st.sampled_from(
    ["push", "release", "deployment_status", "workflow_run", "deploy_failed"]
)


@pytest.mark.parametrize("source", CATALOGUE)
@given(native=natives, payload=json_values)
def test_whatever_is_verified_becomes_an_event(source: str, native: str, payload: Any) -> None:
    draft = normalised(source, native, payload)
    event = Event(id="1", source="/endpoints/x", type=draft.type, time="t", notice=draft.notice, body=payload)
    assert Event.from_json(event.to_json()).notice.title
