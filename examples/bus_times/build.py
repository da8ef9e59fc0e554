"""The site's build, content and templates into a folder of files: ``python build.py SITE DIST``.

It needs Python and nothing else. Where open pages listen is in the environment, as a build host passes it on:
``JAMWIRE_URL`` and ``JAMWIRE_KEY``, both public. Without them the pages are the same and stand still. ``JAMWIRE_STATE``
is where the state of topics is read, so that the pages are built with what is true now. ``JAMWIRE_AUDIENCE`` is where
visitors follow; its settings are read, so that the forms show the words to which a person agrees.
"""

import datetime as dt
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit
from urllib.request import urlopen

SITE: Final = Path(__file__).with_name("site")
NAME: Final = "Harbour Lines"
ON_THE_FRONT: Final = 3

STATE: Final = "/_jamwire/"
"""Where the site's distribution serves the state of topics."""

PLANNED: Final = "planned"
AS_PLANNED: Final = "Departures as planned."
PATIENCE_SECONDS: Final = 20
FORMS: Final = {"email": "e-mail", "text": "text message"}
"""Channels that a visitor follows by with a form, in words."""


class Said(NamedTuple):
    """What was said, and when it ends, in unix milliseconds; 0 for what does not."""

    value: str
    ends: float = 0


Known = Mapping[str, Said]
"""What was said of the line that is true now, by name: ``text``, ``time``, ``fields.08:05``."""

_SLUG: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BadContentError(Exception):
    """Something that an editor can put right; the text is one sentence."""


class SourceError(Exception):
    """What the pages are built with could not be read; the text is one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article, as the CMS keeps it.

    Attributes:
        slug: Its part of an address.
        title: Its headline.
        date: When it is from.
        paragraphs: Its text.
    """

    slug: str
    title: str
    date: dt.date
    paragraphs: Sequence[str]

    @classmethod
    def read(cls, path: Path) -> "Article":
        """The article in a file: lines ``title: …`` and ``date: …``, and after an empty line its paragraphs.

        Raises:
            BadContentError: The file is none; the text says what was expected.
        """
        head, _, text = path.read_text(encoding="utf-8").partition("\n\n")
        said = {
            name.strip(): value.strip()
            for name, _, value in (line.partition(":") for line in head.splitlines())
        }
        if not _SLUG.fullmatch(path.stem):
            raise BadContentError(
                f"The article's file is {path.name!r}, expected a name such as 'night-bus.md'."
            )
        if not said.get("title"):
            raise BadContentError(f"{path.name} has no title, expected a first line 'title: …'.")
        try:
            date = dt.date.fromisoformat(said.get("date", ""))
        except ValueError:
            raise BadContentError(
                f"The date of {path.name} is {said.get('date', '')!r}, expected YYYY-MM-DD."
            ) from None
        paragraphs = [" ".join(part.split()) for part in text.split("\n\n") if part.strip()]
        return cls(slug=path.stem, title=said["title"], date=date, paragraphs=paragraphs)

    @property
    def parts(self) -> dict[str, str]:
        """What templates show of it, as HTML."""
        day = f"{self.date.day} {self.date:%B %Y}"
        paragraphs = "\n".join(f"<p>{escape(text)}</p>" for text in self.paragraphs)
        return {
            "slug": self.slug,
            "title": escape(self.title),
            "date": self.date.isoformat(),
            "day": day,
            "lead": escape(self.paragraphs[0]) if self.paragraphs else "",
            "paragraphs": paragraphs,
        }


@dataclass(frozen=True, slots=True)
class Audience:
    """Where visitors follow.

    Attributes:
        url: The public endpoint, with a slash at the end.
        settings: What it says of itself (`docs/audience.md`, "The public endpoint").
    """

    url: str
    settings: Mapping[str, Any]

    @classmethod
    def read(cls, url: str) -> "Audience":
        """Ask it.

        Raises:
            SourceError: It could not be read.
        """
        return cls(url, _read_json(f"{url}settings"))

    @property
    def consents(self) -> dict[str, str]:
        """The words to which a person agrees, by the channels that need some."""
        channels = self.settings["channels"]
        return {channel: channels[channel]["consent"] for channel in FORMS if channel in channels}


