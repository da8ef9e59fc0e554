"""Senders outside the catalogue and the configuration of each, by which the fields of the schemes are shown.

The page about signatures is made of them, and `tests/conformance` verifies a request of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from stacks.endpoints import Basic, BodyToken, Endpoint, Hmac, Jwt, PublicKey, Token


@dataclass(frozen=True, slots=True)
class Example:
    """A sender outside the catalogue.

    Attributes:
        sender: Its name.
        url: Its documentation of how it signs.
        configuration: What the rulebook says of it.
        shows: Names of the scheme's fields for which it is an example.
    """

    sender: str
    url: str
    configuration: "Basic | BodyToken | Endpoint | Hmac | Jwt | PublicKey | Token"
    shows: Sequence[str] = ()


EXAMPLES: Final = (
    Example(
        "Authorize.Net",
        "https://developer.authorize.net/api/reference/features/webhooks.html",
        Hmac(header="x-anet-signature", algorithm="sha512", prefix="sha512=", secret_encoding="hex"),
        shows=("algorithm", "secret_encoding"),
    ),
    Example(
        "Box",
        "https://developer.box.com/guides/webhooks/v2/signatures-v2/",
        Hmac(
            header=("box-signature-primary", "box-signature-secondary"),
            encoding="base64",
            message="{body}{timestamp}",
            timestamp="box-delivery-timestamp",
            timestamp_unit="rfc3339",
            tolerance=600,
        ),
        shows=("header", "timestamp_unit", "tolerance"),
    ),
    Example(
        "Buildkite",
        "https://buildkite.com/docs/apis/webhooks/pipelines#webhook-signature",
        Hmac(
            header="x-buildkite-signature",
            split=",",
            key="signature",
            timestamp_key="timestamp",
            message="{timestamp}.{body}",
        ),
        shows=("key", "timestamp_key"),
    ),
    Example(
        "CHIP",
        "https://docs.chip-in.asia/chip-collect/overview/authentication",
        PublicKey(header="x-signature", algorithm="rsa-sha256", encoding="base64"),
        shows=("algorithm",),
    ),
    Example(
        "Cloudinary",
        "https://cloudinary.com/documentation/notification_signatures",
        Hmac(
            header="x-cld-signature",
            algorithm="sha1",
            message="{body}{timestamp}{secret}",
            timestamp="x-cld-timestamp",
            tolerance=7200,
        ),
        shows=("message", "tolerance"),
    ),
    Example(
        "Discord",
        "https://discord.com/developers/docs/events/webhook-events",
        PublicKey(
            header="x-signature-ed25519",
            message="{timestamp}{body}",
            timestamp="x-signature-timestamp",
            key_encoding="hex",
        ),
        shows=("key_encoding", "timestamp"),
    ),
    Example(
        "DOKU",
        "https://developers.doku.com/get-started-with-doku-api/signature-component/non-snap/"
        "signature-component-from-request-header",
        Endpoint(
            Hmac(
                header="signature",
                encoding="base64",
                prefix="HMACSHA256=",
                message="Client-Id:{header.client-id}\nRequest-Id:{id}\nRequest-Timestamp:{timestamp}\n"
                "Request-Target:{path}\nDigest:{digest.sha256.base64}",
                timestamp="request-timestamp",
                timestamp_unit="rfc3339",
                id="request-id",
            ),
            public_url="https://hooks.example.com/payments/doku",
        ),
        shows=("message", "id", "public_url"),
    ),
    Example(
        "Figma",
        "https://developers.figma.com/docs/rest-api/webhooks-security/",
        BodyToken(path=("passcode",)),
        shows=("path",),
    ),
    Example(
        "Fireblocks",
        "https://developers.fireblocks.com/reference/validating-webhooks",
        PublicKey(header="fireblocks-signature", algorithm="rsa-sha512", encoding="base64"),
        shows=("algorithm", "encoding"),
    ),
    Example(
        "Forgejo and Gitea",
        "https://forgejo.org/docs/latest/user/webhooks/",
        Hmac(header=("x-forgejo-signature", "x-gitea-signature")),
        shows=("header",),
    ),
    Example(
        "FusionAuth",
        "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
        Jwt(
            algorithm="RS256",
            digest_claim="request_body_sha256",
            header="x-fusionauth-signature-jwt",
            time_claim="",
        ),
        shows=("algorithm", "header", "time_claim"),
    ),
    Example(
        "HubSpot",
        "https://developers.hubspot.com/docs/apps/legacy-apps/authentication/validating-requests",
        Hmac(
            header="x-hubspot-signature-v3",
            encoding="base64",
            message="{method}{url}{body}{timestamp}",
            timestamp="x-hubspot-request-timestamp",
            timestamp_unit="ms",
        ),
        shows=("message", "timestamp_unit"),
    ),
    Example(
        "HubSpot, version 1",
        "https://developers.hubspot.com/docs/faq/v1-request-validation",
        Hmac(header="x-hubspot-signature", message="{secret}{body}"),
        shows=("message",),
    ),
    Example(
        "Ko-fi",
        "https://ko-fi.com/manage/webhooks",
        BodyToken(path=("verification_token",), form_field="data"),
        shows=("path", "form_field"),
    ),
    Example(
        "Lark",
        "https://open.larksuite.com/document/server-docs/event-subscription-guide/"
        "event-subscription-configure-/encrypt-key-encryption-configuration-case",
        Hmac(
            header="x-lark-signature",
            message="{timestamp}{id}{secret}{body}",
            timestamp="x-lark-request-timestamp",
            id="x-lark-request-nonce",
        ),
        shows=("message", "id"),
    ),
    Example(
        "LINE",
        "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
        Hmac(header="x-line-signature", encoding="base64"),
        shows=("encoding",),
    ),
    Example(
        "Linear",
        "https://linear.app/developers/webhooks#securing-webhooks",
        Hmac(header="linear-signature", timestamp="body.webhookTimestamp", timestamp_unit="ms", tolerance=60),
        shows=("timestamp", "timestamp_unit", "tolerance"),
    ),
    Example(
        "Mailgun",
        "https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        Hmac(
            field="signature.signature",
            message="{timestamp}{body.signature.token}",
            timestamp="body.signature.timestamp",
        ),
        shows=("field", "message", "timestamp"),
    ),
    Example(
        "Paddle",
        "https://developer.paddle.com/webhooks/signature-verification",
        Hmac(
            header="paddle-signature", split=";", key="h1", timestamp_key="ts", message="{timestamp}:{body}"
        ),
        shows=("split", "key", "timestamp_key"),
    ),
    Example(
        "PagerDuty",
        "https://developer.pagerduty.com/docs/verifying-webhook-signatures",
        Hmac(header="x-pagerduty-signature", prefix="v1=", split=","),
        shows=("prefix", "split"),
    ),
    Example(
        "PandaDoc",
        "https://developers.pandadoc.com/docs/webhook-verification",
        Hmac(query="signature"),
        shows=("query",),
    ),
    Example(
        "Patreon",
        "https://docs.patreon.com/#webhooks",
        Hmac(header="x-patreon-signature", algorithm="weak-md5"),
        shows=("algorithm",),
    ),
    Example(
        "Plaid",
        "https://plaid.com/docs/api/webhooks/webhook-verification/",
        Jwt(algorithm="ES256", digest_claim="request_body_sha256", header="plaid-verification"),
        shows=("algorithm", "digest_claim", "header", "tolerance"),
    ),
    Example(
        "Postmark",
        "https://postmarkapp.com/developer/webhooks/webhooks-overview#protecting-your-webhook",
        Basic(),
    ),
    Example(
        "Square",
        "https://developer.squareup.com/docs/webhooks/step3validate",
        Endpoint(
            Hmac(header="x-square-hmacsha256-signature", encoding="base64", message="{url}{body}"),
            public_url="https://webhook.site/679a4f3a-dcfa-49ee-bac5-9d0edad886b9",
        ),
        shows=("message", "public_url"),
    ),
    Example(
        "Tap Payments",
        "https://developers.tap.company/docs/webhook",
        Hmac(
            header="hashstring",
            message="x_id{body.id}x_amount{body.amount}x_currency{body.currency}"
            "x_gateway_reference{body.reference.gateway}x_payment_reference{body.reference.payment}"
            "x_status{body.status}x_created{body.transaction.created}",
        ),
        shows=("message",),
    ),
    Example(
        "Telegram",
        "https://core.telegram.org/bots/api#setwebhook",
        Token(header="x-telegram-bot-api-secret-token"),
        shows=("header",),
    ),
    Example(
        "Telnyx",
        "https://developers.telnyx.com/docs/messaging/messages/receiving-webhooks",
        PublicKey(
            header="telnyx-signature-ed25519",
            encoding="base64",
            message="{timestamp}|{body}",
            timestamp="telnyx-timestamp",
        ),
        shows=("encoding", "timestamp"),
    ),
    Example(
        "Trello",
        "https://developer.atlassian.com/cloud/trello/guides/rest-api/webhooks/#webhook-signatures",
        Hmac(header="x-trello-webhook", algorithm="sha1", encoding="base64", message="{body}{url}"),
        shows=("message",),
    ),
    Example(
        "Twitch",
        "https://dev.twitch.tv/docs/eventsub/handling-webhook-events/#verifying-the-event-message",
        Hmac(
            header="twitch-eventsub-message-signature",
            prefix="sha256=",
            message="{id}{timestamp}{body}",
            id="twitch-eventsub-message-id",
            timestamp="twitch-eventsub-message-timestamp",
            timestamp_unit="rfc3339",
            tolerance=600,
        ),
        shows=("id", "prefix", "timestamp_unit"),
    ),
    Example(
        "Vonage",
        "https://developer.vonage.com/en/getting-started/concepts/webhooks#decoding-signed-webhooks",
        Jwt(algorithm="HS256", digest_claim="payload_hash", issuer="Vonage"),
        shows=("algorithm", "digest_claim", "issuer", "prefix"),
    ),
    Example(
        "Wise",
        "https://docs.wise.com/api-docs/webhooks-notifications/event-handling",
        PublicKey(header="x-signature-sha256", algorithm="rsa-sha256", encoding="base64"),
        shows=("algorithm", "key_encoding"),
    ),
    Example(
        "Worldpay",
        "https://developer.worldpay.com/products/access/events/signature/",
        Hmac(header="event-signature", split="/", key=2),
        shows=("key", "split"),
    ),
    Example(
        "Xsolla",
        "https://developers.xsolla.com/webhooks/overview/#section/How-to-process-webhooks/Signature-verification",
        Hmac(header="authorization", algorithm="sha1", prefix="Signature ", message="{body}{secret}"),
        shows=("prefix", "message"),
    ),
)
