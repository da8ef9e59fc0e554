"""One part of a text message to one number, through AWS End User Messaging."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from lambdas.clients.text_messages import TextMessages
from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.runtime import Retry, Undeliverable

_MEANS: Final[Mapping[Fate, Callable[[str], Exception]]] = {
    "gone": Undeliverable,
    "refused": Undeliverable,
    "later": lambda reason: Retry(reason=reason),
    "account": lambda reason: Retry(reason=reason),
    "unknown": lambda reason: Retry(reason=reason, uncertain=True),
}


@dataclass(frozen=True, slots=True)
class EndUserSms:
    """Text messages of AWS End User Messaging, as a dispatch sends them (`lambdas.sms.dispatch.Send`)."""

    texts: TextMessages

    def send(self, number: str, text: str, place: int) -> None:
        """Send a text message.

        Args:
            number: To whom; personal, and therefore in no reason.
            text: One part.
            place: The number's place in the rulebook, by which a reason names it.

        Raises:
            Retry: The message was not sent and may be tried again; or it is uncertain whether it was.
            Undeliverable: The service will never send to this number.
        """
        try:
            self.texts.send(number, text)
        except NotSentError as error:
            raise _MEANS[error.fate](f"{error.reason} for number {place} of the rulebook") from None