@dataclass(frozen=True, slots=True)
class Pages:
    """The templates of a site, and what is the same on all of its pages.

    Attributes:
        templates: Where they are.
        live_url: Where open pages listen; empty where they do not.
        live_key: By which key.
        audience: Where visitors follow, and what that place says of itself; None where they cannot.
    """

    templates: Path
    live_url: str = ""
    live_key: str = ""
    audience: "Audience | None" = None

    def fill(self, template: str, parts: Mapping[str, str]) -> str:
        """A template with its parts, which are HTML."""
        text = (self.templates / f"{template}.html").read_text(encoding="utf-8")
        return Template(text).substitute(parts).strip()

    def page(self, path: str, title: str, main: str, description: str) -> str:
        """A whole page."""
        here = ' aria-current="page"'
        return (
            self.fill(
                "page",
                {
                    "title": escape(title),
                    "description": escape(description),
                    "policy": escape(self._policy),
                    "scripts": self._scripts,
                    "at_home": here if path == "/" else "",
                    "at_news": here if path == "/news/" else "",
                    "main": main,
                },
            )
            + "\n"
        )

    @property
    def _policy(self) -> str:
        """Nothing but the site's own files, and the places where pages listen and visitors follow."""
        audience = self.audience.url if self.audience else ""
        allowed = [
            "default-src 'none'",
            "style-src 'self'",
            "img-src 'self'",
            "base-uri 'none'",
            "form-action " + (audience or "'none'"),
        ]
        if places := [place for place in (_origin(self.live_url), audience) if place]:
            allowed += ["script-src 'self'", f"connect-src 'self' {' '.join(places)}"]
            allowed += ["require-trusted-types-for 'script'", "trusted-types jamwire-follow"]
        return "; ".join(allowed)

    @property
    def _scripts(self) -> str:
        scripts = []
        if self.live_url:
            scripts += [
                '<script type="module" src="/board.js"></script>',
                f'<script type="module" src="/jamwire-live.js" data-jamwire-url="{escape(self.live_url)}" '
                f'data-jamwire-key="{escape(self.live_key)}" data-jamwire-state="{STATE}"></script>',
            ]
        if self.audience:
            scripts.append(
                f'<script type="module" src="/jamwire-follow.js" data-jamwire-audience="{escape(self.audience.url)}" '
                'data-jamwire-worker="/jamwire-worker.js"></script>'
            )
        return "\n".join(scripts)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if url else ""


def departures(part: Mapping[str, Any]) -> Iterator[str]:
    """Times of a part of the day, from the first to the last."""
    minute, last = minutes(part["first"]), minutes(part["last"])
    while minute <= last:
        yield clock(minute)
        minute += part["every"]


def minutes(time: str) -> int:
    """Minutes since midnight of a time such as ``08:05``."""
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def clock(minute: int) -> str:
    """The inverse of `minutes`."""
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def read_state(url: str, topic: str, now: float) -> Known:
    """What is true now of a topic (`docs/live.md`, "The state").

    Args:
        url: Where the state is served.
        topic: The topic.
        now: Unix time; what has ended by then is left out.

    Raises:
        SourceError: It could not be read.
    """
    entries = _read_json(f"{url}notice/{topic}.json").get("entries", {})
    return {name: Said(value, ends) for name, (value, _, _, ends) in entries.items() if ends > now * 1000}


def _read_json(address: str) -> Mapping[str, Any]:
    try:
        with urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the site's own address
            found: Mapping[str, Any] = json.load(answer)
    except (OSError, ValueError) as error:
        raise SourceError(f"What is at {address} could not be read: {error}") from error
    return found


def build(
    site: Path,
    dist: Path,
    *,
    live_url: str = "",
    live_key: str = "",
    known: Known | None = None,
    audience: Audience | None = None,
) -> None:
    """Build a site anew.

    Args:
        site: Where its content, its templates and its static files are.
        dist: Where its files go; what is there is removed.
        live_url: Where its open pages listen.
        live_key: By which key.
        known: What is true now of the line; its plan where it is left out.
        audience: Where its visitors follow.

    Raises:
        BadContentError: Some of the content is none.
    """
    articles = [Article.read(path) for path in (site / "content" / "news").glob("*.md")]
    articles.sort(key=lambda article: (article.date, article.slug), reverse=True)
    line = line_of(site)
    pages = Pages(site / "templates", live_url, live_key, audience)
    shutil.rmtree(dist, ignore_errors=True)
    shutil.copytree(site / "static", dist)
    for path, page in _pages(pages, line, articles, known or {}):
        file = dist / path.removeprefix("/") / "index.html"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(page, encoding="utf-8")


