"""Samples of forms, mail, messages and files."""

from collections.abc import Mapping
from typing import Final

from jamwire.samples.sample import Sample

_SLACK: Final = {
    "token": "a-credential-that-must-stay-here",
    "type": "event_callback",
    "event_id": "{fresh}",
    "event": {"type": "app_mention", "user": "U1", "text": "<@U2> when does line 12 run?", "channel": "C1"},
}

_TWILIO: Final = {
    "MessageSid": "SM{fresh}",
    "SmsStatus": "received",
    "From": "+12065550100",
    "To": "+12065550199",
    "Body": "STOP 12",
}

_SENDGRID: Final = [
    {"email": "ada@example.com", "event": "bounce", "sg_event_id": "{fresh}", "timestamp": 1600112492}
]

_TYPEFORM: Final = {
    "event_id": "{fresh}",
    "event_type": "form_response",
    "form_response": {
        "form_id": "lT4Z3j",
        "token": "{fresh}",
        "definition": {
            "title": "Contact",
            "fields": [{"id": "f1", "title": "Your question?", "type": "short_text"}],
        },
        "answers": [{"type": "text", "text": "When does line 12 run?", "field": {"id": "f1"}}],
    },
}

_GRAPH: Final = {
    "value": [
        {
            "changeType": "updated",
            "resource": "sites/1/lists/2",
            "subscriptionId": "{fresh}",
            "clientState": "",
        }
    ]
}

_META: Final = {"object": "page", "entry": [{"id": "{fresh}", "changes": [{"field": "feed"}]}]}

_ZOOM: Final = {"event": "meeting.started", "payload": {"object": {"id": "{fresh}", "topic": "Timetables"}}}

SAMPLES: Final[Mapping[str, Sample]] = {
    "typeform/form-submitted": Sample("typeform", "a visitor's form", _TYPEFORM),
    "slack/mention": Sample("slack", "the app is mentioned", _SLACK),
    "twilio/message": Sample("twilio", "a text message came in", _TWILIO, form=True),
    "sendgrid/bounce": Sample("sendgrid", "a mail bounced", _SENDGRID),
    "x/event": Sample("x", "something happened to an account", {"for_user_id": "{fresh}"}),
    "meta/page": Sample("meta", "a page has changed", _META),
    "zoom/meeting": Sample("zoom", "a meeting begins", _ZOOM),
    "dropbox/changed": Sample("dropbox", "files have changed", {"list_folder": {"accounts": ["{fresh}"]}}),
    "microsoft-graph/changed": Sample("microsoft-graph", "a list has changed", _GRAPH),
}
