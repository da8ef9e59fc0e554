"""A question to one person: was it you who asked? The endpoint puts it into the channel's queue, a worker asks it.

The endpoint does the same for everybody who is asked for. Whether the person follows already, was asked today or must
not be written to is found out by the worker, where nobody can measure how long it takes. So it is the worker that makes
what answers the question: the word in an e-mail's link, the code in a text message. Only its digest is kept, as
the follower item's `question`.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Final

from lambdas.followers.keys import decode, encode

if TYPE_CHECKING:
    from lambdas.followers.sealing import Sealer

MAX_TRIES: Final = 5
"""Wrong codes after which a question has no answer: one guess in 200,000 succeeds (NIST SP 800-63B, 5.1.3.2)."""

CODE_DIGITS: Final = 6
CODE_SECONDS: Final = 3600
"""For so long a code answers; a link does for `lambdas.followers.links.CONFIRM_SECONDS`."""

_WORD_BYTES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asked for at the public endpoint, in the name of who is to be asked.

    Attributes:
        address: In its one form: an e-mail address, a number in E.164.
        topics: What is to be followed beside what is followed already.
        zone: The time zone (IANA); empty for UTC.
        at: The time of day of the digest, ``HH:MM``; empty for at once.
        wording: SHA-256 of the words of consent that were shown, in hexadecimal.
        asked_at: When, RFC 3339 in UTC.
        network: Where from, as a keyed hash.
    """

    address: str = field(repr=False)
    topics: tuple[str, ...]
    zone: str = ""
    at: str = ""
    wording: str
    asked_at: str
    network: str = ""


def seal_question(question: Question, sealer: "Sealer", follower: str) -> str:
    """As a job carries it (`lambdas.contracts.audience_job.Job.question`), bound to the follower's id."""
    return encode(sealer.seal(json.dumps(asdict(question), separators=(",", ":")), follower))


def open_question(sealed: str, sealer: "Sealer", follower: str) -> Question:
    """The inverse of `seal_question`.

    Raises:
        ValueError: It is no such text.
        UnreadableError: It was sealed for another follower or by another audience (`lambdas.followers.sealing`).
    """
    said = json.loads(sealer.open(decode(sealed), follower))
    return Question(**{**said, "topics": tuple(said["topics"])})


def new_word(random: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """What answers the question of an e-mail: its link carries it (`lambdas.followers.links.Link.question`)."""
    return encode(random(_WORD_BYTES))


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    """What answers the question of a text message, which a person types: six digits.

    Args:
        below: Gives a random number below another.
    """
    return f"{below(10**CODE_DIGITS):0{CODE_DIGITS}}"


def answer_digest(lookup_key: bytes, follower: str, answer: str) -> str:
    """What the follower item's `question` is while this answers it; without the key a code cannot be tried out.

    Args:
        lookup_key: The audience's (`lambdas.followers.keys`).
        follower: The follower's id.
        answer: The word of the link, or the code.
    """
    return hmac.new(lookup_key, f"answer {follower} {answer}".encode(), hashlib.sha256).hexdigest()


def wording_digest(consent: str) -> str:
    """The words to which a person agrees, as the proof keeps them (`lambdas.followers.follower.Consent`)."""
    return hashlib.sha256(consent.encode()).hexdigest()
