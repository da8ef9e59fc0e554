"""What is pushed of an event."""

import base64
import hashlib
import json
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.audience_push.message import MAX_URL_BYTES, URGENCIES, message_of, push_of
from lambdas.clients.push_encryption import MAX_PLAIN_BYTES
from lambdas.clients.web_push import Urgency
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.contracts.event import SEVERITIES
from lambdas.followers.plan import Told

NOW = 1_800_000_000.0
SITE = SiteOfAudience(name="Harbour Buses", url="https://example.com", locale="en-GB")
TOLD = Told(
    fanout="f" * 32,
    event_id="e1",
    topic="line-12",
    topic_title="Line 12",
    time="2027-01-15T08:00:00.000Z",
    title="The 06:15 is 10 min late",
    text="Road works at the harbour.",
    url="https://example.com/line-12/",
    severity="warning",
)


def read(told: Told) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(message_of(told, SITE))
    return document


def test_message_is_a_declarative_push() -> None:
    assert read(TOLD) == {
        "web_push": 8030,
        "notification": {
            "title": "The 06:15 is 10 min late",
            "body": "Road works at the harbour.",
            "navigate": "https://example.com/line-12/",
            "tag": "line-12",
            "lang": "en-GB",
            "dir": "auto",
            "silent": False,
            "data": {
                "id": "e1",
                "topic": "line-12",
                "severity": "warning",
                "time": "2027-01-15T08:00:00.000Z",
                "url": "https://example.com/line-12/",
            },
        },
    }


def test_notice_without_a_url_leads_to_the_site() -> None:
    notification = read(replace(TOLD, url=""))["notification"]
    assert notification["navigate"] == notification["data"]["url"] == "https://example.com"


@pytest.mark.parametrize(
    ("locale", "lang"), [("de", "de"), ("x" * 35, "x" * 35), ("x" * 36, "en-GB"), ("", "en-GB")]
)
def test_language_is_the_notices_where_it_is_one(locale: str, lang: str) -> None:
    assert read(replace(TOLD, locale=locale))["notification"]["lang"] == lang


def test_long_text_is_cut_and_the_title_stays() -> None:
    message = message_of(replace(TOLD, text="Umleitung über den Hafen. " * 500), SITE)
    notification = json.loads(message)["notification"]
    assert notification["title"] == TOLD.title
    assert notification["body"].startswith("Umleitung über")
    assert notification["body"].endswith("…")
    assert MAX_PLAIN_BYTES - 4 <= len(message) <= MAX_PLAIN_BYTES


def test_text_that_just_fits_is_whole() -> None:
    room = MAX_PLAIN_BYTES - len(message_of(replace(TOLD, text=""), SITE))
    assert read(replace(TOLD, text="x" * room))["notification"]["body"] == "x" * room
    assert read(replace(TOLD, text="x" * (room + 1)))["notification"]["body"] == "x" * (room - 3) + "…"


def test_url_that_is_too_long_leads_to_the_site() -> None:
    longest = f"https://example.com/{'a' * (MAX_URL_BYTES - 20)}"
    assert read(replace(TOLD, url=longest))["notification"]["navigate"] == longest
    assert read(replace(TOLD, url=f"{longest}a"))["notification"]["navigate"] == SITE.url


anything = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    title=anything.flatmap(lambda text: st.integers(1, 300).map(lambda times: (text or "x") * times)),
    text=anything.flatmap(lambda text: st.integers(0, 3000).map(lambda times: text * times)),
    event_id=st.sampled_from(["e", "\x01" * 255, "𝄞" * 255]),
    topic=st.sampled_from(["a", "/".join(["a" * 64] * 4)]),
    url=st.sampled_from(["", "https://example.com/" + "ü" * 280, "https://example.com/" + "a" * 999]),
)
def test_any_notice_fits_into_a_push(title: str, text: str, event_id: str, topic: str, url: str) -> None:
    told = replace(TOLD, title=title, text=text, event_id=event_id, topic=topic, url=url)
    message = message_of(told, SITE)
    assert len(message) <= MAX_PLAIN_BYTES
    notification = json.loads(message)["notification"]
    assert notification["title"]
    assert text.startswith(notification["body"].removesuffix("…"))


def test_push_replaces_what_waits_of_the_same_topic() -> None:
    topic = push_of(TOLD, SITE, NOW, 3600).topic
    assert topic == base64.urlsafe_b64encode(hashlib.sha256(b"line-12").digest()).decode()[:32]
    assert topic != push_of(replace(TOLD, topic="line-13"), SITE, NOW, 3600).topic


@pytest.mark.parametrize(("expires", "ttl"), [(0.0, 3600), (NOW + 90.5, 90), (NOW - 5, 0)])
def test_push_is_kept_until_its_notice_is_history(expires: float, ttl: int) -> None:
    assert push_of(replace(TOLD, expires=expires), SITE, NOW, 3600).ttl == ttl


def test_every_severity_has_an_urgency() -> None:
    assert set(URGENCIES) == set(SEVERITIES)
    assert set(URGENCIES.values()) == set(get_args(Urgency))
    assert push_of(replace(TOLD, severity="critical"), SITE, NOW, 60).urgency == "high"
