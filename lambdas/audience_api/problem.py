"""Why a request is not done, in words that help who made it and tell nothing of others."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

UNAVAILABLE_SECONDS: Final = 5
"""After so long what a service could not do may be asked for again."""


@dataclass(eq=False)
class Problem(Exception):  # noqa: N818 - RFC 9457's name
    """A request that is not done.

    Attributes:
        status: The status of the answer.
        words: Key of the sentence that says why (`lambdas.contracts.audience_words`).
        headers: Further headers of the answer.
        page: The page that a form is answered with.
        values: What that page shows.
    """

    status: int
    words: str
    headers: Mapping[str, str] = field(default_factory=dict)
    page: str = "problem"
    values: Mapping[str, Any] = field(default_factory=dict)


def later(status: int, words: str, seconds: int) -> Problem:
    """What may be tried again after so many seconds (RFC 9110, section 10.2.3)."""
    return Problem(status, words, headers={"retry-after": str(seconds)})


def unavailable() -> Problem:
    """What is needed does not answer."""
    return later(503, "unavailable", UNAVAILABLE_SECONDS)
