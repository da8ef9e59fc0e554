"""A mailbox for every address: what the local account's SES has sent, with its headers."""

import re
from collections.abc import Mapping
from typing import Any, Final

from jamwire.local.inbox.deliveries import ReceivedDelivery
from lambdas.contracts.event import timestamp

EVENT_HEADER: Final = "X-Jamwire-Event"
NO_SUCH_USER: Final = 550
"""What a mail server answers to a mail for an address that is none (RFC 5321, 4.2.3)."""

_EVENT_ID: Final = re.compile(r"[0-9a-f]{32}")


def delivery_of(mail: Mapping[str, Any]) -> ReceivedDelivery:
    """A mail as it was sent to SES (`SendEmail`), as a delivery."""
    simple = mail.get("Content", {}).get("Simple", {})
    body = simple.get("Body", {})
    to = mail.get("Destination", {}).get("ToAddresses", [])
    headers = {header["Name"]: header["Value"] for header in simple.get("Headers", [])}
    return ReceivedDelivery(
        channel="email",
        received_at=timestamp(mail["at"]),
        destination=", ".join(to),
        event_ids=tuple(_EVENT_ID.findall(headers.get(EVENT_HEADER, ""))),
        request={
            "from": mail.get("FromEmailAddress", ""),
            "reply_to": mail.get("ReplyToAddresses", []),
            "subject": simple.get("Subject", {}).get("Data", ""),
            "text": body.get("Text", {}).get("Data", ""),
            "html": body.get("Html", {}).get("Data", ""),
            "headers": headers,
        },
        status=200 if mail["arrived"] else NO_SUCH_USER,
    )
