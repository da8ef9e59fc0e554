"""What a person wants who answers a text message with a word."""

import re
from collections.abc import Collection
from typing import Final, Literal
from unicodedata import normalize

Word = Literal["stop", "start", "help"]

STOP: Final = frozenset(
    {
        *("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "remove"),
        *("arret", "td"),
    }
)
"""Those that are a revocation by themselves (47 CFR 64.1200(a)(10)), and those that AWS takes for one (End User
Messaging user guide, "Required opt-out keywords")."""

BEGINS_STOP: Final = frozenset({"stop", "stopall", "unsubscribe", "revoke", "optout"})
"""Words that mean the same with others after them: "Stop texting me"."""

POLITE: Final = frozenset({"please", "pls"})

START: Final = frozenset({"start", "unstop"})
HELP: Final = frozenset({"help", "info", "aide"})

_SEPARATORS: Final = re.compile(r"[\W_]+")


def word_of(text: str, stop_words: Collection[str] = ()) -> Word | None:
    """What a text asks for; None for nothing that is known.

    Args:
        text: What somebody has sent, in any case, with any accents, white space and punctuation.
        stop_words: Further words for STOP, in the site's language.
    """
    words = [word for word in _SEPARATORS.split(_bare(text)) if word and word not in POLITE]
    whole = "".join(words)
    if whole in STOP or whole in {_SEPARATORS.sub("", _bare(word)) for word in stop_words}:
        return "stop"
    if words and (words[0] in BEGINS_STOP or "".join(words[:2]) in BEGINS_STOP):
        return "stop"
    if whole in START:
        return "start"
    return "help" if whole in HELP else None


def _bare(text: str) -> str:
    """A text without case, and with its accents as marks of their own, which are no letters."""
    return normalize("NFKD", text.casefold())
