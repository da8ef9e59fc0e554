"""E-mail to one person, through SES's API v2 (SES API v2 reference, `SendEmail`)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formataddr, parseaddr
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.messaging_errors import not_sent
from lambdas.contracts.not_sent import Fate, NotSentError

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

FATES: Final[Mapping[str, Fate]] = {
    "TooManyRequestsException": "later",
    "ThrottlingException": "later",  # "Maximum sending rate exceeded", "Daily message quota exceeded"
    "LimitExceededException": "later",
    "AccountSuspendedException": "account",
    "SendingPausedException": "account",
    "MailFromDomainNotVerifiedException": "account",
    "NotFoundException": "account",  # the configuration set
    "AccessDeniedException": "account",
    "ExpiredTokenException": "account",
    "UnrecognizedClientException": "account",
    "MessageRejected": "refused",
    "BadRequestException": "refused",
}
"""By the error's code (SES API v2 reference, `SendEmail`: Errors; SES developer guide, "Errors related to the sending
quotas")."""

_NOT_VERIFIED: Final = "not verified"
"""How SES says of an address that it may not send from it; or, as long as the account is in the sandbox, not to it (SES
developer guide, "Amazon SES email sending errors"). The sentence goes on with the address."""

ONE_ADDRESS: Final = re.compile(r"[!#-'*+\-/-9=?A-Z^-~.]+@[0-9A-Za-z.-]+", re.ASCII)
"""An address without a name, a comment, a quoted part or a second one (RFC 5322, 3.4.1, `dot-atom`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """An e-mail but for whom it is to and from.

    Attributes:
        subject: One line.
        text: As plain text.
        html: The same as HTML.
        headers: Further header fields in printable ASCII.
    """

    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


class Ses:
    """SES, with what is the same for all e-mails.

    Args:
        client: SES's, of API v2, which calls once (`lambdas.clients.aws.CALLED_ONCE`).
        sender: The sender's address, bare or with a name.
        reply_to: Where answers go; empty for the sender.
        configuration_set: What publishes bounces and complaints.
    """

    def __init__(
        self, client: "SESV2Client", *, sender: str, reply_to: str = "", configuration_set: str
    ) -> None:
        self._client = client
        self._same: Any = {
            "FromEmailAddress": in_ascii(sender),
            "ConfigurationSetName": configuration_set,
            **({"ReplyToAddresses": [in_ascii(reply_to)]} if reply_to else {}),
        }

    def send(self, address: str, email: Email) -> None:
        """Send an e-mail to one address.

        Raises:
            NotSentError: SES has not taken it, or has not answered.
        """
        if not ONE_ADDRESS.fullmatch(address):
            raise NotSentError("gone", "the address is none, or more than one")
        try:
            self._client.send_email(
                **self._same, Destination={"ToAddresses": [address]}, Content={"Simple": _content(email)}
            )
        except ClientError as error:
            raise _not_sent(error) from None
        except BotoCoreError as error:
            raise not_sent("SES", error, FATES) from None


def in_ascii(sender: str) -> str:
    """An address whose name SES can take: outside ASCII it is an encoded word (RFC 2047)."""
    name, address = parseaddr(sender)
    return formataddr((name, address))


def _not_sent(error: ClientError) -> NotSentError:
    if _NOT_VERIFIED in error.response.get("Error", {}).get("Message", ""):
        return NotSentError(
            "account", "SES does not know the sender as verified, or the account is in the sandbox"
        )
    return not_sent("SES", error, FATES)


def _content(email: Email) -> Any:
    return {
        "Subject": _utf8(email.subject),
        "Body": {"Text": _utf8(email.text), "Html": _utf8(email.html)},
        "Headers": [{"Name": name, "Value": value} for name, value in email.headers.items()],
    }


def _utf8(text: str) -> dict[str, str]:
    return {"Data": text, "Charset": "UTF-8"}
