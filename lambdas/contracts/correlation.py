"""What ties the events of one publish together: a short word that travels through the build to the deploy's webhook.

A build host gives back what it was told only in texts that people read, such as the title of a deploy. So the word
travels inside such a text, in a form that is found again and is nothing else: ``[jamwire:0a1b2c3d4e5f]``.
"""

import hashlib
import re
from typing import Final

LENGTH: Final = 12
"""Hexadecimal digits: two publishes in a million years of one a minute share one."""

_MARK: Final = re.compile(rf"\[jamwire:([0-9a-f]{{{LENGTH}}})\]")


def correlation_of(*parts: str) -> str:
    """The word for a cause, the same each time."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:LENGTH]


def marked(text: str, correlation: str) -> str:
    """A text for people that carries the word."""
    return f"{text} [jamwire:{correlation}]"


def correlation_in(*texts: str) -> str:
    """The word that the first of the texts to carry one ends with; what a title said before it does not count."""
    return next((found[-1] for text in texts if (found := _MARK.findall(text))), "")
