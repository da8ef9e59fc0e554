"""The generic normaliser: a type and a notice from any sender's plain words."""

from typing import Any

import pytest

from lambdas.contracts.event import Notice
from tests.unit.lambdas.ingest.normalised import normalised


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
def test_native_type_becomes_an_event_type(native: str, kind: str) -> None:
    assert normalised("standard-webhooks", {}, native).type == kind


def test_notice_is_taken_from_body_or_from_type() -> None:
    said = {
        "title": "T",
        "message": "M",
        "url": "https://x.example",
        "severity": "ERROR",
        "fields": {"a": 1, "b": []},
    }
    notice = normalised("token", said, "").notice
    assert notice == Notice(title="T", text="M", url="https://x.example", severity="error", fields={"a": "1"})
    assert (
        normalised("standard-webhooks", {}, "user.created").notice.title == "Standard webhooks: user created"
    )


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x", "//x", "https://" + "x" * 3000])
def test_url_that_no_browser_opens_is_left_out(url: str) -> None:
    assert normalised("token", {"title": "T", "url": url}, "").notice.url == ""


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
def test_topic_is_the_subject(said: dict[str, Any], subject: str) -> None:
    assert normalised("token", said, "").subject == subject
