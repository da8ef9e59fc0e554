"""Every source: its samples become events of one vocabulary, and any payload an event."""

import codecs
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.signing import sign
from lambdas.contracts.event import Event
from lambdas.contracts.event_types import EVENT_TYPES
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.schemes.tokens import BodyToken
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.every_source import PAIRS, SENT, harness_of_every_source, sample
from tests.unit.lambdas.ingest.normalised import normalised

TOLD = {
    "netlify/deploy-started": ("deploy.started", "info", "docs: deploy started"),
    "netlify/deploy-succeeded": ("deploy.succeeded", "success", "docs: deployed"),
    "netlify/deploy-failed": ("deploy.failed", "error", "docs: deploy failed"),
    "netlify/deploy-cancelled": ("deploy.cancelled", "info", "docs: deploy cancelled"),
    "netlify/preview-succeeded": ("preview.succeeded", "info", "docs: deployed (deploy-preview)"),
    "netlify/preview-failed": ("preview.failed", "warning", "docs: deploy failed (deploy-preview)"),
    "vercel/deploy-cancelled": ("deploy.cancelled", "info", "docs: deploy cancelled"),
    "vercel/preview-succeeded": ("preview.succeeded", "info", "docs: deployed"),
    "github/workflow-cancelled": ("build.cancelled", "info", "acme/docs: deploy cancelled"),
    "github/preview-deployed": (
        "preview.succeeded",
        "info",
        "acme/docs: deploy to Preview succeeded",
    ),
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


@pytest.mark.parametrize(("label", "told"), TOLD.items(), ids=TOLD.keys())
def test_sample_has_type_severity_and_title(label: str, told: tuple[str, str, str]) -> None:
    event = harness_of_every_source().accept(sample(label))
    assert (event.type, event.notice.severity, event.notice.title) == told
    assert event.type in EVENT_TYPES


@pytest.mark.parametrize("label", [label for label in SENT if not SAMPLES[label].form])
def test_byte_order_mark_changes_no_notice(label: str) -> None:
    plain, harness = sample(label), harness_of_every_source()
    source = CATALOGUE[SAMPLES[label].source]
    secret, _ = PAIRS[source.name]
    marked = replace(plain, body=codecs.BOM_UTF8 + plain.body)
    if not isinstance(source.scheme, BodyToken):  # its secret is in the body already
        marked = sign(source.scheme, secret, marked, now=NOW, delivery_id="msg_2")
    assert marked.body.startswith(codecs.BOM_UTF8)
    assert harness.accept(marked).notice == harness.accept(plain).notice


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
def test_any_verified_payload_becomes_an_event(source: str, native: str, payload: Any) -> None:
    draft = normalised(source, payload, native)
    event = Event(id="1", source="/endpoints/x", type=draft.type, time="t", notice=draft.notice, body=payload)
    assert Event.from_json(event.to_json()).notice.title
