"""A site's own words, on its audience's pages and in its messages."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lambdas.contracts.audience_message_words import MESSAGE_WORDS, Words
from lambdas.contracts.audience_settings import MessageSettings
from lambdas.contracts.audience_words import WORDS, check_words

PAGES_FILE: Final = "words.json"
MESSAGES_FILE: Final = "message-words.json"


@dataclass(frozen=True, slots=True)
class OwnWords:
    """The words, in the files in which the functions find them.

    Attributes:
        pages: Of the endpoint's pages and answers.
        messages: Of e-mails and text messages.
    """

    pages: Mapping[str, str]
    messages: Mapping[str, str]

    @classmethod
    def of(cls, words: Mapping[str, str]) -> "OwnWords":
        """The words that a rulebook names.

        Raises:
            ValueError: There is no sentence of such a key, or it names what it cannot.
        """
        for key in words:
            if key not in WORDS and key not in MESSAGE_WORDS:
                raise ValueError(f"words has {key!r}, expected one of {', '.join([*WORDS, *MESSAGE_WORDS])}.")
        pages = {key: text for key, text in words.items() if key in WORDS}
        messages = {key: text for key, text in words.items() if key in MESSAGE_WORDS}
        check_words(pages)
        Words(messages)
        return cls(pages, messages)

    @property
    def documents(self) -> dict[str, str]:
        """The files that functions are given; none where the words are the usual ones."""
        files = {self.pages_file: self.pages, self.settings.message_words_file: self.messages}
        return {file: json.dumps(words) for file, words in files.items() if file}

    @property
    def pages_file(self) -> str:
        """Where those of pages are; empty for none."""
        return PAGES_FILE if self.pages else ""

    @property
    def settings(self) -> MessageSettings:
        """What functions are told."""
        return MessageSettings(message_words_file=MESSAGES_FILE if self.messages else "")
