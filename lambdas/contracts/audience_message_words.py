"""The words of an audience's e-mails and text messages; a site may have its own of each."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Final

MESSAGE_WORDS: Final[Mapping[str, str]] = {
    "email_subject": "$topic · $site",
    "email_link": "Read more",
    "email_why": "You get this since you follow “$topic” of $site by e-mail.",
    "email_preferences": "Change what you follow",
    "email_unsubscribe": "Get no more e-mails of $site",
    "email_privacy": "What $site does with your address",
    "email_digest_subject": "What is new · $site",
    "email_digest_more": "… and $count more",
    "email_digest_why": "You get this once a day since you follow $site by e-mail.",
    "email_question_subject": "Is it you? · $site",
    "email_question_title": "Do you want e-mails of $site?",
    "email_question_asked": "On $time somebody entered this address at $url and asked to be told of:",
    "email_question_more": "… and $count more",
    "email_question_consent": "What was agreed to:",
    "email_question_confirm": "Yes, it is me: send me these e-mails",
    "email_question_silence": "If it is not you, do nothing. You will get no e-mails, and this address is forgotten "
    "in a day.",
    "email_known_subject": "You follow already · $site",
    "email_known_title": "You follow $site already",
    "email_known_text": "Somebody, it may have been you, entered this address to follow $site, which it does already. "
    "Nothing has changed. With the first link you choose what you are told of; what was asked for is there to tick.",
    "text_first": "Reply STOP to end.",
    "text_code": "$site: $code is your code to follow by text message. If it was not you, do nothing. "
    "Reply STOP to get none, HELP for help.",
    "text_known": "$site: you follow us already; nothing has changed. Reply STOP to end, or choose what you are "
    "told of:",
    "text_stopped": "$site: you will get no more text messages from us. Reply START to allow them again.",
    "text_started": "$site: you may follow us again. Nothing is sent before you have chosen at $url",
}
"""By key. What a sentence may name is in it: ``$site``."""

MUST_BE_NAMED: Final = frozenset({"code", "site"})
"""A message without its code is of no use, and one that does not say whose it is against the law."""

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
    if not text.strip():
        raise ValueError(f"The words {key!r} are empty, expected a sentence.")
    known, named = (set(_PLACEHOLDER.findall(words)) for words in (MESSAGE_WORDS[key], text))
    if strange := sorted(named - known):
        expected = ", ".join(sorted(known)) or "nothing"
        raise ValueError(f"The words {key!r} name {', '.join(strange)}, expected only {expected}.")
    if missing := sorted((known & MUST_BE_NAMED) - named):
        raise ValueError(f"The words {key!r} do not name {', '.join(missing)}.")


def words_from(file: str) -> Words:
    """The words of a site.

    Args:
        file: Where its own are, as JSON by key; empty where there are none.
    """
    return Words(json.loads(Path(file).read_text()) if file else None)
