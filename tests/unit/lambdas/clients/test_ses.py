"""What SES is asked to send, and what its answers mean for the message."""

from collections.abc import Iterator

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.stub import Stubber

from lambdas.clients.ses import FATES, Email, Ses, in_ascii
from lambdas.contracts.not_sent import NotSentError

ANN = "ann@example.org"
EMAIL = Email(subject="Line 12", text="Late", html="<p>Late</p>", headers={"List-Unsubscribe": "<https://x>"})
SENDER = "Harbour Buses <news@example.com>"


@pytest.fixture
def ses() -> Iterator[tuple[Ses, Stubber]]:
    client = boto3.client("sesv2", region_name="us-east-1")
    with Stubber(client) as stubber:
        yield (
            Ses(client, sender=SENDER, reply_to="office@example.com", configuration_set="Audience"),
            stubber,
        )


def test_email_is_sent_with_its_headers(ses: tuple[Ses, Stubber]) -> None:
    sender, stubber = ses
    stubber.add_response(
        "send_email",
        {"MessageId": "1"},
        {
            "FromEmailAddress": SENDER,
            "ReplyToAddresses": ["office@example.com"],
            "ConfigurationSetName": "Audience",
            "Destination": {"ToAddresses": [ANN]},
            "Content": {
                "Simple": {
                    "Subject": {"Data": "Line 12", "Charset": "UTF-8"},
                    "Body": {
                        "Text": {"Data": "Late", "Charset": "UTF-8"},
                        "Html": {"Data": "<p>Late</p>", "Charset": "UTF-8"},
                    },
                    "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://x>"}],
                }
            },
        },
    )
    sender.send(ANN, EMAIL)
    stubber.assert_no_pending_responses()


def test_email_shows_nobodys_links() -> None:
    assert repr(EMAIL) == "Email(subject='Line 12')"


@pytest.mark.parametrize(("code", "fate"), FATES.items())
def test_refusal_says_what_becomes_of_the_email(ses: tuple[Ses, Stubber], code: str, fate: str) -> None:
    sender, stubber = ses
    stubber.add_client_error("send_email", code, f"not to {ANN}", 400)
    with pytest.raises(NotSentError) as raised:
        sender.send(ANN, EMAIL)
    assert (raised.value.fate, raised.value.reason) == (fate, f"SES answered {code}")


def test_sandbox_is_the_accounts_matter_and_names_nobody(ses: tuple[Ses, Stubber]) -> None:
    sender, stubber = ses
    said = f"Email address is not verified. The following identities failed the check: {ANN}"
    stubber.add_client_error("send_email", "MessageRejected", said, 400)
    with pytest.raises(NotSentError, match="sandbox") as raised:
        sender.send(ANN, EMAIL)
    assert raised.value.fate == "account"
    assert ANN not in f"{raised.value!r} {raised.value.__cause__!r}"
    assert raised.value.__suppress_context__


@pytest.mark.parametrize(
    ("status", "fate"), [(503, "later"), (500, "unknown"), (504, "unknown"), (400, "refused")]
)
def test_unknown_error_is_judged_by_its_status(ses: tuple[Ses, Stubber], status: int, fate: str) -> None:
    sender, stubber = ses
    stubber.add_client_error("send_email", "SomethingNew", "", status)
    with pytest.raises(NotSentError) as raised:
        sender.send(ANN, EMAIL)
    assert raised.value.fate == fate


class Silent:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_email(self, **call: object) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (ReadTimeoutError(endpoint_url="https://ses"), "unknown"),
        (EndpointConnectionError(endpoint_url="https://ses"), "later"),
    ],
)
def test_lost_answer_is_unknown(error: Exception, fate: str) -> None:
    with pytest.raises(NotSentError) as raised:
        Ses(Silent(error), sender=SENDER, configuration_set="Audience").send(ANN, EMAIL)
    assert (raised.value.fate, raised.value.reason) == (fate, f"SES: {type(error).__name__}")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ann",
        "ann@example.org, bob@example.org",
        "ann@example.org\r\nBcc: bob@example.org",
        "Ann <ann@example.org>",
        '"ann"@example.org',
        "ann@exämple.org",
        "ann@example.org;bob@example.org",
    ],
)
def test_what_is_not_one_address_is_never_sent_to(address: str) -> None:
    ses = Ses(Silent(AssertionError("called")), sender=SENDER, configuration_set="Audience")
    with pytest.raises(NotSentError) as raised:
        ses.send(address, EMAIL)
    assert raised.value.fate == "gone"
    assert not address or address not in raised.value.reason


def test_name_of_the_sender_is_in_ascii() -> None:
    assert in_ascii("Häfen <news@example.com>") == "=?utf-8?b?SMOkZmVu?= <news@example.com>"
    assert in_ascii("news@example.com") == "news@example.com"