def line_of(site: Path) -> dict[str, Any]:
    """What the site says of its line."""
    found: dict[str, Any] = json.loads((site / "content" / "line.json").read_text(encoding="utf-8"))
    return found


def _pages(
    pages: Pages, line: Mapping[str, Any], articles: Sequence[Article], known: Known
) -> Iterator[tuple[str, str]]:
    title = f"Line {line['number']} towards {line['towards']}"
    yield (
        "/",
        pages.page(
            "/", f"{title} · {NAME}", _front(pages, line, articles, known), f"Departures from {line['stop']}."
        ),
    )
    news = pages.fill("news", {"articles": _teasers(pages, articles, level=2)})
    yield "/news/", pages.page("/news/", f"News · {NAME}", news, f"News of {title}.")
    for article in articles:
        parts, path = article.parts, f"/news/{article.slug}/"
        text = article.paragraphs[0] if article.paragraphs else article.title
        yield path, pages.page(path, f"{article.title} · {NAME}", pages.fill("article", parts), text)


def _front(pages: Pages, line: Mapping[str, Any], articles: Sequence[Article], known: Known) -> str:
    same = {name: escape(line[name]) for name in ("topic", "number", "towards", "stop")}
    parts = []
    for part in line["parts"]:
        times = [
            pages.fill("departure", {**same, "time": time, **_said(known, f"fields.{time}", PLANNED)})
            for time in departures(part)
        ]
        parts.append(pages.fill("part", {"name": escape(part["name"]), "departures": "\n".join(times)}))
    latest = _teasers(pages, articles[:ON_THE_FRONT], level=3)
    said = {**_said(known, "text", AS_PLANNED), **_as_of(known.get("time", Said("")).value)}
    shown = {"parts": "\n".join(parts), "latest": latest, "follow": _follow(pages, same)}
    return pages.fill("departures", {**same, **said, **shown})


def _follow(pages: Pages, line: Mapping[str, str]) -> str:
    """Buttons and forms by which a visitor follows the line; nothing where there is no audience."""
    if pages.audience is None:
        return ""
    others = ""
    if consents := pages.audience.consents:
        action = escape(f"{pages.audience.url}follow")
        forms = [
            pages.fill(f"follow_{channel}", {**line, "action": action, "consent": escape(consent)})
            for channel, consent in consents.items()
        ]
        ways = " or ".join(FORMS[channel] for channel in consents)
        others = pages.fill("follow_others", {"ways": ways, "forms": "\n".join(forms)})
    return pages.fill("follow", {**line, "others": others})


def _said(known: Known, name: str, otherwise: str) -> dict[str, str]:
    """What is said, and when that ends, for the visitor's script: the page may be opened days after."""
    said = known.get(name, Said(otherwise))
    moment = dt.datetime.fromtimestamp(said.ends / 1000, dt.UTC)
    ends = f' data-jamwire-ends="{moment:%Y-%m-%dT%H:%M:%SZ}"' if said.ends else ""
    return {"said": escape(said.value), "ends": ends}


def _as_of(time: str) -> dict[str, str]:
    """A time as RFC 3339, for machines and in words; the visitor's script says it in the visitor's time zone."""
    words = f"{dt.datetime.fromisoformat(time):%H:%M} UTC" if time else "the plan"
    return {"time": escape(time), "as_of": words}


def _teasers(pages: Pages, articles: Sequence[Article], *, level: int) -> str:
    return "\n".join(pages.fill("teaser", {**article.parts, "level": str(level)}) for article in articles)


def main() -> None:
    """Build; what an editor can put right ends in one line and exit code 1."""
    site, dist = map(Path, sys.argv[1:3])
    url, key, state, place = (
        os.environ.get(f"JAMWIRE_{name}", "") for name in ("URL", "KEY", "STATE", "AUDIENCE")
    )
    try:
        known = read_state(state, line_of(site)["topic"], time.time()) if state else None
        audience = Audience.read(place) if place else None
        build(site, dist, live_url=url, live_key=key, known=known, audience=audience)
    except (BadContentError, SourceError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
