"""Answers to what people text: within budgets of their own, and only to numbers of the countries that may follow."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from lambdas.audience_feedback.reading import Heard
from lambdas.contracts.not_sent import NotSentError
from lambdas.contracts.sms_parts import count_parts
from lambdas.contracts.sms_text import cut, plain
from lambdas.followers.addresses import BadAddressError, BadCountryError, number_form
from lambdas.followers.purse import Purse, SpentError
from lambdas.followers.sending import Count, Failed

MAX_PARTS: Final = 2
REPLY_SECONDS: Final = 3600.0


class Service(Protocol):
    """What sends an answer (`lambdas.clients.text_messages.TextMessages`)."""

    def send(self, number: str, text: str, seconds: float) -> None:
        """Send a text message to one number; raises `NotSentError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """Answers people.

    Attributes:
        service: What sends an answer.
        purse: The budgets.
        countries: Whose numbers are answered (ISO 3166-1 alpha-2).
        failed: Reports an answer that was not sent.
        count: Counts parts, and when a budget is spent.
    """

    service: Service
    purse: Purse
    countries: Sequence[str]
    failed: Failed
    count: Count

    def send(self, id: str, heard: Heard, text: str) -> None:
        """Answer a person once; an answer that is lost is lost, since what it says has been done."""
        message = cut(plain(text), "", MAX_PARTS)
        if self._may_send(id, heard, count_parts(message)):
            self._send(heard.address, message)

    def _may_send(self, id: str, heard: Heard, parts: int) -> bool:
        """Whoever sends us texts chooses what each answer costs, by the country of the number."""
        try:
            number_form(heard.address, self.countries)
            self.purse.take_reply(id, parts, heard.id)
        except (BadAddressError, BadCountryError):
            return False
        except SpentError as spent:
            if spent.by_all:
                self.count("BudgetSpent", 1)
            return False
        return True

    def _send(self, number: str, message: str) -> None:
        try:
            self.service.send(number, message, REPLY_SECONDS)
        except NotSentError as error:
            self.failed(error)
        else:
            self.count("Parts", count_parts(message))
