"""Senders outside the catalogue that ask something first, or want another answer than the event's id in JSON.

The page about signatures is made of them; the tests play the senders, in ingest and over HTTP.
"""

from typing import Final

from docs.signature_examples import Example
from stacks.endpoints import Basic, Endpoint, Handshake, Hmac, Reply, Token

HANDSHAKES: Final = {
    "trello": Example(
        "Trello",
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/",
        Endpoint(
            Hmac(header="x-trello-webhook", algorithm="sha1", encoding="base64", message="{body}{url}"),
            handshake=Handshake(methods=("HEAD", "GET")),
        ),
        shows=("handshake", "methods"),
    ),
    "twitch": Example(
        "Twitch",
        "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/",
        Endpoint(
            Hmac(
                header="twitch-eventsub-message-signature",
                prefix="sha256=",
                message="{id}{timestamp}{body}",
                id="twitch-eventsub-message-id",
                timestamp="twitch-eventsub-message-timestamp",
                timestamp_unit="rfc3339",
                tolerance=600,
            ),
            handshake=Handshake(
                methods="POST",
                challenge="body.challenge",
                when={"twitch-eventsub-message-type": "webhook_callback_verification"},
                signed=True,
            ),
        ),
        shows=("challenge", "signed"),
    ),
    "asana": Example(
        "Asana",
        "https://developers.asana.com/docs/webhooks-guide",
        Endpoint(
            Hmac(header="x-hook-signature"),
            each="events[]",
            handshake=Handshake(
                methods="POST",
                challenge="x-hook-secret",
                echo="x-hook-secret",
                brings_secret=True,
            ),
        ),
        shows=("echo", "brings_secret"),
    ),
    "websub": Example(
        "WebSub",
        "https://www.w3.org/TR/websub/#hub-verifies-intent",
        Endpoint(
            Hmac(header="x-hub-signature", prefix="sha256="),
            handshake=Handshake(
                challenge="query.hub.challenge",
                when={"query.hub.mode": "subscribe", "query.hub.topic": "https://news.example/feed.json"},
                token="query.hub.verify_token",
            ),
        ),
        shows=("when", "token"),
    ),
    "okta": Example(
        "Okta",
        "https://developer.okta.com/docs/concepts/event-hooks/",
        Endpoint(
            Token(prefix=""),
            each="data.events[]",
            handshake=Handshake(challenge="x-okta-verification-challenge", echo="json.verification"),
        ),
        shows=("echo", "prefix"),
    ),
}

REPLIES: Final = {
    "adyen": Example(
        "Adyen",
        "https://docs.adyen.com/development-resources/webhooks/",
        Endpoint(Basic(), reply=Reply("[accepted]")),
        shows=("reply", "body"),
    ),
    "teams": Example(
        "Microsoft Teams",
        "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
        Endpoint(
            Hmac(header="authorization", prefix="HMAC ", encoding="base64", secret_encoding="base64"),
            reply=Reply('{"type": "message", "text": "Noted."}', "application/json"),
        ),
        shows=("content_type",),
    ),
    "airtable": Example(
        "Airtable",
        "https://airtable.com/developers/web/api/webhooks-overview",
        Endpoint(
            Hmac(header="x-airtable-content-mac", prefix="hmac-sha256=", secret_encoding="base64"),
            reply=Reply(status=204),
        ),
        shows=("status",),
    ),
}
