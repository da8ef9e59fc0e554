"""What Twilio says of a message or a call, under the names that each of them has for its status."""

import pytest

from tests.unit.lambdas.ingest.normalised import normalised


@pytest.mark.parametrize(
    ("body", "type", "severity", "subject"),
    [
        ({"MessageStatus": "delivered", "MessageSid": "SM1"}, "twilio.message.delivered", "info", "SM1"),
        ({"SmsStatus": "received", "MessageSid": "SM1"}, "twilio.message.received", "info", "SM1"),
        ({"CallStatus": "completed", "CallSid": "CA1"}, "twilio.call.completed", "info", "CA1"),
        (
            {"MessageStatus": "undelivered", "MessageSid": "SM1"},
            "twilio.message.undelivered",
            "warning",
            "SM1",
        ),
        ({"MessageSid": "SM1"}, "twilio.message", "info", "SM1"),
    ],
)
def test_status_is_part_of_the_type(body: dict[str, str], type: str, severity: str, subject: str) -> None:
    draft = normalised("twilio", body)
    assert (draft.type, draft.notice.severity, draft.subject) == (type, severity, subject)


def test_error_and_numbers_are_fields() -> None:
    notice = normalised("twilio", {"From": "+1", "To": "+2", "ErrorCode": "30003", "Body": "Hi"}).notice
    assert (notice.fields, notice.text) == ({"From": "+1", "To": "+2", "Error": "30003"}, "Hi")
    assert normalised("twilio", {"From": "+1"}).notice.fields == {"From": "+1"}
