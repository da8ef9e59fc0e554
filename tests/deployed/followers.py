"""People who follow, as they meet an audience: by a browser, a mailbox, a phone."""

import datetime as dt
import json
import re
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import urlencode, urlsplit

from jamwire.samples.sample import Sample
from lambdas.contracts.audience_table import fanout_name
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.event import timestamp
from lambdas.followers.identity import follower_id
from lambdas.followers.keys import AudienceKeys
from tests.deployed.deployed import Answer, Deployed

JSON = {"content-type": "application/json"}
FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
SCRIPT = {"accept": "application/json"}
PAGE = {"accept": "text/html"}
LINK = re.compile(r"https?://\S+")
QUEUES = ("PushQueueUrl", "EmailQueueUrl", "TextQueueUrl", "EmailQuestionsUrl", "TextQuestionsUrl")
CODE = re.compile(r"\b\d{6}\b")


def zone_in_which_it_is(hour: int) -> str:
    """A time zone in which it is about this hour now."""
    ahead = (hour - dt.datetime.now(dt.UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+}"  # POSIX's sign, in which east of Greenwich is less


@dataclass(frozen=True)
class Audience:
    """The audience of a deployment.

    Attributes:
        deployed: The deployment.
        held: Events whose jobs wait for their hour.
    """

    deployed: Deployed
    held: list[str] = field(default_factory=list)

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

    @property
    def table(self) -> Any:
        """Its table."""
        return self.deployed.deployment.client("dynamodb")

    def items(self) -> list[dict[str, Any]]:
        """All that is in its table."""
        pages = self.table.get_paginator("scan").paginate(TableName=self.outputs["AudienceTable"])
        return [item for page in pages for item in page["Items"]]

    def keys_with(self, id: str) -> list[str]:
        """The partitions of the items that have a follower's id in them."""
        return [item["pk"]["S"] for item in self.items() if id in str(item)]

    def state_of(self, channel: Channel, address: str) -> str:
        """What became of a follower; empty for nobody."""
        id = follower_id(self.keys.lookup, channel, address)
        found = [item for item in self.items() if item["pk"]["S"] == f"follower#{id}"]
        return str(found[0]["state"]["S"]) if found else ""

    @cached_property
    def keys(self) -> AudienceKeys:
        """Its keys."""
        secrets = self.deployed.deployment.client("secretsmanager")
        answer = secrets.get_secret_value(SecretId=self.outputs["AudienceSecretArn"])
        return AudienceKeys.from_json(answer["SecretString"])

    def until_told(self, *events: str) -> None:
        """Wait until events are planned and their jobs done."""
        plans = {f"fanout#{fanout_name(f'/endpoints/zap/{event}')}" for event in events}
        self.deployed.until(lambda: plans <= {item["pk"]["S"] for item in self.items()}, "the plans")
        self.until_idle()

    def until_idle(self) -> None:
        """Wait until no event and no job waits, or is at work; but for those that are held."""
        queues = [self.outputs["SubscriberQueueUrl"]]
        queues += [url for name, url in self.outputs.items() if name in QUEUES]
        self.deployed.until(
            lambda: sum(map(self.deployed.waiting, queues)) <= len(self.held), "all jobs done"
        )

    def let_a_day_pass(self, zone: str, at: str, topic: str) -> None:
        """Make what the table knows of a digest, its recipients and its news, a day and an hour older."""
        name, now = self.outputs["AudienceTable"], time.time()
        since = {"N": str(int((now - 90_000) * 1000))}
        yesterday = {"S": f"{dt.datetime.now(dt.UTC) - dt.timedelta(days=1):%Y-%m-%d}"}
        self.table.update_item(
            TableName=name,
            Key={"pk": {"S": "digests"}, "sk": {"S": f"{zone}#{at}"}},
            UpdateExpression="SET ran = :day, sent = :day, #until = :since",
            ExpressionAttributeNames={"#until": "until"},
            ExpressionAttributeValues={":day": yesterday, ":since": since},
        )
        for item in self.items():
            if item["pk"]["S"] == f"digest#{zone}#{at}":
                self.table.put_item(TableName=name, Item={**item, "told_until": since})
            if item["pk"]["S"] == f"news#{topic}":
                self.table.delete_item(TableName=name, Key={part: item[part] for part in ("pk", "sk")})
                older = f"{timestamp(now - 3600)}#{item['sk']['S'].partition('#')[2]}"
                self.table.put_item(TableName=name, Item={**item, "sk": {"S": older}})

    def invoke(self, part: str) -> None:
        """Call one of its functions, as a schedule does."""
        service = self.deployed.deployment.client("lambda")
        names = self.deployed.resources("Audience", "AWS::Lambda::Function")
        [name] = [name for name in names if f"-{part}Function" in name]
        answer = service.invoke(FunctionName=name)
        assert "FunctionError" not in answer, answer["Payload"].read()


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

    def deliveries(self) -> list[dict[str, Any]]:
        """All attempts to push to it."""
        found = self.audience.deployed.inbox("GET", "/api/deliveries?channel=push")
        return [delivery for delivery in found if delivery["destination"] == f"/push/{self.id}"]

    def pushed(self, title: str) -> bool:
        """Whether it was ever pushed this."""
        said = [delivery["request"]["message"] for delivery in self.deliveries()]
        return title in [message["notification"]["title"] for message in said if message]

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
