"""What a busy deployment delivers, as the inbox has it; Slack's messages are those of the Slack subscriber itself."""

from typing import Any, Final

from lambdas.contracts.event_types import severity_of
from lambdas.slack.digest import compose_first
from tests.browser.console_documents import EVENT, MARKUP
from tests.fakes.events import an_event


def delivery(number: int, channel: str, request: Any, **changes: Any) -> dict[str, Any]:
    """A delivery as the inbox has it."""
    return {
        "number": number,
        "channel": channel,
        "received_at": f"2027-01-15T07:5{number % 10}:00.000Z",
        "destination": "/services/T0LOCAL/B0LOCAL/4f5e6d7c8b9a",
        "event_ids": [EVENT],
        "event_id": EVENT,
        "request": request,
        "status": 200,
        **changes,
    }


def slack_message(*types: str, **notice: Any) -> Any:
    """What the Slack subscriber makes of events of these types."""
    events = [
        an_event(
            f"{at:032x}",
            type=type,
            time="2027-01-15T07:50:00.000Z",
            **{"title": f"blog: {type}", "severity": severity_of(type), **notice},
        )
        for at, type in enumerate(types)
    ]
    return compose_first(events)[0]


FAILED: Final = slack_message(
    "deploy.failed",
    title="Deploy of blog failed",
    text="Build script returned non-zero exit code: 2\n> npm ERR! missing script: build & <more>",
    url="https://app.netlify.com/sites/blog/deploys/1",
    fields={"Branch": "main", "Commit": "3f2a91c Fix *winter* post", "By": "Ada", "Context": "production"},
)
DIGEST: Final = slack_message(*["form.submitted"] * 9, *["deploy.failed"] * 3, "payment.succeeded")

BLOCK_KIT: Final = {
    "text": "a summary for notifications",
    "blocks": [
        {"type": "header", "text": {"type": "plain_text", "text": "New order #1042 🎉"}},
        {
            "type": "section",
            "text": {
                "type": "mrkdwn",
                "text": "*Bold*, _italic_, ~strike~, `code`, <https://example.com/a?b=1&amp;c=2|a link>, "
                "<@U024BE7LH>, <#C024BE7LR|general>, <!here>, 2 * 3 * 4, snake_case_word\n"
                "&gt; a quote of\n&gt; two lines\n• one\n• two\n```\nif (a &lt; b) { *not bold* }\n```\n"
                "at <!date^1800000000^{date_short_pretty} {time}|then>, see https://example.com/plain.",
            },
        },
        {"type": "divider"},
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Total*\n49.90 €"},
                {"type": "plain_text", "text": "*as is*"},
            ],
            "accessory": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a mug"},
        },
        {
            "type": "actions",
            "elements": [
                {
                    "type": "button",
                    "style": "primary",
                    "text": {"type": "plain_text", "text": "Open"},
                    "url": "https://example.com",
                },
                {"type": "button", "style": "danger", "text": {"type": "plain_text", "text": "Refund"}},
                {
                    "type": "button",
                    "text": {"type": "plain_text", "text": "Later"},
                    "url": "javascript:alert(3)",
                },
            ],
        },
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "shop · *order.created*"}]},
        {"type": "video", "title": MARKUP},
    ],
}

LEGACY: Final = {
    "attachments": [
        {
            "color": "warning",
            "pretext": "Two checks are slow",
            "title": "Uptime",
            "title_link": "https://example.com/uptime",
            "fields": [{"title": "Region", "value": "eu", "short": True}],
            "footer": "status page",
        }
    ]
}

SMS_ATTRIBUTES: Final = {"AWS.SNS.SMS.MaxPrice": {"DataType": "Number", "StringValue": "0.50"}}
TEXT: Final = "Deploy of blog failed: exit code 2 https://app.netlify.com/sites/blog/deploys/1"
PUSHED: Final = {
    "message": {
        "web_push": 8030,
        "notification": {
            "title": "Line 12 is delayed",
            "body": "8 min, roadworks at the station",
            "navigate": "https://example.com/line-12",
            "tag": "line-12",
            "data": {"id": EVENT, "severity": "warning"},
        },
    },
    "ttl": 3600,
    "urgency": "normal",
    "topic": "bGluZS0xMg",
}
LETTER: Final = {
    "from": "Harbour Buses <news@example.com>",
    "reply_to": ["office@example.com"],
    "subject": "Line 12",
    "text": "Line 12 is 8 min late\n\nUnsubscribe\nhttps://example.com/unsubscribe?t=abc\n",
    "html": f"<p>Line 12 is 8 min late</p>{MARKUP}",
    "headers": {"List-Unsubscribe": "<https://example.com/unsubscribe?t=abc>"},
}
OUTSIDE: Final = [
    delivery(1, "slack", FAILED),
    delivery(
        2,
        "sms",
        {"PhoneNumber": "+12065550100", "Message": TEXT, "MessageAttributes": SMS_ATTRIBUTES},
        destination="+12065550100",
        event_ids=[],
        encoding="GSM-7",
        parts=1,
    ),
    delivery(
        3,
        "sms",
        {"PhoneNumber": "+4915100000000", "Message": "Störung 🚧 " * 12},
        destination="+4915100000000",
        event_ids=[],
        encoding="UCS-2",
        parts=2,
    ),
    delivery(
        4,
        "cdn",
        {
            "DistributionId": "E2QWRUHAPOMQZL",
            "Paths": [f"/blog/{n}/" for n in range(11)],
            "CallerReference": EVENT,
        },
        destination="E2QWRUHAPOMQZL",
        status=201,
    ),
    delivery(
        5,
        "build",
        {
            "host": "netlify",
            "query": {"trigger_title": "Winter is coming, and 2 more (jw-4f1c)"},
            "body": {"correlation": "jw-4f1c", "event": EVENT, "publishes": 3},
        },
        destination="/build_hooks/5b64d77c02ed83730664c2f6",
    ),
    delivery(
        6,
        "live",
        {
            "id": EVENT,
            "type": "notice.sent",
            "time": "2027-01-15T07:56:00.000Z",
            "topic": "line-12",
            "title": "Line 12 is late",
            "text": "Roadworks at the station",
            "url": "https://example.com/line-12",
            "severity": "warning",
            "fields": {"Delay": "8 min", "Platform": "3"},
            "ends": 1_800_003_600_000,
        },
        destination="/jamwire/line-12",
    ),
    delivery(7, "slack", DIGEST, event_ids=[f"{n:032x}"[:9] for n in range(13)]),
    delivery(8, "slack", FAILED, status=429),
    delivery(9, "slack", BLOCK_KIT),
    delivery(10, "fax", {"pages": 3, "to": MARKUP}, destination="+1 555", event_ids=[]),
    delivery(11, "push", PUSHED, destination="/push/Zm9sbG93ZXI", status=201),
    delivery(12, "email", LETTER, destination="ada@example.com"),
    delivery(
        13,
        "text",
        {"from": "+18005550199", "text": "Harbour Buses: Line 12 is 8 min late", "max_price": "0.05000"},
        destination="+12065550100",
        event_ids=[],
        encoding="GSM-7",
        parts=1,
    ),
    delivery(14, "slack", LEGACY, status=None, event_ids=[]),
]
