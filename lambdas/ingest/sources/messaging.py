"""Messages and forms: Slack, Twilio, SendGrid, Typeform, and those whose handshakes are all that is special."""

from collections import Counter
from typing import Any, Final

from lambdas.contracts.event import Notice
from lambdas.ingest import handshakes
from lambdas.ingest.handshakes import Reply
from lambdas.ingest.schemes import BodyToken, Hmac, PublicKey, TwilioUrl
from lambdas.ingest.sources import generic
from lambdas.ingest.sources.source import Delivery, Draft, Source, dig

_A_DAY: Final = 24 * 3600


def _slack(source: Source, delivery: Delivery) -> Draft:
    if command := delivery.text("command"):
        kind = source.type_of("command")
        text = f"{command} {delivery.text('text')}".strip()
        fields = {"By": delivery.text("user_name"), "Channel": delivery.text("channel_name")}
        return Draft(kind, Notice(title=text[: generic.TITLE_LENGTH], fields=fields))
    kind = source.type_of(delivery.text("event", "type") or delivery.native_type)
    text = delivery.text("event", "text")[: generic.TEXT_LENGTH]
    return Draft(kind, Notice(title=generic.headline(kind), text=text))


def _twilio(source: Source, delivery: Delivery) -> Draft:
    status = delivery.text("MessageStatus") or delivery.text("SmsStatus") or delivery.text("CallStatus")
    about = "call" if delivery.text("CallSid") else "message"
    kind = source.type_of(f"{about}.{status}" if status else about)
    fields = {"From": delivery.text("From"), "To": delivery.text("To"), "Error": delivery.text("ErrorCode")}
    notice = Notice(
        title=generic.headline(kind),
        text=delivery.text("Body")[: generic.TEXT_LENGTH],
        severity="warning" if status in ("failed", "undelivered") else "info",
        fields={name: value for name, value in fields.items() if value},
    )
    return Draft(kind, notice, subject=delivery.text("MessageSid") or delivery.text("CallSid"))


def _sendgrid(source: Source, delivery: Delivery) -> Draft:
    """One call tells of many mails; whom they were sent to is in the payload only."""
    mails = delivery.payload if isinstance(delivery.payload, list) else []
    counts = Counter(name for mail in mails if isinstance(name := dig(mail, "event"), str))
    kind = source.type_of(next(iter(counts)) if len(counts) == 1 else "events")
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common(generic.MOST_FIELDS))
    troubled = {"bounce", "dropped", "spamreport"} & set(counts)
    return Draft(
        kind, Notice(title=f"Mail: {told or 'no events'}", severity="warning" if troubled else "info")
    )


def _typeform(source: Source, delivery: Delivery) -> Draft:
    response = dig(delivery.payload, "form_response")
    form = dig(response, "definition", "title")
    questions = {
        dig(field, "id"): dig(field, "title") for field in _items(dig(response, "definition", "fields"))
    }
    answers = {
        str(questions.get(dig(answer, "field", "id")) or dig(answer, "field", "ref") or "Answer"): _answer(
            answer
        )
        for answer in _items(dig(response, "answers"))
    }
    kind = source.type_of(delivery.native_type)
    title = f"New submission: {form or 'form'}" if kind == "form.submitted" else generic.headline(kind)
    fields = {name: value for name, value in list(answers.items())[: generic.MOST_FIELDS] if value}
    return Draft(
        kind,
        Notice(title=title[: generic.TITLE_LENGTH], fields=fields),
        delivery.text("form_response", "token"),
    )


def _answer(answer: Any) -> str:
    """What was answered, of whatever kind (Typeform's webhook reference: one key is named after the type)."""
    value = dig(answer, str(dig(answer, "type")))
    if isinstance(value, dict):
        labels = value.get("labels")
        value = ", ".join(map(str, labels)) if isinstance(labels, list) else value.get("label", "")
    return str(value) if isinstance(value, str | int | float) else ""


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


# api.slack.com/authentication/verifying-requests-from-slack; events and slash commands
SLACK: Final = Source(
    name="slack",
    scheme=Hmac(
        header="x-slack-signature",
        prefix="v0=",
        message="v0:{timestamp}:{body}",
        timestamp="x-slack-request-timestamp",
    ),
    native_type=("type",),
    normalise=_slack,
    body="json or payload form",
    credentials=(("token",), ("response_url",), ("trigger_id",)),
    handshake=handshakes.SLACK,
)

# Twilio wants TwiML for an answer and warns of anything else.
TWILIO: Final = Source(
    name="twilio",
    scheme=TwilioUrl(),
    native_type=("MessageStatus",),
    normalise=_twilio,
    body="json or form",
    reply=Reply("<Response/>", "text/xml"),
)

# sendgrid-python, helpers/eventwebhook: it has no tolerance of its own, and repeats for a day what was not taken.
SENDGRID: Final = Source(
    name="sendgrid",
    scheme=PublicKey(
        algorithm="ecdsa-p256",
        header="x-twilio-email-event-webhook-signature",
        encoding="base64",
        timestamp="x-twilio-email-event-webhook-timestamp",
        message="{timestamp}{body}",
        tolerance=_A_DAY,
    ),
    native_type=("event",),
    normalise=_sendgrid,
)

# typeform.com/developers/webhooks/secure-your-webhooks: base64 in spite of its prefix
TYPEFORM: Final = Source(
    name="typeform",
    scheme=Hmac(header="typeform-signature", encoding="base64", prefix="sha256="),
    native_type=("event_type",),
    types={"form_response": "form.submitted"},
    normalise=_typeform,
)

X: Final = Source(
    name="x",
    scheme=Hmac(header="x-twitter-webhooks-signature", encoding="base64", prefix="sha256="),
    native_type=("type",),
    normalise=generic.normalise,
    handshake=handshakes.X,
)

META: Final = Source(
    name="meta",
    scheme=Hmac(header="x-hub-signature-256", prefix="sha256="),
    native_type=("object",),
    normalise=generic.normalise,
    handshake=handshakes.META,
)

ZOOM: Final = Source(
    name="zoom",
    scheme=Hmac(
        header="x-zm-signature",
        prefix="v0=",
        message="v0:{timestamp}:{body}",
        timestamp="x-zm-request-timestamp",
    ),
    native_type=("event",),
    normalise=generic.normalise,
    handshake=handshakes.ZOOM,
)

DROPBOX: Final = Source(
    name="dropbox",
    scheme=Hmac(header="x-dropbox-signature"),
    native_type=("type",),
    normalise=generic.normalise,
    handshake=handshakes.DROPBOX,
)

# Microsoft Graph signs nothing; each notification carries the `clientState` that was agreed on subscription.
MICROSOFT_GRAPH: Final = Source(
    name="microsoft-graph",
    scheme=BodyToken(path=("value", "*", "clientState")),
    native_type=("changeType",),
    normalise=generic.normalise,
    handshake=handshakes.MICROSOFT,
)

SOURCES: Final = (SLACK, TWILIO, SENDGRID, TYPEFORM, X, META, ZOOM, DROPBOX, MICROSOFT_GRAPH)
