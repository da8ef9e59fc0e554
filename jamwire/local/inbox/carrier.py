"""A carrier: text messages to followers by the local account's End User Messaging, and what phones answer."""

import re
from collections.abc import Mapping
from typing import Any, Final

from jamwire.local.inbox.deliveries import ReceivedDelivery
from lambdas.contracts.event import timestamp

EXAMPLE: Final = '{"from": "+12065550100", "to": "+18005550199", "text": "STOP"}'
MAX_TEXT: Final = 1600

_NUMBER: Final = re.compile(r"\+[1-9][0-9]{6,14}")


class BadAnswerError(ValueError):
    """An answer that no phone gives; the text says what was given and what was expected."""


def delivery_of(text: Mapping[str, Any]) -> ReceivedDelivery:
    """A text message as it was sent (`SendTextMessage`), as a delivery."""
    return ReceivedDelivery(
        channel="text",
        received_at=timestamp(text["at"]),
        destination=text["DestinationPhoneNumber"],
        request={
            "from": text["OriginationNumber"],
            "text": text["MessageBody"],
            "max_price": text.get("MaxPrice", ""),
        },
        status=200,
    )


def read_answer(document: Any) -> dict[str, str]:
    """Read what a phone answers, as posted.

    Raises:
        BadAnswerError: It is none.
    """
    if not isinstance(document, dict) or set(document) != {"from", "to", "text"}:
        raise BadAnswerError(f"Expected an object such as {EXAMPLE}.")
    for name in ("from", "to"):
        if not isinstance(document[name], str) or not _NUMBER.fullmatch(document[name]):
            raise BadAnswerError(f"{name} is {document[name]!r}, expected E.164 such as '+12065550100'.")
    text = document["text"]
    if not isinstance(text, str) or not 1 <= len(text) <= MAX_TEXT:
        raise BadAnswerError(f"text has to be a text of 1 to {MAX_TEXT} characters.")
    return document
