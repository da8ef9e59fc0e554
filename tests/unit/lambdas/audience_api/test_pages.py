"""The pages: what they say, that nothing in them is markup by accident, and that they load nothing."""

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from lambdas.audience_api.pages.pages import PAGES, Pages
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.contracts.audience_topics import Topic, Topics
from lambdas.contracts.audience_words import ALLOWED, WORDS, check_words, words_from_json
from tests.unit.lambdas.audience_api.world import ANN, EMAIL, NUMBER, SITE, TEXT, TOPICS, World

VALUES: dict[str, dict[str, Any]] = {
    "asked": {},
    "code": {"number": NUMBER, "note": "wrong_code"},
    "confirm": {"token": "t0ken", "topics": ["line-12", "news"]},
    "confirmed": {"token": "t0ken", "topics": ["line-12", "news"]},
    "preferences": {
        "token": "t0ken",
        "topics": ["line-12"],
        "asked": ["line-12", "line-13"],
        "channel": "email",
        "zone": "America/New_York",
        "at": "07:30",
        "note": "saved",
    },
    "unsubscribe": {"token": "t0ken"},
    "unsubscribed": {},
    "expired": {},
    "problem": {"note": "wrong_address"},
}


class Tags(HTMLParser):
    """Every tag with its attributes, and what is not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page(name: str, site: SiteOfAudience = SITE, **words: str) -> str:
    return Pages(site, Topics(TOPICS), {**WORDS, **words}).page(name, VALUES[name])


def test_every_page_is_looked_at() -> None:
    assert VALUES.keys() == PAGES.keys()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_as_it_was(name: str, snapshot: SnapshotAssertion) -> None:
    assert re.sub("<style>.*</style>", "<style></style>", page(name), flags=re.DOTALL) == snapshot


@pytest.mark.parametrize("name", PAGES)
def test_page_is_whole_and_accessible(name: str) -> None:
    tags = Tags(page(name))
    assert tags.open == []
    names = [tag for tag, _ in tags.found]
    assert [names.count(tag) for tag in ("h1", "main", "title")] == [1, 1, 1]
    assert ("html", {"lang": "en-GB", "dir": "ltr"}) in tags.found
    ids = {attributes["id"] for _, attributes in tags.found if "id" in attributes}
    labelled = {attributes["for"] for tag, attributes in tags.found if tag == "label" and "for" in attributes}
    assert ids == labelled


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_nothing_and_runs_nothing(name: str) -> None:
    for tag, attributes in Tags(page(name)).found:
        assert tag not in ("script", "img", "link", "iframe", "object")
        assert not [
            attribute for attribute in attributes if attribute.startswith("on") or attribute == "style"
        ]
        assert attributes.get("action", "confirm") in ("confirm", "preferences", "unsubscribe")


def test_policy_allows_this_style_alone() -> None:
    answer = World().get("/unsubscribe", "x")
    style = answer.body.partition("<style>")[2].partition("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert answer.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


HOSTILE = "</title></style><script>alert(1)</script>\" onload='x' &amp; ${site} $nothing %s {}"


@pytest.mark.parametrize("name", PAGES)
def test_hostile_words_are_shown_as_they_are(name: str) -> None:
    site = SiteOfAudience(name=HOSTILE, url=f"https://example.com/{HOSTILE}", privacy_url="x", locale="en")
    words = dict.fromkeys(WORDS, HOSTILE)
    topics = Topics({"line-*": Topic(HOSTILE, HOSTILE), "news": Topic(HOSTILE, HOSTILE)})
    values = {
        key: HOSTILE if key in ("token", "zone", "at", "number") else value
        for key, value in VALUES[name].items()
    }
    tags, plain = Tags(Pages(site, topics, words).page(name, values)), Tags(page(name))
    assert [tag for tag, _ in tags.found if tag != "option"] == [
        tag for tag, _ in plain.found if tag != "option"
    ]
    assert {name for _, attributes in tags.found for name in attributes} <= {
        name for _, attributes in plain.found for name in attributes
    } | {"selected"}


def test_what_a_stranger_types_is_not_in_the_page() -> None:
    world = World()
    for answer in (
        world.submit("/follow", EMAIL | {"address": "<b>x@example.com"}),
        world.submit("/follow", EMAIL | {"topics": ["<b>"]}),
        world.submit("/follow", TEXT | {"number": "<b>"}),
        world.submit("/confirm", {"t": "<b>"}),
        world.get("/confirm", "<b>"),
    ):
        assert answer.status == 400
        assert "<b>" not in answer.body


def test_page_leads_to_the_site_and_to_what_it_does_with_data() -> None:
    assert re.findall(r'<a href="(.*?)"', page("asked")) == [
        "https://example.com",
        "https://example.com/privacy",
    ]
    bare = SiteOfAudience(name="Site", url="https://example.com")
    assert re.findall(r'<a href="(.*?)"', page("asked", bare)) == ["https://example.com"]


def test_right_to_left_languages_are_set_so() -> None:
    site = SiteOfAudience(name="حافلات", url="https://example.com", locale="ar-EG")
    assert '<html lang="ar-EG" dir="rtl">' in page("asked", site)


def test_sites_own_words_take_the_place_of_ours() -> None:
    words = words_from_json('{"asked": "Schauen Sie nach, was $site schreibt."}')
    world = World(words=words)
    assert "Schauen Sie nach, was Harbour Buses schreibt." in world.submit("/follow", EMAIL).body
    assert world.post("/follow", EMAIL).json() == {"message": "Schauen Sie nach, was Harbour Buses schreibt."}
    assert words.keys() == WORDS.keys()


def test_own_words_are_checked() -> None:
    check_words({"asked": "$site, $$5", "at_daily": "$time"})
    with pytest.raises(ValueError, match="no sentence 'askd'"):
        check_words({"askd": "x"})
    for wrong in ("$address", "100 $", "${site"):
        with pytest.raises(ValueError, match="'asked' is"):
            check_words({"asked": wrong})


def test_our_own_words_are_right() -> None:
    check_words(WORDS)
    assert {name for text in WORDS.values() for name in re.findall(r"\$(\w+)", text)} == {*ALLOWED}


def test_preferences_offer_what_can_be_followed() -> None:
    world = World()
    token = world.token(world.put("text", NUMBER))
    body = world.get("/preferences", token).body
    assert re.findall(r'name="topics" value="(.*?)"(.*?)>', body) == [("line-12", " checked"), ("news", "")]
    assert "<select" not in body
    assert f'value="{token}"' in body


def test_digests_time_is_offered_to_mail_only() -> None:
    world = World()
    body = world.get("/preferences", world.token(world.put("email", ANN, at="07:30"))).body
    assert '<option value="07:30" selected>Every day at 07:30</option>' in body
    assert body.count("<option") == 26
