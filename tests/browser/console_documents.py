"""What the console's server answers to each view, as a busy deployment would; and hostile texts in every place."""

import math
from collections.abc import Sequence
from typing import Any, Final

from tests.browser.console import Answer, Call

MARKUP: Final = '<img src=x onerror="alert(1)"><script>alert(2)</script>'

EVENT: Final = "0123456789abcdef0123456789abcdef"
OTHER: Final = "fedcba9876543210fedcba9876543210"
SOURCE: Final = "/endpoints/netlify-blog"


def dead_letter(subscriber: str, reason: str, **changes: Any) -> dict[str, Any]:
    """A dead letter."""
    return {
        "subscriber": subscriber,
        "event_id": EVENT,
        "source": SOURCE,
        "type": "deploy.failed",
        "reason": reason,
        "attempts": 1,
        "first_attempt": "2027-01-15T07:40:00.000Z",
        "last_attempt": "2027-01-15T07:40:00.000Z",
        "died_at": "2027-01-15T07:40:01.000Z",
        **changes,
    }


def dead_letters(*letters: dict[str, Any]) -> dict[str, Any]:
    """The document of these, with their counts."""
    groups: dict[tuple[str, str], int] = {}
    for letter in letters:
        key = letter["subscriber"], letter["reason"]
        groups[key] = groups.get(key, 0) + 1
    counts = [{"subscriber": s, "reason": r, "count": n} for (s, r), n in groups.items()]
    return {"letters": list(letters), "counts": counts}


DEAD_LETTERS: Final = dead_letters(
    *(
        dead_letter("Slack", "Slack answered 404: no_service", event_id=f"{number:032x}")
        for number in range(12)
    ),
    dead_letter("Rebuild", "the build host answered 401", type="content.published", attempts=3),
    dead_letter("Sms", "SNS answered OptedOut for number 1 of the rulebook", event_id=OTHER),
)


def rejection(reason: str, **changes: Any) -> dict[str, Any]:
    """A refused request."""
    return {
        "time": "2027-01-15T07:55:00Z",
        "endpoint": "netlify-blog",
        "status": 401,
        "reason": reason,
        "address": "203.0.113.7",
        "bytes": 1834,
        "digest": "9f86d081884c7d659a2feaa0c55ad015",
        "count": 1,
        **changes,
    }


REJECTED: Final = [
    rejection("the signature does not match", time=f"2027-01-15T07:{minute:02}:00Z")
    for minute in range(40, 46)
] + [
    rejection("no such endpoint", endpoint="", status=404, count=57, address="198.51.100.9"),
    rejection("body too large", endpoint="contentful", status=413, bytes=5_400_000),
    rejection("throttled", endpoint="contact-form", status=429, count=12, bytes=0, digest="", address=""),
]


def rejected(found: Sequence[dict[str, Any]], *, complete_since: str = "") -> Answer:
    """What answers with these, counted by their reasons."""

    def answer(call: Call) -> dict[str, Any]:
        reason, limit = call.query.get("reason"), int(call.query["limit"])
        newest = sorted(found, key=lambda one: str(one["time"]), reverse=True)
        groups: dict[str, list[dict[str, Any]]] = {}
        for one in newest:
            if reason in (None, one["reason"]):
                groups.setdefault(one["reason"], []).append(one)
        chosen = [one for one in newest if one["reason"] in groups]
        reasons = [
            {
                "reason": reason,
                "count": sum(one["count"] for one in its),
                "status": its[0]["status"],
                "endpoints": list(dict.fromkeys(one["endpoint"] for one in its)),
            }
            for reason, its in groups.items()
        ]
        return {
            "rejections": chosen[:limit],
            "rows": len(chosen),
            "requests": sum(one["count"] for one in chosen),
            "reasons": sorted(reasons, key=lambda group: -group["count"]),
            "complete_since": complete_since,
        }

    return answer


ENDPOINTS: Final = {
    "endpoints": [
        {
            "name": "netlify-blog",
            "source": "netlify",
            "url": "https://hooks.example.com/hooks/netlify-blog",
            "last_heard": "2027-01-15T07:58:00Z",
            "last_refused": "2027-01-15T07:45:00Z",
            "secrets": [
                {
                    "id": "1f3a9c",
                    "created_at": "2025-11-02T09:00:00Z",
                    "age_days": 439.2,
                    "last_used": "2027-01-15T07:00:00Z",
                },
                {"id": "77be02", "created_at": "2027-01-15T07:50:00Z", "age_days": 0.0, "last_used": ""},
            ],
            "guide": [
                "`jamwire secret add NAME --generate` prints the secret, this once. *Project configuration → Notifications → "
                "HTTP POST request*: an event, the URL, and the secret as *JWS secret token*."
            ],
            "expect": 86400,
        },
        {
            "name": "contact-form",
            "source": "token",
            "url": "https://hooks.example.com/hooks/contact-form",
            "last_heard": "",
            "last_refused": "2027-01-15T07:59:00Z",
            "secrets": [],
            "guide": ["Any sender that can set the header `Authorization: Bearer <secret>`."],
            "throttled": 12,
        },
        {
            "name": "site",
            "source": "amplify",
            "url": "",
            "last_heard": "2027-01-14T20:00:00Z",
            "last_refused": "",
            "expect": 3600,
            "secrets": [],
            "guide": ["Nothing to click: Amplify tells EventBridge of every deploy."],
        },
    ]
}

