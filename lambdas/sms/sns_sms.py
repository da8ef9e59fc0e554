"""One part of a text message to one number, through SNS."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.messaging_errors import not_sent
from lambdas.runtime import Retry, Undeliverable

if TYPE_CHECKING:
    from mypy_boto3_sns.client import SNSClient
    from mypy_boto3_sns.type_defs import MessageAttributeValueTypeDef

_PERMANENT: Final = {
    "InvalidParameter",
    "InvalidParameterValue",
    "OptedOut",
    "ParameterValueInvalid",
    "Validation",
    "ValidationException",
}
"""What SNS answers to a number that it will never reach (SNS API reference, `Publish`: Errors). A code is
not always its exception's name: `InvalidParameterValueException` has the code ``ParameterValueInvalid``."""


@dataclass(frozen=True, slots=True)
class SnsSms:
    """Text messages of SNS.

    Attributes:
        sns: SNS's client, which calls once (`lambdas.clients.text_messages.CALLED_ONCE`).
        max_price: US dollars that one message may cost at most.
        origination_number: The number that it is sent from; one that SNS chooses where it is empty.
    """

    sns: "SNSClient"
    max_price: float
    origination_number: str = ""

    def send(self, number: str, text: str, place: int) -> None:
        """Send a text message.

        Args:
            number: To whom; personal, and therefore in no reason.
            text: One part.
            place: The number's place in the rulebook, by which a reason names it.

        Raises:
            Retry: The message was not sent and may be tried again; or it is uncertain whether it was.
            Undeliverable: SNS will never send to this number.
        """
        try:
            self.sns.publish(
                PhoneNumber=number,
                Message=text,
                MessageAttributes=self._attributes(),
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            reason = f"SNS answered {code} for number {place} of the rulebook"
            if code.removesuffix("Exception") in _PERMANENT or code in _PERMANENT:
                raise Undeliverable(reason) from None
            raise Retry(reason=reason) from None
        except BotoCoreError as error:
            unsent = not_sent("SNS", error, {})
            raise Retry(reason=unsent.reason, uncertain=unsent.fate == "unknown") from None

    def _attributes(self) -> "dict[str, MessageAttributeValueTypeDef]":
        """How it is sent (SNS developer guide, "Publishing SMS messages to a mobile phone")."""
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            "AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"},
            "AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": f"{self.max_price:.2f}"},
        }
        if self.origination_number:
            attributes["AWS.MM.SMS.OriginationNumber"] = {
                "DataType": "String",
                "StringValue": self.origination_number,
            }
        return attributes
