"""A push service and the browsers that are subscribed to it (RFC 8030), each with a key of its own."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from jamwire.local.inbox import vapid
from jamwire.local.inbox.decryption import BrowserKey, UnreadableError, base64url
from jamwire.local.inbox.vapid import NotTakenError

MAX_BODY: Final = 4096

_HEADERS: Final = {
    "ttl": re.compile(r"[0-9]{1,10}"),
    "content-encoding": re.compile(r"aes128gcm"),
    "urgency": re.compile(r"very-low|low|normal|high"),
    "topic": re.compile(r"[A-Za-z0-9_-]{0,32}"),
}
_DEFAULTS: Final = {"urgency": "normal"}
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{87}")


@dataclass(frozen=True, slots=True)
class PushAnswer:
    """What a push service answers."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """A push that a browser can open.

    Attributes:
        at: When it came, unix seconds.
        ttl: For how many seconds it waits for the browser.
        topic: What it replaces; empty for nothing.
        urgency: For how little it may wake a device.
        body: As it was sent.
        text: What it says.
        number: Its place among all of its subscription, from 1 on; 0 for not yet kept.
    """

    at: float
    ttl: int
    topic: str
    urgency: str
    body: bytes = field(repr=False)
    text: str
    number: int = 0


@dataclass(slots=True, kw_only=True)
class Subscription:
    """A browser that is subscribed.

    Attributes:
        key: The browser's.
        sender: The only public key that may send; empty for any.
        waiting: What the browser has not said that it has.
        count: How many pushes there were.
        fetched: The number up to which it has fetched them.
    """

    key: BrowserKey = field(default_factory=BrowserKey)
    sender: str = ""
    waiting: list[Push] = field(default_factory=list)
    count: int = 0
    fetched: int = 0

    def keep(self, push: Push) -> None:
        """Let a push wait; it replaces one of its topic that was not fetched yet (RFC 8030, 5.4)."""
        self.count += 1
        kept = [
            p for p in self.waiting if p.number <= self.fetched or not push.topic or p.topic != push.topic
        ]
        self.waiting = [*kept, replace(push, number=self.count)]

    def fetch(self, after: int, now: float) -> list[Push]:
        """What the browser gets, which has all up to a number."""
        self.waiting = [p for p in self.waiting if p.number > after and now < p.at + p.ttl]
        self.fetched = max([after, *(push.number for push in self.waiting)])
        return self.waiting


class PushService:
    """The subscriptions, and who may send what to them."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, Subscription | None] = {}

    def subscribe(self, sender: str = "") -> tuple[str, Subscription]:
        """Subscribe a browser.

        Raises:
            ValueError: The sender's key is none; one sentence says what was expected.
        """
        if sender and not _KEY.fullmatch(sender):
            raise ValueError("applicationServerKey is no public key of P-256 in URL-safe base64.")
        id, subscription = secrets.token_urlsafe(24), Subscription(sender=sender)
        self._subscriptions[id] = subscription
        return id, subscription

    def end(self, id: str) -> bool:
        """End a subscription, as a person does who takes the permission away; whether it was one."""
        found = self.find(id) is not None
        if found:
            self._subscriptions[id] = None
        return found

    def find(self, id: str) -> Subscription | None:
        """The subscription; None for one that was never there, or has ended."""
        return self._subscriptions.get(id)

    def judge(
        self, id: str, headers: Mapping[str, str], body: bytes, *, origin: str, now: float
    ) -> tuple[PushAnswer, Push | None]:
        """What is answered to a push, and the push if it can be taken."""
        subscription = self.find(id)
        if subscription is None:
            gone = id in self._subscriptions
            return PushAnswer(410 if gone else 404, "The subscription has ended." if gone else ""), None
        try:
            vapid.sender(headers.get("authorization", ""), origin=origin, now=now, key=subscription.sender)
            _check(headers, body)
            text = subscription.key.open(body).decode()
        except NotTakenError as refused:
            return PushAnswer(refused.status, str(refused)), None
        except (UnreadableError, UnicodeDecodeError) as unreadable:
            return PushAnswer(400, str(unreadable)), None
        push = Push(
            at=now,
            ttl=int(headers["ttl"]),
            topic=headers.get("topic", ""),
            urgency=headers.get("urgency", "normal"),
            body=body,
            text=text,
        )
        place = f"/push/{id}/{secrets.token_urlsafe(12)}"
        return PushAnswer(201, "", {"location": place, "ttl": headers["ttl"]}), push


def _check(headers: Mapping[str, str], body: bytes) -> None:
    """Refuse what a push service refuses (RFC 8030, 5 and 7.2; RFC 8291, 4).

    Raises:
        NotTakenError: It is refused; the text says why.
    """
    if len(body) > MAX_BODY:
        raise NotTakenError(413, f"The body has {len(body)} bytes, expected at most {MAX_BODY}.")
    for name, pattern in _HEADERS.items():
        given = headers.get(name, _DEFAULTS.get(name, ""))
        if not pattern.fullmatch(given):
            raise NotTakenError(400, f"{name} is {given!r}, expected {pattern.pattern}.")


def read(text: str) -> Any:
    """What a push says: a document, or the text it is instead."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def described(push: Push) -> dict[str, Any]:
    """A push as the inbox shows it."""
    return {"message": read(push.text), "ttl": push.ttl, "urgency": push.urgency, "topic": push.topic}


def fetched(push: Push) -> dict[str, Any]:
    """A push as a browser that is driven fetches it: as it was sent, and as it reads."""
    return {**described(push), "number": push.number, "at": push.at, "body": base64url(push.body)}
