"""Words as a text message: in one line, in the alphabet that has most room, cut to the parts that are paid for."""

import re
from bisect import bisect_right
from typing import Final
from unicodedata import normalize

from lambdas.contracts.sms_parts import MAX_LENGTH, count_parts, is_gsm7

_PLAIN: Final = {
    "'": "\u2018\u2019\u201a\u201b\u2032\u2035\u2039\u203a\u02b9\u02bc\u00b4`",
    '"': "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2022\u00b7",
    "...": "\u2026",
}
"""Quotation marks, hyphens, dashes, bullets and the ellipsis by their plain twins in GSM-7: one such character would
cost 90 characters of room."""

_PLAIN_TWINS: Final = str.maketrans({mark: plain for plain, marks in _PLAIN.items() for mark in marks})

_INVISIBLE: Final = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"  # controls, but for those that are space
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
"""Characters without a shape: byte order marks, soft hyphens, joiners, direction marks, variation selectors (Unicode,
"Default_Ignorable_Code_Point")."""


def plain(text: str) -> str:
    """Text in one line, and in GSM-7 where only its typography and what nobody sees keep it out.

    Elsewhere the invisible stays, since it means something: it joins emoji, and letters of some scripts.
    """
    line = " ".join(normalize("NFC", text).translate(_PLAIN_TWINS).split())
    visible = " ".join(_INVISIBLE.sub("", line).split())
    return visible if is_gsm7(visible) else line


def cut(words: str, ending: str, parts: int = 1) -> str:
    """Words and an ending in so many parts at most: the words cut where they are too long, the ending whole."""
    if count_parts(words + ending) <= parts:
        return words + ending

    def shortened(length: int) -> str:
        return f"{words[:length].rstrip()}...{ending}"

    # More words never are fewer parts. Without any words, the ending fits.
    lengths = range(min(len(words), MAX_LENGTH * parts) + 1)
    fitting = bisect_right(lengths, parts, key=lambda length: count_parts(shortened(length)))
    return shortened(fitting - 1)
