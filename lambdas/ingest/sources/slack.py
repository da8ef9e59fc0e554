"""Slack: events, slash commands and interactions."""

from typing import Final

from lambdas.contracts.event import Notice
from lambdas.ingest.answer import TEXT, Answer
from lambdas.ingest.body import is_json
from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.identity import Body, Fields, SignedTimeAndBody
from lambdas.ingest.normalisers import generic
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest


def _acknowledgement(request: Request) -> Answer | None:
    """What a person does comes as a form, and its answer is shown or obeyed; an empty one says no more than "heard".

    Slack API, "Handling user interaction" and "Enabling slash commands": acknowledge with an empty 200.
    """
    return None if is_json(request.body) else Answer("", TEXT)


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    if command := request.text("command"):
        event_type = source.type_of("command")
        text = f"{command} {request.text('text')}".strip()
        fields = {"By": request.text("user_name"), "Channel": request.text("channel_name")}
        return Draft(event_type, Notice(title=text[: generic.MAX_TITLE_LENGTH], fields=fields))
    event_type = source.type_of(request.text("event", "type") or request.native_type)
    text = request.text("event", "text")[: generic.MAX_TEXT_LENGTH]
    return Draft(event_type, Notice(title=generic.headline(event_type), text=text))


# api.slack.com/authentication/verifying-requests-from-slack; events and slash commands
SOURCE: Final = Source(
    name="slack",
    scheme=Hmac(
        header="x-slack-signature",
        prefix="v0=",
        message="v0:{timestamp}:{body}",
        timestamp="x-slack-request-timestamp",
    ),
    native_type=("type",),
    # api.slack.com/apis/events-api, "Retries": an event keeps its id. Commands and actions are not retried and have a
    # trigger.
    identity=(
        Fields((("event_id",),)),
        Fields((("trigger_id",),)),
        SignedTimeAndBody(),
        Body(),
    ),
    headers=("x-slack-retry-num", "x-slack-retry-reason"),
    normalise=_normalise,
    body="json or payload form",
    credentials=(("token",), ("response_url",), ("trigger_id",)),
    # Slack API, "Using the HTTP Request URL".
    handshake=Handshake(
        methods="POST",
        challenge="body.challenge",
        echo="json.challenge",
        when={"body.type": "url_verification"},
        signed=True,
    ),
    reply=_acknowledgement,
)
