"""Whether a secret is none, but what stands for one in a guide."""

import re
from typing import Final

_WORD: Final = re.compile(
    r"(change[-_ ]?me|replace[-_ ]?me|todo|tbd|secret|password|placeholder|example|dummy|test|none|null|x+|\.+|\*+"
    r"|<.*>|\{.*\}|your[-_ ].*)",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"https?://([^/]*\.)?example\.(com|org|net)\b.*|.*/T0+/B0+/X+|.*/(XXX[X/]*|<[^/]*>)", re.IGNORECASE
)
"""Slack's documentation has ``https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX``."""


def is_placeholder(value: str) -> bool:
    """Whether nobody can mean this as a secret."""
    return bool(_WORD.fullmatch(value.strip()) or _URL.fullmatch(value.strip()))
