"""The e-mails: what each says, and the header fields by which mail programs end and thread them."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lambdas.audience_email.blocks import Block, html_of, one_line, text_of
from lambdas.clients.ses import Email
from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.followers.plan import Told

MAX_SUBJECT: Final = 120
MAX_NEWS: Final = 50
"""What a digest tells of; how many more there are is said."""

EVENT_HEADER: Final = "X-Jamwire-Event"
"""The id of the event that an e-mail tells of; the same to all, and by it one is found again in the archive."""

_AUTOMATIC: Final = {"Auto-Submitted": "auto-generated"}
"""Nobody's holiday answers it (RFC 3834, section 5)."""


@dataclass(frozen=True, slots=True)
class EndLinks:
    """A follower's own links.

    Attributes:
        preferences: Where it sees and changes what it follows.
        unsubscribe: Where it ends all of it: a page for a person, one click for a mail program (RFC 8058).
    """

    preferences: str
    unsubscribe: str


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes e-mails.

    Attributes:
        site: Whose they are.
        words: In which words.
        address_line: The sender's postal address; empty for none.
    """

    site: SiteOfAudience
    words: Words
    address_line: str = ""

    def of_topic(self, told: Told, links: EndLinks) -> Email:
        """What is told of a topic.

        All e-mails of a topic have one subject and refer to one message that never was, so that mail programs show them
        as one conversation.
        """
        blocks = [
            Block("title", told.title),
            Block("text", told.text),
            *self._button("email_link", told.url),
            *self._footer(self._say("email_why", topic=told.topic_title), links),
        ]
        thread = f"<{_digest(told.topic)}@{urlsplit(self.site.url).hostname}>"
        own = {"References": thread, "In-Reply-To": thread, EVENT_HEADER: told.event_id}
        subject = self._say("email_subject", topic=told.topic_title)
        return self._email(subject, blocks, {**own, **_ends(links)}, told.locale)

    def of_digest(self, news: Sequence[Told], links: EndLinks, zone: str) -> Email:
        """What is new of several topics, the newest of each first.

        Args:
            news: At least one.
            links: The follower's.
            zone: The time zone of the times; empty for UTC.
        """
        newest = sorted(news, key=lambda told: told.time, reverse=True)[:MAX_NEWS]
        more = len(news) - len(newest)
        blocks = [
            Block("title", self._say("email_digest_subject")),
            *_news(newest, ZoneInfo(zone or "UTC")),
            *([Block("small", self._say("email_digest_more", count=more))] if more else []),
            *self._footer(self._say("email_digest_why"), links),
        ]
        return self._email(self._say("email_digest_subject"), blocks, _ends(links))

    def of_question(
        self, topics: Sequence[str], more: int, consent: str, asked_at: str, confirm: str
    ) -> Email:
        """Whether it was this person who asked; it has one link, and silence means no.

        Args:
            topics: What was asked for, in the site's own words.
            more: How many more topics.
            consent: The words that were shown.
            asked_at: When, RFC 3339.
            confirm: Where one confirms.
        """
        time = f"{dt.datetime.fromisoformat(asked_at):%Y-%m-%d %H:%M} UTC"
        blocks = [
            Block("title", self._say("email_question_title")),
            Block("text", self._say("email_question_asked", time=time)),
            *(Block("item", topic) for topic in topics),
            *([Block("item", self._say("email_question_more", count=more))] if more else []),
            Block("text", f"{self._say('email_question_consent')} {consent}"),
            Block("button", self._say("email_question_confirm"), confirm),
            Block("text", self._say("email_question_silence")),
            *self._address(),
        ]
        return self._email(self._say("email_question_subject"), blocks)

    def of_known(self, links: EndLinks) -> Email:
        """That this person follows already."""
        blocks = [
            Block("title", self._say("email_known_title")),
            Block("text", self._say("email_known_text")),
            *self._footer("", links),
        ]
        return self._email(self._say("email_known_subject"), blocks, _ends(links))

    def _say(self, key: str, **named: object) -> str:
        return self.words.say(key, site=self.site.name, url=self.site.url, **named)

    def _button(self, key: str, url: str) -> Iterator[Block]:
        if url:
            yield Block("button", self._say(key), url)

    def _footer(self, why: str, links: EndLinks) -> Iterator[Block]:
        yield from [Block("line", ""), *([Block("small", why)] if why else [])]
        yield Block("small", self._say("email_preferences"), links.preferences)
        yield Block("small", self._say("email_unsubscribe"), links.unsubscribe)
        if self.site.privacy_url:
            yield Block("small", self._say("email_privacy"), self.site.privacy_url)
        yield from self._address()

    def _address(self) -> Iterator[Block]:
        if self.address_line:
            yield Block("small", self.address_line)

    def _email(
        self,
        subject: str,
        blocks: Sequence[Block],
        headers: Mapping[str, str] | None = None,
        locale: str = "",
    ) -> Email:
        subject = one_line(subject)[:MAX_SUBJECT]
        html = html_of(blocks, title=subject, lang=locale or self.site.locale)
        return Email(
            subject=subject, text=text_of(blocks), html=html, headers={**_AUTOMATIC, **(headers or {})}
        )


def _ends(links: EndLinks) -> dict[str, str]:
    """By which mail programs end it with one click (RFC 8058, section 3.1)."""
    return {
        "List-Unsubscribe": f"<{links.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _digest(topic: str) -> str:
    return hashlib.sha256(topic.encode()).hexdigest()[:32]


def _news(news: Sequence[Told], zone: ZoneInfo) -> Iterator[Block]:
    """The news by topic; times of another day than the newest one's have the date."""
    times = {id(told): dt.datetime.fromisoformat(told.time).astimezone(zone) for told in news}
    today = max(times.values()).date()
    by_topic = sorted(news, key=lambda told: told.topic_title)  # stable, so that the newest stays first
    for title, its in groupby(by_topic, key=lambda told: told.topic_title):
        yield Block("heading", title)
        for told in its:
            time = times[id(told)]
            when = f"{time:%H:%M}" if time.date() == today else f"{time:%Y-%m-%d %H:%M}"
            yield Block("item", f"{when} {told.title}", told.url)
            if told.text:
                yield Block("text", told.text)
