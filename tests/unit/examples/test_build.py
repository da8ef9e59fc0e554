"""The example's build: what an editor writes is what a visitor reads, and nothing else."""

import json
import re
import shutil
from html import escape, unescape
from io import BytesIO
from pathlib import Path

import pytest

from examples.bus_times.build import SITE, Audience, BadContentError, Said, SourceError, build, read_state
from examples.bus_times.example import SCRIPTS

LIVE = {"live_url": "wss://live.example.com/event/realtime", "live_key": "da2-0123"}
HOSTILE = '<script>alert("1")</script> & $title'


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SITE, tmp_path / "site"))


AUDIENCE = Audience(
    "https://audience.example.com/",
    {"channels": {"push": {}, "email": {"consent": HOSTILE}, "text": {"consent": "Yes, text me."}}},
)


def built(site: Path, live_url: str = "", live_key: str = "", audience: Audience | None = None) -> Path:
    build(site, site.parent / "dist", live_url=live_url, live_key=live_key, audience=audience)
    return site.parent / "dist"


def article(site: Path, slug: str, text: str) -> None:
    (site / "content" / "news" / f"{slug}.md").write_text(text)


def policy(page: Path) -> str:
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', page.read_text())
    assert found
    return unescape(found[1])


def test_the_newest_article_comes_first(site: Path) -> None:
    article(site, "snow", "title: Snow\ndate: 2030-01-01\n\nIt snows.")
    dist = built(site)
    links = re.findall(r'href="/news/([a-z-]+)/">', (dist / "news" / "index.html").read_text())
    assert links == ["snow", "harbour-festival", "mill-bridge", "new-shelters"]
    assert "It snows." in (dist / "news" / "snow" / "index.html").read_text()
    assert "/news/snow/" in (dist / "index.html").read_text()


def test_what_an_editor_writes_is_text(site: Path) -> None:
    article(site, "bad", f"title: {HOSTILE}\ndate: 2030-01-01\n\n{HOSTILE}")
    for page in built(site).rglob("*.html"):
        assert "<script>" not in page.read_text()
    assert unescape((site.parent / "dist" / "news" / "bad" / "index.html").read_text()).count(HOSTILE) >= 3


def test_every_link_leads_somewhere(site: Path) -> None:
    for script in SCRIPTS:
        (site / "static" / script.name).touch()
    dist = built(site, **LIVE, audience=AUDIENCE)
    links = {
        link
        for page in dist.rglob("*.html")
        for link in re.findall(r'(?:href|src)="(/[^"]*)"', page.read_text())
    }
    assert {"/jamwire-live.js", "/jamwire-follow.js"} <= links
    for link in links:
        assert (dist / link.removeprefix("/") / ("index.html" if link.endswith("/") else "")).exists(), link


def test_pages_that_listen_may_do_so_and_nothing_more(site: Path) -> None:
    page = built(site, **LIVE) / "index.html"
    allowed = policy(page).split("; ")
    assert allowed[0] == "default-src 'none'"
    assert "connect-src 'self' wss://live.example.com" in allowed
    assert "script-src 'self'" in allowed
    assert "unsafe" not in policy(page)
    assert not re.search(r" (style|on[a-z]+)=", page.read_text())  # the policy would forbid them


def test_pages_that_are_followed_may_ask_the_audience(site: Path) -> None:
    page = built(site, **LIVE, audience=AUDIENCE) / "index.html"
    allowed = policy(page).split("; ")
    assert "form-action https://audience.example.com/" in allowed
    assert "connect-src 'self' wss://live.example.com https://audience.example.com/" in allowed
    text = page.read_text()
    assert text.count('action="https://audience.example.com/follow"') == 2
    assert 'data-jamwire-audience="https://audience.example.com/"' in text
    assert "Yes, text me." in text
    assert escape(HOSTILE) in text


def test_audience_has_the_forms_of_its_channels(site: Path) -> None:
    page = (
        built(site, **LIVE, audience=Audience("https://a.example/", {"channels": {"push": {}}}))
        / "index.html"
    )
    assert "data-jamwire-follow" in page.read_text()
    assert "<form" not in page.read_text()
    page = built(site, **LIVE) / "index.html"
    assert "data-jamwire-follow" not in page.read_text()
    assert "form-action 'none'" in policy(page)


def test_pages_are_built_with_what_is_true_now(site: Path) -> None:
    known = {
        "text": Said(HOSTILE),
        "time": Said("2026-11-26T18:22:05.000Z"),
        "fields.08:05": Said("+4 min", 1_795_717_805_000),
    }
    build(site, site.parent / "dist", known=known, live_url=LIVE["live_url"], live_key=LIVE["live_key"])
    page = (site.parent / "dist" / "index.html").read_text()
    assert '"line-12.08:05" data-jamwire-ends="2026-11-26T18:30:05Z">+4 min</span>' in page
    assert '"line-12.08:15">planned</span>' in page
    assert '"line-12.text" datetime="2026-11-26T18:22:05.000Z">18:22 UTC</time>' in page
    assert f'role="status" data-jamwire-text="line-12.text">{escape(HOSTILE)}</p>' in page
    assert 'data-jamwire-state="/_jamwire/"' in page


def test_what_has_ended_is_not_read_of_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = {"text": ["All well", 1, "a", 5_000], "fields.08:05": ["+4 min", 1, "a", 4_000]}
    asked = []

    def urlopen(address: str, timeout: float) -> BytesIO:
        asked.append(address)
        return BytesIO(json.dumps({"schema": 1, "entries": entries}).encode())

    monkeypatch.setattr("examples.bus_times.build.urlopen", urlopen)
    assert read_state("https://a.example/_jamwire/", "line-12", 4.0) == {"text": Said("All well", 5_000)}
    assert asked == ["https://a.example/_jamwire/notice/line-12.json"]


def test_a_state_that_is_none_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("examples.bus_times.build.urlopen", lambda *_, **__: BytesIO(b"<html>"))
    with pytest.raises(SourceError, match=r"line-12\.json could not be read"):
        read_state("https://a.example/_jamwire/", "line-12", 4.0)


def test_pages_that_do_not_listen_have_no_script(site: Path) -> None:
    page = built(site) / "index.html"
    assert "<script" not in page.read_text()
    assert "script-src" not in policy(page)
    assert "connect-src" not in policy(page)


@pytest.mark.parametrize(
    ("slug", "text", "said"),
    [
        ("snow", "date: 2030-01-01\n\nIt snows.", "has no title"),
        ("snow", "title: Snow\ndate: tomorrow\n\nIt snows.", "date of snow.md is 'tomorrow'"),
        ("snow", "title: Snow\n\nIt snows.", "date of snow.md is ''"),
        ("Snow Day", "title: Snow\ndate: 2030-01-01\n\nIt snows.", "file is 'Snow Day.md'"),
    ],
)
def test_a_bad_article_is_said_in_one_sentence(site: Path, slug: str, text: str, said: str) -> None:
    article(site, slug, text)
    with pytest.raises(BadContentError, match=re.escape(said)):
        built(site)


def test_what_is_gone_is_not_left_behind(site: Path) -> None:
    built(site)
    (site / "content" / "news" / "mill-bridge.md").unlink()
    assert not (built(site) / "news" / "mill-bridge").exists()
