"""The text messages: what each says, in the parts that are paid for."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lambdas.contracts.audience_message_words import Words
from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.contracts.sms_parts import count_parts
from lambdas.contracts.sms_text import cut, plain
from lambdas.followers.plan import Told

MAX_PARTS: Final = 2
"""What one message may cost; what is longer is cut, and its link leads to the whole."""

MIN_WORDS: Final = 40
"""Characters that a link must leave for words; otherwise it is left out: it would be the whole message."""

_LINK: Final = re.compile(r"https?://[!-~]+")
"""In ASCII, and without white space: another would be cut by a phone, or cost the room of the words."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Writes text messages, each of which names the site.

    Attributes:
        site: Whose they are.
        words: In which words.
    """

    site: SiteOfAudience
    words: Words

    def of_topic(self, told: Told, *, first: bool) -> str:
        """What is told of a topic.

        Args:
            told: What.
            first: Whether it is the follower's first on this day, which says how to end it.
        """
        words = plain(f"{self.site.name}: {': '.join(filter(None, (told.title, told.text)))}")
        ending = f" {plain(self.words.say('text_first'))}" if first else ""
        link = f" {told.url}{ending}" if _LINK.fullmatch(told.url) else ending
        room = count_parts("x" * MIN_WORDS + link) <= MAX_PARTS
        return cut(words, link if room else ending, MAX_PARTS)

    def of_code(self, code: str) -> str:
        """The code that confirms."""
        return self._say("text_code", code=code)

    def of_known(self, links: Sequence[str]) -> str:
        """That this person follows already, and where it chooses.

        Args:
            links: The same link with more or less in it, the longest first; the first that leaves room for the words is
                taken, or else the last.
        """
        words = plain(self.words.say("text_known", site=self.site.name))
        with_room = (link for link in links if count_parts(f"{words} {link}") <= MAX_PARTS)
        return cut(words, f" {next(with_room, links[-1])}", MAX_PARTS)

    def _say(self, key: str, **named: object) -> str:
        return cut(plain(self.words.say(key, site=self.site.name, **named)), "", MAX_PARTS)
