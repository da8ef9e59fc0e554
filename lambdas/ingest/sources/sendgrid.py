"""SendGrid: what became of mails."""

from collections import Counter
from typing import Final

from lambdas.contracts.event import Notice
from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_A_DAY: Final = 24 * 3600


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    """One call tells of many mails; whom they were sent to is in the payload only."""
    mails = request.payload if isinstance(request.payload, list) else []
    events = [mail.get("event") for mail in mails if isinstance(mail, dict)]
    counts = Counter(name for name in events if isinstance(name, str))
    event_type = source.type_of(next(iter(counts)) if len(counts) == 1 else "events")
    told = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    troubled = {"bounce", "dropped", "spamreport"} & set(counts)
    title = f"Mail: {told or 'no events'}"[: generic.MAX_TITLE_LENGTH]
    return Draft(event_type, Notice(title=title, severity="warning" if troubled else "info"))


# sendgrid-python, helpers/eventwebhook: it has no tolerance of its own, and repeats for a day what was not taken.
SOURCE: Final = Source(
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
    # SendGrid, "Event Webhook Reference": `sg_event_id` is unique to each event and there to find duplicates.
    identity=(Fields((("*", "sg_event_id"),)), Body()),
    normalise=_normalise,
)
