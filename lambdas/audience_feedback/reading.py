"""Reads what AWS tells of messages: which address it is about, and what that means for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from lambdas.contracts.audience_topics import Channel

Kind = Literal["bounce", "complaint", "invalid", "answer"]
"""Mail to it comes back for good; somebody there called it spam; the number is none; a person has sent a text."""

NOT_SPAM: Final = "not-spam"
"""How a mail program says that a person takes a complaint back (RFC 6430)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of an address.

    Attributes:
        kind: What.
        channel: Of which channel.
        address: The address.
        text: What a person has sent.
        id: Names what a person has sent.
    """

    kind: Kind
    channel: Channel
    address: str = field(repr=False)
    text: str = field(default="", repr=False)
    id: str = ""


def message_of(text: str) -> Mapping[str, Any]:
    """What a notification says; nothing where it is no object.

    SES tries a new topic with a sentence: "Successfully validated SNS topic for Amazon SES event publishing."
    """
    try:
        said = json.loads(text)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def heard_of(message: Mapping[str, Any]) -> Iterator[Heard]:
    """What a notification means; nothing for one that means nothing, and for what is none."""
    if "originationNumber" in message and "messageBody" in message:
        yield _answer(message)
    elif read := _READERS.get(message.get("eventType") or message.get("notificationType") or ""):
        yield from read(message)


def _answer(message: Mapping[str, Any]) -> Heard:
    """A text of a person (AWS End User Messaging user guide, "Example of a two-way SMS message payload")."""
    return Heard(
        "answer",
        "text",
        str(message["originationNumber"]),
        str(message["messageBody"]),
        str(message.get("inboundMessageId", "")),
    )


def _bounce(message: Mapping[str, Any]) -> Iterator[Heard]:
    """Of SES ("Contents of event data that Amazon SES publishes to Amazon SNS"); what is transient passes."""
    if message["bounce"].get("bounceType") == "Permanent":
        yield from _mailed("bounce", message)


def _complaint(message: Mapping[str, Any]) -> Iterator[Heard]:
    if message["complaint"].get("complaintFeedbackType") != NOT_SPAM:
        yield from _mailed("complaint", message)


def _mailed(kind: Kind, message: Mapping[str, Any]) -> Iterator[Heard]:
    """Of each address that the e-mail was sent to: ours have one, and a mail server may name another in its report."""
    for address in message["mail"].get("destination", ()):
        yield Heard(kind, "email", str(address).strip().lower())


def _invalid(message: Mapping[str, Any]) -> Iterator[Heard]:
    """Of a number that is none any more ("Messaging Events", ``TEXT_INVALID``)."""
    yield Heard("invalid", "text", str(message["destinationPhoneNumber"]))


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterator[Heard]]]] = {
    "Bounce": _bounce,
    "Complaint": _complaint,
    "TEXT_INVALID": _invalid,
}
"""By the event's type."""
