"""A notice as one part of a text message."""

from typing import Final

from lambdas.contracts.event import Notice
from lambdas.contracts.sms_parts import fits
from lambdas.contracts.sms_text import cut, plain

MIN_TEXT_LENGTH: Final = 20
"""A link that leaves less room than this is left out: it would be the whole message."""


def compose(notice: Notice, *, lead: str = "", note: str = "") -> str:
    """The notice's title and text in one part, with its link whole at the end.

    Words that are too long are cut and marked. A link is never cut: it is whole or, where it leaves no room for
    words, absent.

    Args:
        notice: The notice.
        lead: What comes before it.
        note: What comes before the link, and is never cut; of GSM-7, and short.
    """
    words = plain(f"{lead} {': '.join(part for part in (notice.title, notice.text) if part)}")
    ending = f" {note}" if note else ""
    link = f"{ending} {notice.url}" if notice.url else ending
    return cut(words, link if fits("x" * MIN_TEXT_LENGTH + link) else ending)
