"""What a text message is billed by: its parts.

One part has 160 characters of the GSM-7 alphabet (3GPP TS 23.038, section 6.2.1; those of its extension table count
twice) or, with a single character outside it, 70 UTF-16 code units. Of a longer message each part loses six bytes to
the header that joins them (3GPP TS 23.040, section 9.2.3.24.1).
"""

from dataclasses import dataclass
from typing import Final, Literal

GSM7: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
GSM7_EXTENSION: Final = frozenset("^{}\\[~]|€\f")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the characters of a text message are sent.

    Attributes:
        name: What the field calls it.
        alone: Septets or code units of a message that is one part.
        joined: Those of each part of a longer one.
    """

    name: Literal["GSM-7", "UCS-2"]
    alone: int
    joined: int


_GSM7: Final = Encoding("GSM-7", 160, 153)
_UCS2: Final = Encoding("UCS-2", 70, 67)

MAX_LENGTH: Final = _GSM7.alone
"""More characters no part has."""


def encoding_of(text: str) -> Encoding:
    """How a text is sent."""
    return _GSM7 if is_gsm7(text) else _UCS2


def count_parts(text: str) -> int:
    """How many parts a text is billed as; no character is cut in two."""
    encoding = encoding_of(text)
    if fits(text):
        return 1
    parts, room = 1, encoding.joined
    for character in text:
        units = _units(character, encoding)
        if units > room:
            parts, room = parts + 1, encoding.joined
        room -= units
    return parts


def fits(text: str) -> bool:
    """Whether a text goes into one part."""
    return size(text) <= encoding_of(text).alone


def size(text: str) -> int:
    """Septets of a GSM-7 text, UTF-16 code units of any other."""
    encoding = encoding_of(text)
    return sum(_units(character, encoding) for character in text)


def is_gsm7(text: str) -> bool:
    """Whether GSM-7 has all its characters."""
    return all(character in GSM7 or character in GSM7_EXTENSION for character in text)


def _units(character: str, encoding: Encoding) -> int:
    return 1 + (character in GSM7_EXTENSION if encoding is _GSM7 else character > "\uffff")
