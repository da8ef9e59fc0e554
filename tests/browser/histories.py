"""Documents of the console's API about events, as the server gives them."""

from typing import Any

from lambdas.contracts.event import timestamp
from lambdas.contracts.event_types import severity_of
from tests.browser.console import NOW, Answer, Call

TITLES = {
    "deploy.succeeded": "Deployed winter-blog: Publish the opening hours",
    "deploy.failed": "Deploy of winter-blog failed: exit code 2",
    "form.submitted": "New message from Ada Lovelace",
    "content.published": "“Opening hours in winter” was published",
    "payment.failed": "Payment of 48.00 EUR failed",
    "release.published": "v2.4.0 of jamstack/site",
}
ENDPOINTS = ("netlify-blog", "contact-form", "contentful")


def listed(number: int, *, now: float = NOW, type: str = "", **others: Any) -> dict[str, Any]:
    """The event of a list that was accepted so many minutes before now."""
    kind = type or [*TITLES][number % len(TITLES)]
    return {
        "id": f"event-{number}",
        "source": f"/endpoints/{ENDPOINTS[number % 3]}",
        "endpoint": ENDPOINTS[number % 3],
        "type": kind,
        "time": timestamp(now - 60 * number - 3),
        "severity": severity_of(kind),
        "title": TITLES.get(kind, kind),
        "dead_at": [],
        **others,
    }


def paged(events: list[dict[str, Any]]) -> Answer:
    """What answers a list of events: pages by a cursor, and what is new."""

    def answer(call: Call) -> dict[str, Any]:
        found = [event for event in events if event["time"] > call.query.get("after", "")]
        most = 500 if "after" in call.query else 100
        start, limit = int(call.query.get("cursor", 0)), int(call.query.get("limit", most))
        page, is_cut = found[start : start + limit], start + limit < len(found)
        return {
            "events": page,
            "cursor": str(start + limit) if is_cut else "",
            "searched_since": page[-1]["time"] if is_cut else timestamp(NOW - 86_400),
            "until": events[0]["time"] if events else timestamp(NOW),
        }

    return answer


def answered(*events: dict[str, Any]) -> dict[str, Any]:
    """What answers with these, whatever is asked."""
    return {"events": [*events], "cursor": "", "searched_since": "", "until": events[0]["time"]}


def status(name: str, state: str, at: float | None = None, **others: Any) -> dict[str, Any]:
    """What became of an event at a subscriber, `at` seconds before now."""
    return {
        "name": name,
        "state": state,
        "at": "" if at is None else timestamp(NOW - at),
        "attempts": 1 if at is not None else 0,
        "next_try": "",
        "reason": "",
        "rule": {"scope": "MessageAttributes", "policy": {"type": ["deploy.failed", {"prefix": "site."}]}},
        "rule_text": "type is deploy.failed or begins with site.",
        "matched": state != "not told",
        "not_matched_because": "",
        **others,
    }


def history(payload: Any = None, **notice: Any) -> dict[str, Any]:
    """The history of an event that was accepted ten minutes ago: delivered, waiting, dead, and not told."""
    return {
        "event": {
            "specversion": "1.0",
            "id": "event-1",
            "source": "/endpoints/netlify-blog",
            "type": "deploy.failed",
            "time": timestamp(NOW - 600),
            "datacontenttype": "application/json",
            "subject": "winter-blog",
            "correlationid": "brisk-otter",
            "data": {
                "notice": {
                    "title": TITLES["deploy.failed"],
                    "text": "Build script returned non-zero exit code: 2\nSee the log for the whole output.",
                    "url": "https://app.netlify.com/sites/winter-blog/deploys/65a1",
                    "severity": "error",
                    "fields": {"Branch": "main", "Commit": "9fceb02", "Who": "ada@example.com"},
                    "paths": ["/", "/opening-hours/"],
                    "tags": ["post-1"],
                    "site": "winter-blog",
                    **notice,
                },
                "sender": {
                    "type": "deploy_failed",
                    "time": timestamp(NOW - 601),
                    "environment": "production",
                    "headers": {"x-netlify-event": "deploy_failed", "user-agent": "Netlify"},
                },
                "payload": {
                    "id": "65a1",
                    "state": "error",
                    "error_message": "exit code 2",
                    "links": {"permalink": "https://65a1--winter-blog.netlify.app"},
                    "plugins": [{"name": "@netlify/plugin-lighthouse", "ok": True}, None],
                    "deploy_time": 41.5,
                }
                if payload is None
                else payload,
            },
        },
        "archived_until": timestamp(NOW + 30 * 86_400),
        "deliveries": [
            {
                "replay": None,
                "sent_at": None,
                "subscribers": [
                    status("Slack", "delivered", 599.3),
                    status("Sms", "dead", 240, attempts=7, reason="the number is not a mobile one"),
                    status(
                        *("Rebuild", "waiting", 120),
                        attempts=3,
                        next_try=timestamp(NOW + 480),
                        reason="api.netlify.com answered 503",
                    ),
                    status(
                        *("Cdn", "not told"),
                        reason="its rule does not match",
                        not_matched_because="type is deploy.failed; the rule takes deploy.succeeded",
                    ),
                ],
            },
            {
                "replay": "20270115-075800-3fa91c",
                "sent_at": timestamp(NOW - 100),
                "subscribers": [status("Sms", "delivered", 98.9)],
            },
        ],
        "story": None,
    }


STORY: dict[str, Any] = {
    "name": "Opening hours in winter",
    "ended": "site.published",
    "timeline": [
        {"type": "build.requested", "at": NOW - 650, "after": 2.1, "event": "event-7"},
        {"type": "deploy.succeeded", "at": NOW - 600, "after": 52.4, "event": "event-1"},
        {"type": "cdn.invalidated", "at": NOW - 592, "after": 60.2, "event": "event-8"},
        {"type": "pages.notified", "at": NOW - 591, "after": 61.0, "event": "event-9"},
    ],
}
