"""People who follow, as they meet an audience: by a browser, a mailbox, a phone."""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from jamwire.samples.sample import Sample
from tests.deployed.deployed import Answer, Deployed

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
SCRIPT = {"accept": "application/json"}
PAGE = {"accept": "text/html"}
LINK = re.compile(r"https?://\S+")
CODE = re.compile(r"\b\d{6}\b")


@dataclass(frozen=True)
class Audience:
    """The audience of a deployment."""

    deployed: Deployed

    @cached_property
    def outputs(self) -> Mapping[str, str]:
        """Its stack's outputs."""
        [found] = [s.outputs for s in self.deployed.deployment.stacks if s.short_name == "Audience"]
        return found

    def ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] = JSON) -> Answer:
        """Ask its endpoint, where a link leads or below its address."""
        base = urlsplit(self.deployed.deployment.local_url or "")
        host = urlsplit(self.outputs["AudienceUrl"]).netloc
        place = path if path.startswith("/") else f"{urlsplit(path).path}?{urlsplit(path).query}"
        sent = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
        return self.deployed._ask(
            f"{base.scheme}://{base.netloc}{place}", method, sent, {**headers, "host": host}
        )

    def form(self, path: str, **fields: Any) -> Answer:
        """Send a form as a page without a script does."""
        return self.ask("POST", path, urlencode(fields, doseq=True).encode(), FORM)

    def tell(self, topic: str, **more: Any) -> str:
        """Have an event told; its id."""
        body = {"type": "notice.sent", "title": f"{topic} is late {secrets.token_hex(4)}", "topic": topic}
        return self.deployed.send(Sample("token", "a notice", {**body, **more})).id

    def item(self, partition: str, sort: str) -> dict[str, Any]:
        """An item of its table."""
        dynamodb = self.deployed.deployment.client("dynamodb")
        key = {"pk": {"S": partition}, "sk": {"S": sort}}
        answer = dynamodb.get_item(TableName=self.outputs["AudienceTable"], Key=key, ConsistentRead=True)
        return dict(answer.get("Item", {}))


@dataclass
class Browser:
    """A browser that is subscribed to the inbox's push service."""

    audience: Audience
    subscription: dict[str, Any] = field(init=False)
    token: str = ""

    def __post_init__(self) -> None:
        channels = self.audience.ask("GET", "/settings").document["channels"]
        self.key = channels["push"]
        said = {"applicationServerKey": self.key["key"]}
        self.subscription = self.audience.deployed.inbox("POST", "/push/subscriptions", said)

    @property
    def id(self) -> str:
        """Its subscription's id at the push service."""
        return str(self.subscription["endpoint"].rpartition("/")[2])

    @property
    def said(self) -> dict[str, Any]:
        """Its subscription, as a page sends it."""
        shown = {name: self.subscription[name] for name in ("endpoint", "keys")}
        return {"subscription": shown, "key": self.key["id"]}

    def follow(self, *topics: str) -> Answer:
        """Follow topics."""
        answer = self.audience.ask("POST", "/follow", {"channel": "push", "topics": topics, **self.said})
        if answer.status == 200:
            self.token = answer.document["follower"]
        return answer

    def messages(self, after: int = 0) -> list[dict[str, Any]]:
        """What it was pushed, opened."""
        place = f"/push/subscriptions/{self.id}/messages?after={after}"
        found: list[dict[str, Any]] = self.audience.deployed.inbox("GET", place)["messages"]
        return found

    def titles(self) -> list[str]:
        """The titles of its notifications."""
        return [push["message"]["notification"]["title"] for push in self.messages()]

    def leave(self) -> None:
        """Take the permission away."""
        self.audience.deployed.inbox("DELETE", f"/push/subscriptions/{self.id}")


@dataclass
class Mailbox:
    """A mailbox of a person."""

    audience: Audience
    address: str = field(default_factory=lambda: f"ada-{secrets.token_hex(4)}@example.org")

    def follow(self, *topics: str, **more: Any) -> Answer:
        """Ask to follow."""
        said = {"channel": "email", "topics": topics, "address": self.address, "consent": True, **more}
        return self.audience.ask("POST", "/follow", said)

    def mails(self) -> list[dict[str, Any]]:
        """All that has come."""
        found = self.audience.deployed.inbox("GET", "/api/deliveries?channel=email")
        return [delivery for delivery in found if delivery["destination"] == self.address]

    def next(self, known: int = 0) -> dict[str, Any]:
        """Wait for one more mail than are known."""
        found = self.audience.deployed.until(lambda: self.mails()[known:], f"a mail to {self.address}")
        request: dict[str, Any] = found[0]["request"]
        return request

    def confirm(self) -> Answer:
        """Follow the newest mail's link, and press the button."""
        known = len(self.mails())
        link = link_of(self.next(max(0, known - 1)), "confirm")
        return self.audience.form("/confirm", t=token_of(link))


def link_of(mail: Mapping[str, Any], path: str) -> str:
    """The link of a mail to a page of the endpoint."""
    return next(link for link in LINK.findall(mail["text"]) if urlsplit(link).path == f"/{path}")


def token_of(link: str) -> str:
    """The token of a link."""
    return urlsplit(link).query.removeprefix("t=")


@dataclass
class Phone:
    """A phone."""

    audience: Audience
    number: str = field(default_factory=lambda: f"+1206555{secrets.randbelow(10_000):04}")

    def follow(self, *topics: str, **more: Any) -> Answer:
        """Ask to follow."""
        said = {"channel": "text", "topics": topics, "number": self.number, "consent": True, **more}
        return self.audience.ask("POST", "/follow", said)

    def texts(self) -> list[str]:
        """All that has come."""
        found = self.audience.deployed.inbox("GET", "/api/deliveries?channel=text")
        return [d["request"]["text"] for d in found if d["destination"] == self.number]

    def next(self, known: int = 0) -> str:
        """Wait for one more text than are known."""
        found = self.audience.deployed.until(lambda: self.texts()[known:], f"a text to {self.number}")
        return found[0]

    def confirm(self, known: int = 0) -> Answer:
        """Type the code that has come."""
        [code] = CODE.findall(self.next(known))
        return self.audience.ask("POST", "/confirm", {"number": self.number, "code": code})

    def answer(self, text: str) -> None:
        """Answer the newest text."""
        self.audience.deployed.inbox(
            "POST", "/api/texts", {"from": self.number, "to": "+18005550199", "text": text}
        )
