"""The pages by their names: each says one thing and has one button at most, but for the preferences."""

from collections.abc import Callable, Mapping, Sequence
from string import Template
from typing import Any, Final

from lambdas.audience_api.pages import templates
from lambdas.audience_api.pages.html import Html, fill, joined
from lambdas.audience_api.pages.style import STYLE
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.contracts.audience_topics import Topics

_RIGHT_TO_LEFT: Final = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})
_HOURS: Final = tuple(f"{hour:02}:00" for hour in range(24))

Values = Mapping[str, Any]


class Pages:
    """Makes the pages of a site.

    Args:
        site: The site.
        topics: What can be followed.
        words: What is said (`lambdas.contracts.audience_words`).
    """

    def __init__(self, site: SiteOfAudience, topics: Topics, words: Mapping[str, str]) -> None:
        self._site = site
        self._topics = topics
        self._words = words

    def page(self, name: str, values: Values) -> str:
        """A page, by its name in `PAGES`."""
        language = self._site.locale.partition("-")[0].lower()
        return fill(
            templates.LAYOUT,
            lang=self._site.locale,
            dir="rtl" if language in _RIGHT_TO_LEFT else "ltr",
            title=self.say(f"{name}_title"),
            site=self._site.name,
            style=Html(STYLE),
            content=PAGES[name](self, values),
            links=self._links(),
        )

    def say(self, words: str, **named: str) -> str:
        """A sentence, by its key."""
        return Template(self._words[words]).safe_substitute(site=self._site.name, **named)

    def text(self, words: str, template: str = templates.TEXT) -> Html:
        """A sentence as a paragraph."""
        return fill(template, text=self.say(words))

    def topics(self, names: Sequence[str]) -> Html:
        """Topics by their titles."""
        titles = (fill(templates.ITEM, text=self._topics.title_of(name) or name) for name in names)
        return fill(templates.LIST, items=joined(titles))

    def button(self, action: str, words: str, token: str) -> Html:
        """A form that is one button."""
        return fill(templates.BUTTON, action=action, token=token, text=self.say(words))

    def choices(self, followed: Sequence[str], asked: Sequence[str]) -> Html:
        """What is followed, then what was asked for and what else can be; of a family, which has no end, no more."""
        offered = [name for name in (*asked, *self._topics.all) if self._topics.can_follow(name)]
        return joined(
            fill(
                templates.CHOICE,
                name=name,
                checked=Html(" checked") if name in followed else "",
                title=self._topics.title_of(name) or name,
                about=self._about(name),
            )
            for name in dict.fromkeys([*followed, *offered])
        )

    def times(self, zone: str, at: str) -> Html:
        """When a digest comes."""
        options = [("", self.say("at_once"))]
        options += [
            (time, self.say("at_daily", time=time)) for time in sorted({*_HOURS, *([at] if at else [])})
        ]
        return fill(
            templates.TIMES,
            label=self.say("at_label"),
            options=joined(
                fill(
                    templates.OPTION,
                    value=value,
                    selected=Html(" selected") if value == at else "",
                    text=text,
                )
                for value, text in options
            ),
            zone=fill(templates.QUIET, text=self.say("at_zone", zone=(zone or "UTC").replace("_", " "))),
        )

    def _about(self, name: str) -> Html:
        topic = self._topics.all.get(name)
        return fill(templates.ABOUT, text=topic.text) if topic else Html("")

    def _links(self) -> Html:
        links = [(self._site.url, "back_link"), (self._site.privacy_url, "privacy_link")]
        return joined(
            fill(templates.PARAGRAPH, content=fill(templates.LINK, href=href, text=self.say(words)))
            for href, words in links
            if href
        )


def _asked(pages: Pages, values: Values) -> Html:
    return pages.text("asked")


def _code(pages: Pages, values: Values) -> Html:
    form = fill(
        templates.CODE,
        number=values["number"],
        label=pages.say("code_label"),
        text=pages.say("code_button"),
    )
    return joined([_bad(pages, values), pages.text("code"), form])


def _confirm(pages: Pages, values: Values) -> Html:
    return joined(
        [
            pages.text("confirm"),
            pages.topics(values["topics"]),
            pages.button("confirm", "confirm_button", values["token"]),
            pages.text("confirm_ignore", templates.QUIET),
        ]
    )


def _confirmed(pages: Pages, values: Values) -> Html:
    link = fill(templates.LINK, href=f"preferences?t={values['token']}", text=pages.say("change_link"))
    return joined(
        [
            pages.text("confirmed"),
            pages.topics(values["topics"]),
            fill(templates.PARAGRAPH, content=link),
        ]
    )


def _preferences(pages: Pages, values: Values) -> Html:
    note = pages.text(values["note"], templates.NOTE) if values["note"] else Html("")
    form = fill(
        templates.PREFERENCES,
        token=values["token"],
        zone=values["zone"],
        legend=pages.say("topics_legend"),
        choices=pages.choices(values["topics"], values["asked"]),
        times=pages.times(values["zone"], values["at"]) if values["channel"] == "email" else "",
        text=pages.say("save_button"),
    )
    end = fill(
        templates.END,
        title=pages.say("end_title"),
        token=values["token"],
        text=pages.say("end_button"),
    )
    return joined([note, pages.text("preferences"), form, end])


def _unsubscribe(pages: Pages, values: Values) -> Html:
    return joined(
        [
            pages.text("unsubscribe"),
            pages.button("unsubscribe", "unsubscribe_button", values["token"]),
        ]
    )


def _unsubscribed(pages: Pages, values: Values) -> Html:
    return pages.text("unsubscribed")


def _expired(pages: Pages, values: Values) -> Html:
    return pages.text("expired")


def _problem(pages: Pages, values: Values) -> Html:
    return _bad(pages, values)


def _bad(pages: Pages, values: Values) -> Html:
    """What was wrong, where something was."""
    return pages.text(values["note"], templates.BAD) if "note" in values else Html("")


PAGES: Final[Mapping[str, Callable[[Pages, Values], Html]]] = {
    "asked": _asked,
    "code": _code,
    "confirm": _confirm,
    "confirmed": _confirmed,
    "preferences": _preferences,
    "unsubscribe": _unsubscribe,
    "unsubscribed": _unsubscribed,
    "expired": _expired,
    "problem": _problem,
}
"""What each page says below its title, which is the sentence ``<name>_title``."""
