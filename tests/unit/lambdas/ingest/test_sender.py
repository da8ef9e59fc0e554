"""What an event keeps of its sender's words, and which of them is believed."""

from typing import Any

import pytest

from jamwire.samples.signing import sign
from lambdas.ingest.catalogue import CATALOGUE
from tests.fakes.ingest import NOW, SECRET, IngestHarness, a_request
from tests.unit.lambdas.ingest.every_source import harness_of_every_source
from tests.unit.lambdas.ingest.repeated import KEY, Sent, told


def test_event_keeps_its_senders_words_and_no_credential() -> None:
    harness = harness_of_every_source()
    long = "9" * 1000
    sender = told(
        harness, "github/push", Sent(headers={"x-github-delivery": long, "cookie": "c", "x-other": "o"})
    ).sender
    assert (sender.type, sender.identity) == ("push", "body")
    assert sender.headers == {"x-github-event": "push", "x-github-delivery": long[:256]}
    named = told(harness, "token/notice", KEY).sender
    assert (named.headers, named.identity) == ({"idempotency-key": "k-1"}, "header idempotency-key")


@pytest.mark.parametrize("source", CATALOGUE)
def test_kept_headers_are_no_credentials(source: str) -> None:
    words = ("auth", "secret", "signature", "cookie", "token=", "password")
    headers = CATALOGUE[source].headers
    assert all(name == name.lower() for name in headers)
    assert not [name for name in headers if any(word in name for word in words)]
    assert getattr(CATALOGUE[source].scheme, "header", "") not in headers


GITHUB: dict[str, tuple[str, Any, str]] = {
    "a star that says it is a push": ("push", {"action": "created"}, "github.created"),
    "a push that says it is a star": (
        "star",
        {"ref": "refs/heads/main", "commits": [], "after": "a"},
        "code.pushed",
    ),
    "a finished job": (
        "workflow_job",
        {"action": "completed", "workflow_job": {}, "workflow_run": {}},
        "github.workflow_job.completed",
    ),
    "a deployment of a run": (
        "deployment",
        {"action": "created", "deployment": {}, "workflow_run": {}},
        "github.deployment.created",
    ),
}


@pytest.mark.parametrize(("named", "body", "event_type"), GITHUB.values(), ids=GITHUB.keys())
def test_githubs_body_is_believed_before_its_header(named: str, body: Any, event_type: str) -> None:
    harness = IngestHarness({"code": "github"})
    scheme = CATALOGUE["github"].scheme
    request = a_request("code", body, x_github_event=named)
    assert harness.accept(sign(scheme, SECRET, request, now=NOW, delivery_id="")).type == event_type
