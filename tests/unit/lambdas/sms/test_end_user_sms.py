"""What answers of End User Messaging mean for an event."""

import pytest

from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.runtime import Retry, Undeliverable
from lambdas.sms.end_user_sms import EndUserSms
from tests.fakes.messaging import Phone

NUMBER = "+12065550100"


def test_text_is_sent() -> None:
    phone = Phone()
    EndUserSms(phone).send(NUMBER, "Deploy failed", 1)  # type: ignore[arg-type]
    assert [(number, text) for number, text, _ in phone.sent] == [(NUMBER, "Deploy failed")]


@pytest.mark.parametrize(
    ("fate", "raised", "uncertain"),
    [
        ("gone", Undeliverable, False),
        ("refused", Undeliverable, False),
        ("later", Retry, False),
        ("account", Retry, False),
        ("unknown", Retry, True),
    ],
)
def test_text_that_was_not_sent_raises_what_it_means(
    fate: Fate, raised: type[Exception], uncertain: bool
) -> None:
    phone = Phone(fails={NUMBER: NotSentError(fate, "End User Messaging answered X")})
    with pytest.raises(
        raised, match=r"^End User Messaging answered X for number 2 of the rulebook$"
    ) as error:
        EndUserSms(phone).send(NUMBER, "Deploy failed", 2)  # type: ignore[arg-type]
    assert getattr(error.value, "uncertain", False) is uncertain
