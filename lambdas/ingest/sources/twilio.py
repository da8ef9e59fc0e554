"""Twilio: messages and calls."""

from typing import Final

from lambdas.contracts.event import Notice
from lambdas.ingest.answer import Answer
from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.vendor import TwilioUrl
from lambdas.ingest.source import Draft, Source, VerifiedRequest


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    status = request.text("MessageStatus") or request.text("SmsStatus") or request.text("CallStatus")
    about = "call" if request.text("CallSid") else "message"
    event_type = source.type_of(f"{about}.{status}" if status else about)
    fields = {"From": request.text("From"), "To": request.text("To"), "Error": request.text("ErrorCode")}
    notice = Notice(
        title=generic.headline(event_type),
        text=request.text("Body")[: generic.MAX_TEXT_LENGTH],
        severity="warning" if status in ("failed", "undelivered") else "info",
        fields={name: value for name, value in fields.items() if value},
    )
    return Draft(event_type, notice, subject=request.text("MessageSid") or request.text("CallSid"))


# Twilio wants TwiML for an answer and warns of anything else.
SOURCE: Final = Source(
    name="twilio",
    scheme=TwilioUrl(),
    native_type=("MessageStatus",),
    # The form has the message's or call's Sid and its status. What is signed is its content, however it is written.
    identity=(Body(),),
    headers=("i-twilio-idempotency-token",),
    normalise=_normalise,
    body="json or form",
    reply=lambda request: Answer("<Response/>", "text/xml"),
)
