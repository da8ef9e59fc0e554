"""The rulebook as shipped: who hears what, and what must not change unseen."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from jamwire.local.cdk import CONTEXT
from tests.unit.stacks.rulebook import ROOT, resources, shipped, synthesise_app

STATEFUL = {
    "AWS::SNS::Topic",
    "AWS::SQS::Queue",
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
    "AWS::S3::Bucket",
}
STACKS = (
    "Jamwire-Hub",
    "Jamwire-Slack",
    "Jamwire-Sms",
    "Jamwire-DemoSite",
    "Jamwire-Rebuild",
    "Jamwire-Cdn",
    "Jamwire-Story",
    "Jamwire-Archive",
    "Jamwire-Live",
    "Jamwire-Audience",
    "Jamwire-Alarms",
    "Jamwire-Dashboard",
)

SILENT = {"Jamwire-Hub", "Jamwire-DemoSite", "Jamwire-Dashboard"}
"""Those that subscribe to nothing."""

FEEDBACK = ("bounces and complaints", "answers to text messages")
"""What the audience hears of beside the hub's events."""


def hears(stack: str) -> Any:
    [subscription] = resources(shipped()[f"Jamwire-{stack}"], "AWS::SNS::Subscription")
    return subscription["FilterPolicy"]


def test_the_stacks_are_named_after_the_deployment() -> None:
    assert set(shipped()) == set(STACKS)
    staging = synthesise_app(ROOT / "app.py", deployment="Staging")
    assert set(staging) == {name.replace("Jamwire", "Staging") for name in STACKS}


def test_slack_hears_what_people_want_to_know_and_nothing_else() -> None:
    types = [
        "form.submitted",
        {"prefix": "deploy."},
        "preview.failed",
        "release.published",
        "notice.sent",
        {"prefix": "alarm."},
        {"prefix": "endpoint."},
        {"prefix": "site."},
    ]
    assert hears("Slack") == {"type": types}


def test_text_messages_are_sent_for_failed_deploys_and_whatever_is_critical() -> None:
    critical = {"data": {"notice": {"severity": ["critical"]}}}
    assert hears("Sms") == {"$or": [{"type": ["deploy.failed"]}, critical]}


BUILDS = [
    "deploy.succeeded",
    "deploy.failed",
    "build.succeeded",
    "build.failed",
    "deploy.cancelled",
    "build.cancelled",
]


def test_a_build_is_ordered_for_changes_of_content_and_its_end_is_heard() -> None:
    assert hears("Rebuild") == {"type": [{"prefix": "content."}, "deploy.started", *BUILDS]}


def test_the_cdn_is_purged_after_deploys_and_of_content_when_it_is_deployed() -> None:
    assert hears("Cdn") == {
        "type": [
            "deploy.succeeded",
            {"prefix": "content."},
            "build.requested",
            "deploy.started",
            "build.succeeded",
            "build.failed",
        ]
    }


def test_the_story_is_made_of_all_steps_from_the_build_on() -> None:
    assert hears("Story") == {
        "type": ["build.requested", "deploy.started", *BUILDS, "cdn.invalidated", "pages.notified"]
    }


def test_visitors_are_told_of_deploys_invalidations_and_notices() -> None:
    assert hears("Live") == {"type": ["deploy.succeeded", "cdn.invalidated", {"prefix": "notice."}]}


def test_followers_are_told_of_notices_and_of_what_is_new_on_the_site() -> None:
    [subscription] = [
        each
        for each in resources(shipped()["Jamwire-Audience"], "AWS::SNS::Subscription")
        if "FilterPolicy" in each
    ]
    assert subscription["FilterPolicy"] == {"type": [{"prefix": "notice."}, "site.published"]}


def test_without_a_site_there_is_no_audience() -> None:
    assert "Jamwire-Audience" not in synthesise_app(ROOT / "app.py", site_url="")


def test_without_numbers_there_are_no_text_messages() -> None:
    assert "Jamwire-Sms" not in synthesise_app(ROOT / "app.py", phone_numbers="")


def test_the_shipped_context_names_nobody() -> None:
    shipped_context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert [shipped_context[name] for name in CONTEXT] == [""] * len(CONTEXT)


@pytest.mark.parametrize(
    "changes", [{}, {"alarm_email": "oncall@example.com"}], ids=["local", "with an e-mail"]
)
def test_every_subscription_has_a_scope_that_stays(changes: dict[str, str]) -> None:
    templates = synthesise_app(ROOT / "app.py", **changes).values()
    subscriptions = [s for template in templates for s in resources(template, "AWS::SNS::Subscription")]
    assert len(subscriptions) == len(STACKS) - len(SILENT) + len(FEEDBACK) + len(changes)
    assert {s.get("FilterPolicyScope") for s in subscriptions} == {"MessageAttributes", "MessageBody"}


def test_with_a_distribution_of_ones_own_there_is_no_demonstration() -> None:
    assert "Jamwire-DemoSite" not in synthesise_app(ROOT / "app.py", distributions="E2QWRUHAPOMQZL")


@pytest.mark.parametrize("stack", STACKS)
def test_logical_ids_of_what_holds_state_are_kept(stack: str, snapshot: SnapshotAssertion) -> None:
    document = shipped()[stack]["Resources"]
    assert {id: r["Type"] for id, r in document.items() if r["Type"] in STATEFUL} == snapshot


@pytest.mark.parametrize("stack", STACKS)
def test_templates_change_only_on_purpose(stack: str, snapshot: SnapshotAssertion) -> None:
    assert masked(shipped()[stack]) == snapshot


def masked(value: Any) -> Any:
    """A template without what changes by itself: the digests of assets, and the month in which a key ends."""
    if isinstance(value, dict):
        return dict(_masked_items(value))
    if isinstance(value, list):
        return [masked(item) for item in value]
    return re.sub(r"[0-9a-f]{64}", "<digest>", value) if isinstance(value, str) else value


def _masked_items(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, item in value.items():
        if key not in ("Metadata", "CDKMetadata", "Parameters", "Rules", "Conditions"):
            known = "<month>" if key == "Expires" else masked(item)
            yield re.sub(r"[0-9a-f]{32,}", "<digest>", key), known
