"""Addresses as a person at the command writes and reads them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from jamwire.operations.errors import OperationError
from lambdas.contracts.audience_topics import Channel
from lambdas.followers.addresses import email_form

_NUMBER: Final = re.compile(r"\+[0-9]{7,15}")
_BETWEEN_DIGITS: Final = re.compile(r"[\s()./-]")


class Address(NamedTuple):
    """An address in its one form, and by which channel it is reached."""

    channel: Channel
    text: str


def address_of(said: str) -> Address:
    """What a person means: an e-mail address, a number with its country's code, or a push service's URL.

    Raises:
        OperationError: It is none of these.
    """
    if said.startswith(("https://", "http://")):
        return Address("push", said)
    if _NUMBER.fullmatch(number := _BETWEEN_DIGITS.sub("", said)):
        return Address("text", number)
    try:
        return Address("email", email_form(said))
    except ValueError:
        raise OperationError(
            "This is no address; expected an e-mail address, a number such as +4930123456, or a push endpoint's URL"
        ) from None


def shown_address(channel: Channel, opened: str, *, whole: bool) -> str:
    """An opened address for a person to read.

    Args:
        channel: Its channel.
        opened: What was sealed: the address; of web push the JSON of the subscription.
        whole: Whether all of it may be seen; otherwise as much as tells two apart.
    """
    address: str = json.loads(opened)["endpoint"] if channel == "push" else opened
    return address if whole else _MASKS[channel](address)


def _mask_email(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def _mask_number(number: str) -> str:
    return f"{number[:3]}…{number[-2:]}"


def _mask_endpoint(endpoint: str) -> str:
    return f"{urlsplit(endpoint).netloc}/…"


_MASKS: Final[Mapping[Channel, Callable[[str], str]]] = {
    "push": _mask_endpoint,
    "email": _mask_email,
    "text": _mask_number,
}
