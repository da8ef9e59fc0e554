"""The generic normaliser: a type and a notice from any sender's plain words."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import Notice
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.generic import web_address
from lambdas.ingest.normalisers.values import MAX_FIELDS
from tests.unit.lambdas.ingest.normalised import normalised

PLAIN = [
    name for name in CATALOGUE if CATALOGUE[name].normalise in (generic.normalise, generic.normalise_message)
]
"""The sources whose senders say a notice in plain words."""


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


@pytest.mark.parametrize(("more", "is_kept"), [(0, True), (1, False)])
def test_address_is_whole_or_none(more: int, is_kept: bool) -> None:
    url = "https://x.example/".ljust(generic.MAX_URL_LENGTH + more, "x")
    assert web_address(url) == (url if is_kept else "")


@pytest.mark.parametrize("more", [0, 1, 2])
def test_fields_are_shown_as_long_as_there_is_room(more: int) -> None:
    said = {"title": "T", "fields": {f"f{n}": n for n in range(MAX_FIELDS + more)}}
    shown = normalised("token", said, "").notice.fields
    assert len(shown) == MAX_FIELDS
    assert shown.get("…") == (f"{more + 1} more" if more else None)


@pytest.mark.parametrize("source", PLAIN)
@pytest.mark.parametrize(
    ("said", "title", "text"),
    [
        ({"title": 2026, "text": 21.5}, "2026", "21.5"),
        ({"title": -0.25, "message": 10**20}, "-0.25", "1" + "0" * 20),
        ({"title": True, "text": False}, "true", "false"),
        ({"title": ["Line 12", 7], "text": [1, [2]]}, "Line 12, 7", "1, 2"),
        ({"title": {"en": "Late"}, "text": None}, "Late", ""),
        ({"data": {"title": 0}}, "0", ""),
    ],
)
def test_what_is_no_text_is_read_as_one(source: str, said: dict[str, Any], title: str, text: str) -> None:
    notice = normalised(source, said, "notice.sent").notice
    assert (notice.title, notice.text) == (title, text)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False))
def test_number_keeps_its_value(number: float) -> None:
    assert json.loads(normalised("token", {"title": number}, "").notice.title) == number


def test_number_of_an_applet_is_read() -> None:
    notice = normalised("ifttt", {"value1": 2026, "value2": 21.5}, "").notice
    assert (notice.title, notice.text) == ("2026", "21.5")


def test_fields_of_every_kind_are_shown() -> None:
    fields = {"Open": True, "Lines": [12, "14"], "Seats": 3.5, "Stop": {"id": 7, "name": "Mill"}, "Empty": []}
    shown = normalised("token", {"title": "T", "fields": fields}, "").notice.fields
    assert shown == {"Open": "true", "Lines": "12, 14", "Seats": "3.5", "Stop": "Mill"}


def test_fields_that_are_too_many_are_counted() -> None:
    said = {"title": "T", "fields": {f"f{n}": n for n in range(60)}}
    shown = normalised("token", said, "").notice.fields
    assert (len(shown), shown["f48"], shown["…"]) == (50, "48", "11 more")


@pytest.mark.parametrize(
    ("said", "severity"),
    [
        *((word, "info") for word in ("Info", "notice", "DEBUG", "informational")),
        *((word, "success") for word in ("ok", "Succeeded", "resolved")),
        *((word, "warning") for word in ("Warn", "warning.", "[WARN]", "minor")),
        *((word, "error") for word in ("err", "ERROR", "Major", "failed")),
        *((word, "critical") for word in ("critical!", "fatal", "CRIT", "emerg", "Alert", "panic")),
    ],
)
def test_severity_of_another_vocabulary_is_the_nearest(said: str, severity: str) -> None:
    notice = normalised("token", {"title": "T", "severity": said}, "").notice
    assert (notice.severity, notice.fields) == (severity, {})


@pytest.mark.parametrize("said", ["terrible", "Stufe 3", "P1", 3, "schlimm!"])
def test_unknown_severity_is_shown_as_it_was_said(said: Any) -> None:
    fields = {"Line": "12", "Severity": "x"}
    notice = normalised("token", {"title": "T", "severity": said, "fields": fields}, "").notice
    assert (notice.severity, notice.fields) == ("info", {**fields, "Severity (2)": str(said)})


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ("https://x.example/a\r\nb", "https://x.example/ab"),
        (" \thttps://x.example/\n", "https://x.example/"),
        ("HTTPS://x.example", "HTTPS://x.example"),
        ("https://x.example/a b", "https://x.example/a%20b"),
        ("https://x.example/\x00\u202e\u200b", "https://x.example/%00%E2%80%AE%E2%80%8B"),
        ("https://x.example/\ud800", "https://x.example/%3F"),
        ("https://x.example/münchen", "https://x.example/münchen"),
        *(
            (bad, "")
            for bad in ("https://", "https:///path", "http://[::1", "https://x\x00.example", "https://a b")
        ),
    ],
)
def test_address_has_nothing_that_nobody_sees(said: str, url: str) -> None:
    assert normalised("token", {"title": "T", "url": said}, "").notice.url == url


@given(st.text())
def test_any_address_is_printable_or_none(text: str) -> None:
    url = web_address(f"https://x.example/{text}")
    assert url.isprintable()
    assert " " not in url


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ({"topic": "line-12"}, "line-12"),
        ({"data": {"topic": " line-12 "}}, "line-12"),
        ({"topic": "line-12", "subject": "x"}, "line-12"),
        ({"subject": "x"}, "x"),
        ({"topic": 12}, "12"),
        ({"topic": None, "subject": 12.5}, "12.5"),
    ],
)
def test_topic_is_the_subject(said: dict[str, Any], subject: str) -> None:
    assert normalised("token", said, "").subject == subject