SAMPLES: Final = {
    "samples": [
        {"name": name, "source": name.partition("/")[0]}
        for name in ("netlify/deploy-failed", "netlify/form", "token/notice")
    ]
}


def subscriber(name: str, **changes: Any) -> dict[str, Any]:
    """A subscriber at rest."""
    return {
        "name": name,
        "rule": {"scope": "MessageAttributes", "policy": {"type": [{"prefix": "deploy."}]}},
        "rule_text": "takes events whose type begins with deploy.",
        "waiting": 0,
        "in_flight": 0,
        "oldest_age_seconds": 0,
        "dead": 0,
        "rate_limit": None,
        "delivered_today": 214,
        "destinations_secret": False,
        **changes,
    }


SUBSCRIBERS: Final = {
    "subscribers": [
        subscriber(
            "Slack",
            waiting=1204,
            in_flight=1,
            oldest_age_seconds=754,
            dead=12,
            rate_limit=1.0,
            delivered_today=12_480,
            destinations_secret=True,
            secrets={
                "slack": [{"id": "c0ffee", "created_at": "2026-11-02T09:00:00Z", "age_days": 74}],
                "slack-fallback": [],
            },
        ),
        subscriber("Cdn", rule_text="takes events whose type begins with content. or deploy.succeeded"),
        subscriber("Sms", delivered_today=None, dead=1, rule_text="takes events whose severity is critical"),
    ]
}

ALARMS: Final = {
    "alarms": [
        {
            "name": "Jamwire-IngestErrors",
            "state": "OK",
            "since": "2027-01-10T07:00:00Z",
            "reason": "Threshold Crossed: no datapoints were received",
            "description": "Ingest failed; senders were asked to try again.",
            "command": "",
        },
        {
            "name": "Jamwire-Slack-DeadLetters",
            "state": "ALARM",
            "since": "2027-01-15T07:41:00Z",
            "reason": "Threshold Crossed: 1 datapoint [12.0] was greater than the threshold (0.0).",
            "description": "Slack: events could not be delivered.",
            "command": "jamwire dead-letters list --subscriber slack",
        },
        {
            "name": "Jamwire-Sms-StillFailing",
            "state": "INSUFFICIENT_DATA",
            "since": "",
            "reason": "",
            "description": "",
            "command": "",
        },
    ],
    "emails": [
        {"address": "ops@example.com", "confirmed": True},
        {"address": "new@example.com", "confirmed": False},
    ],
}


def figures(now: float, hours: int) -> dict[str, Any]:
    """The series of the last hours, which are alike whenever they are looked at."""
    period = {3: 60, 24: 300, 168: 3600}[hours]
    times = [now - now % period - period * back for back in range(hours * 3600 // period, 0, -1)]

    def series(
        group: str, title: str, unit: str, *, every: int, size: float, stat: str = "Sum"
    ) -> dict[str, Any]:
        points = [
            [time, round(abs(size * math.sin(at / 9) * math.sin(at / 31)), 2)]
            for at, time in enumerate(times)
            if at % every == 0
        ]
        return {
            "id": title.lower(),
            "title": title,
            "unit": unit,
            "stat": stat,
            "group": group,
            "points": points,
        }

    return {
        "period_seconds": period,
        "series": [
            series("accepted", "Accepted", "Count", every=1, size=60),
            *(
                series("rejected", reason, "Count", every=at + 2, size=9)
                for at, reason in enumerate(
                    ("the signature does not match", "no such endpoint", "body too large")
                )
            ),
            *(
                series("delivered", name, "Count", every=1, size=size)
                for name, size in (("Slack", 50), ("Cdn", 20), ("Sms", 5))
            ),
            *(
                series("age", f"{name} {stat}", "Milliseconds", every=1, size=size, stat=stat)
                for name, stat, size in (("Slack", "p50", 300), ("Slack", "p99", 2400))
            ),
            series("waiting", "Slack", "Count", every=1, size=1200, stat="Maximum"),
            series("waiting", "Cdn", "Count", every=3, size=300, stat="Maximum"),
            series("dead", "Slack", "Count", every=1, size=12, stat="Maximum"),
        ],
    }
