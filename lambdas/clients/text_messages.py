"""A text message to one person, through AWS End User Messaging (Pinpoint SMS and Voice v2 API, `SendTextMessage`)."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.messaging_errors import not_sent
from lambdas.contracts.not_sent import Fate
from lambdas.contracts.sms_parts import count_parts

if TYPE_CHECKING:
    from mypy_boto3_pinpoint_sms_voice_v2.client import PinpointSMSVoiceV2Client

SERVICE: Final = "pinpoint-sms-voice-v2"

MIN_SECONDS, MAX_SECONDS = 5, 259_200
"""For so long a message can be on its way (`SendTextMessage`: `TimeToLive`)."""

FATES: Final[Mapping[str, Fate]] = {
    "ThrottlingException": "later",
    "InternalServerException": "unknown",
    "ServiceQuotaExceededException": "account",  # MONTHLY_SPEND_LIMIT_REACHED_FOR_TEXT
    "ServiceQuotaExceededException DAILY_DESTINATION_CALL_LIMIT": "refused",
    "AccessDeniedException": "account",  # ACCOUNT_DISABLED, INSUFFICIENT_ACCOUNT_REPUTATION
    "ResourceNotFoundException": "account",  # the origination identity
    "ExpiredTokenException": "account",
    "UnrecognizedClientException": "account",
    "ConflictException": "account",  # NO_ORIGINATION_IDENTITIES_FOUND, REGISTRATION_NOT_COMPLETE, RESOURCE_NOT_ACTIVE
    "ConflictException DESTINATION_PHONE_NUMBER_OPTED_OUT": "gone",
    "ConflictException DESTINATION_PHONE_NUMBER_NOT_VERIFIED": "account",  # the account is in the sandbox
    "ConflictException DESTINATION_COUNTRY_BLOCKED_BY_PROTECT_CONFIGURATION": "refused",
    "ConflictException DESTINATION_PHONE_NUMBER_BLOCKED_BY_PROTECT_NUMBER_OVERRIDE": "refused",
    "ValidationException": "refused",  # PRICE_OVER_THRESHOLD, DESTINATION_COUNTRY_BLOCKED, COUNTRY_NOT_ENABLED
    "ValidationException INVALID_ARN": "account",
    "ValidationException RESOURCE_NOT_ACCESSIBLE": "account",
    "ValidationException SENDER_ID_NOT_REGISTERED": "account",
    "ValidationException SENDER_ID_REQUIRES_REGISTRATION": "account",
}
"""By the error's code and its reason (`SendTextMessage`: Errors)."""


class TextMessages:
    """End User Messaging, with what is the same for all text messages.

    No context is given with a message: it would be in events and logs.

    Args:
        client: The service's, which calls once (`lambdas.clients.aws.CALLED_ONCE`).
        identity: Phone number, pool or sender id that they come from: an id or an ARN.
        max_price: US dollars that one part may cost at most; the service is told it for the whole message.
        configuration_set: What publishes which numbers are none any more; empty for none.
    """

    def __init__(
        self,
        client: "PinpointSMSVoiceV2Client",
        *,
        identity: str,
        max_price: float,
        configuration_set: str = "",
    ) -> None:
        self._client = client
        self._max_price = max_price
        self._same: Any = {
            "OriginationIdentity": identity,
            "MessageType": "TRANSACTIONAL",
            **({"ConfigurationSetName": configuration_set} if configuration_set else {}),
        }

    def send(self, number: str, text: str, seconds: float = MAX_SECONDS) -> None:
        """Send a text message to one number.

        Args:
            number: In E.164.
            text: Not empty, 1,600 characters at most.
            seconds: How long it may be on its way.

        Raises:
            NotSentError: The service has not taken it, or has not answered.
        """
        try:
            self._client.send_text_message(
                **self._same,
                DestinationPhoneNumber=number,
                MessageBody=text,
                MaxPrice=f"{self._max_price * count_parts(text):.5f}",
                TimeToLive=min(MAX_SECONDS, max(MIN_SECONDS, int(seconds))),
            )
        except (ClientError, BotoCoreError) as error:
            raise not_sent("End User Messaging", error, FATES) from None
