"""The words of an audience's e-mails and text messages; a site may have its own of each."""

import re
from collections.abc import Mapping
from string import Template
from typing import Final

MESSAGE_WORDS: Final[Mapping[str, str]] = {
    "email.subject": "$topic · $site",
    "email.link": "Read more",
    "email.why": "You get this since you follow “$topic” of $site by e-mail.",
    "email.preferences": "Change what you follow",
    "email.unsubscribe": "Get no more e-mails of $site",
    "email.privacy": "What $site does with your address",
    "email.digest.subject": "What is new · $site",
    "email.digest.more": "… and $count more",
    "email.digest.why": "You get this once a day since you follow $site by e-mail.",
    "email.question.subject": "Is it you? · $site",
    "email.question.title": "Do you want e-mails of $site?",
    "email.question.asked": "On $time somebody entered this address at $url and asked to be told of:",
    "email.question.more": "… and $count more",
    "email.question.consent": "What was agreed to:",
    "email.question.confirm": "Yes, it is me: send me these e-mails",
    "email.question.silence": "If it is not you, do nothing. You will get no e-mails, and this address is forgotten in a "
    "day.",
    "email.known.subject": "You follow already · $site",
    "email.known.title": "You follow this already",
    "email.known.text": "Somebody, it may have been you, asked once more for e-mails that you get already. "
    "Nothing has changed.",
    "text.first": "Reply STOP to end.",
    "text.code": "$site: $code is your code to follow by text message. If it was not you, do nothing. "
    "Reply STOP to get none.",
    "text.known": "$site: you follow this already; nothing has changed. Change it: $url Reply STOP to end.",
    "text.stopped": "$site: you will get no more text messages from us. Reply START to allow them again.",
    "text.started": "$site: you may follow us again. Nothing is sent before you have chosen at $url",
}
"""By key. What a sentence may name is in it: ``$site``."""

_PLACEHOLDER: Final = re.compile(r"\$(\w+)")


class Words:
    """The words of a site.

    Args:
        own: The site's own, by key, where they are not the usual ones.

    Raises:
        ValueError: There is no such key, or its sentence cannot name what it wants to.
    """

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        for key, text in (own or {}).items():
            _check(key, text)
        self._words = {**MESSAGE_WORDS, **(own or {})}

    def say(self, key: str, **named: object) -> str:
        """A sentence."""
        return Template(self._words[key]).safe_substitute({name: str(value) for name, value in named.items()})


def _check(key: str, text: str) -> None:
    if key not in MESSAGE_WORDS:
        raise ValueError(f"There are no words {key!r}, expected one of {', '.join(MESSAGE_WORDS)}.")
    known = set(_PLACEHOLDER.findall(MESSAGE_WORDS[key]))
    if strange := sorted(set(_PLACEHOLDER.findall(text)) - known):
        raise ValueError(
            f"The words {key!r} name {', '.join(strange)}, expected only {', '.join(sorted(known)) or 'nothing'}."
        )
