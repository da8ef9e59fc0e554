"""A deployment in a local account, as senders, destinations and operators meet it."""

import json
import secrets
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, TypeVar
from urllib.parse import urlsplit

from jamwire.cli.event_store import Store
from jamwire.local.account import LocalAccount
from jamwire.local.inbox.build import title_of_order
from jamwire.local.polling import wait_for
from jamwire.operations.deployment import Deployment
from jamwire.operations.secrets import list_secrets
from jamwire.operations.selection import EventSummary
from jamwire.samples.catalogue import SAMPLES
from jamwire.samples.request import build_request
from jamwire.samples.sample import Sample
from lambdas.contracts.state_table import STATE_ID

PATIENCE_SECONDS = 60
POLL_SECONDS = 0.1
"""A look costs the account, which is one process, more than it costs the test."""

Result = TypeVar("Result")
Jamwire = Callable[..., "subprocess.CompletedProcess[str]"]
"""Runs the `jamwire` command with these arguments."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an endpoint answered."""

    status: int
    headers: Mapping[str, str]
    document: Any


@dataclass(frozen=True, slots=True)
class Sent:
    """An event on its way: its id, and a text that is in it and in no other."""

    id: str
    mark: str


def tells_of(delivery: Mapping[str, Any], event_id: str) -> bool:
    """Whether a delivery says that it tells of an event; a digest says it by the beginning of the id."""
    return any(event_id.startswith(known) for known in delivery["event_ids"])


@dataclass(frozen=True)
class Deployed:
    """A deployment in a local account."""

    account: LocalAccount
    deployment: Deployment = field(init=False)
    _finished: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        object.__setattr__(self, "deployment", self.account.deployment)

    def signed(
        self, label: str, *, mark: str = "", tamper: bool = False, secret: str = ""
    ) -> tuple[str, dict[str, str], bytes]:
        """The endpoint's name, the headers and the body of a sample."""
        return self._sign(SAMPLES[label], fresh=mark or secrets.token_hex(12), tamper=tamper, secret=secret)

    def _sign(
        self, sample: Sample, *, fresh: str, tamper: bool = False, secret: str = ""
    ) -> tuple[str, dict[str, str], bytes]:
        endpoint = next(e for e in self.deployment.endpoints if e.source == sample.source)
        secret = secret or list_secrets(self.deployment, endpoint.name)[-1].value
        request = build_request(
            sample,
            endpoint.scheme,
            secret,
            url=endpoint.signed_url,
            now=time.time(),
            fresh=fresh,
            tamper=tamper,
        )
        return endpoint.name, dict(request.headers), request.body

    def endpoint_of(self, label: str) -> str:
        """The name of the endpoint that takes a sample."""
        return next(e.name for e in self.deployment.endpoints if e.source == SAMPLES[label].source)

    def send(self, sample: str | Sample) -> Sent:
        """Send a sample, or one of the catalogue by its label, that must be accepted."""
        mark = secrets.token_hex(12)
        found = SAMPLES[sample] if isinstance(sample, str) else sample
        answer = self.post(*self._sign(found, fresh=mark))
        assert answer.status == 200, answer
        return Sent(answer.document["id"], mark)

    def post(self, endpoint: str, headers: Mapping[str, str], body: bytes, method: str = "POST") -> Answer:
        """Call an endpoint, whether it exists or not."""
        url = urlsplit(self.deployment.endpoints[0].url)
        path = f"{url.path.rpartition('/')[0]}/{endpoint}"
        answer = self._ask(f"{url.scheme}://{url.netloc}{path}", method, body, headers)
        return answer

    def until_accepted(self, endpoint: str, headers: Mapping[str, str], body: bytes) -> None:
        """Send again until it is accepted: what other tests sent wrongly has used up ingest's looks for new secrets."""
        self.until(lambda: self.post(endpoint, headers, body).status == 200, f"200 from {endpoint}")

    def deliveries(self, sent: Sent) -> list[dict[str, Any]]:
        """Attempts to deliver an event, oldest first."""
        known = self.inbox("GET", "/api/deliveries")
        return [d for d in known if tells_of(d, sent.id) or sent.mark in json.dumps(d["request"])]

    def deliveries_of(self, event_id: str) -> list[dict[str, Any]]:
        """Attempts to deliver an event of which only the id is known, by those who pass it on."""
        return [d for d in self.inbox("GET", "/api/deliveries") if tells_of(d, event_id)]

    def told(self, sent: Sent) -> list[str]:
        """Channels that took the event, once for each time."""
        return sorted(d["channel"] for d in self.deliveries(sent) if 200 <= (d["status"] or 0) < 300)

    def fault(self, **fault: Any) -> None:
        """Make the inbox misbehave."""
        self.inbox("POST", "/api/faults", {"channel": "slack", **fault})

    def inbox(self, method: str, path: str, body: Any = None) -> Any:
        """Call the inbox."""
        answer = self._ask(
            self.account.ports.inbox_url + path, method, json.dumps(body).encode() if body else b"", {}
        )
        assert answer.status < 300, answer
        return answer.document

    def until(self, condition: Callable[[], Result], what: str) -> Result:
        """Wait for a condition."""
        return wait_for(condition, seconds=PATIENCE_SECONDS, what=what, every=POLL_SECONDS)

    def until_quiet(self) -> None:
        """Wait until every event has been dealt with: no subscriber has one waiting or at work.

        A publish is dealt with when its build is done, so builds that were ordered are finished.
        """
        self.until(lambda: not (self.finish_builds() or self.is_anything_waiting()), "quiet")

    def is_anything_waiting(self) -> bool:
        """Whether a subscriber has a message, at work or not; one look at all queues, so that none moves on unseen."""
        answer = self._ask(f"{self.account.deployment.local_url}/_ministack/sqs/messages", "GET", b"", {})
        ours = {url.rpartition("/")[2] for url in self.queues.values()}
        return any(
            messages and url.rpartition("/")[2] in ours
            for regions in answer.document["messages"].values()
            for queues in regions.values()
            for url, messages in queues.items()
        )

    def until_idle(self, stack: str) -> None:
        """Wait until one subscriber has nothing waiting or at work."""
        self.until(lambda: not self.waiting(self.queues[stack]), f"{stack} idle")

    def orders(self) -> list[dict[str, Any]]:
        """Builds that the build host has taken orders for, oldest first."""
        found = self.inbox("GET", "/api/deliveries?channel=build")
        return [order for order in found if order["status"] and order["status"] < 300]

    def finish_builds(self, outcome: str = "succeeded") -> list[str]:
        """Tell that every build that was ordered is done, as Netlify does; gives those that were not told before."""
        told = []
        for order in self.orders():
            title = title_of_order(order["request"])
            if title not in self._finished:
                told.append(title)
                self.tell_of_deploy(title, outcome)
        return told

    def tell_of_deploy(self, title: str, outcome: str, **changes: Any) -> str:
        """Send the webhook of a deploy with this title, and with what else is changed of its sample; gives the id."""
        sample = SAMPLES[f"netlify/deploy-{outcome}"]
        self._finished.add(title)
        return self.send(replace(sample, body={**sample.body, "title": title, **changes})).id

    def renew_budget(self) -> None:
        """Let the text messages of a day begin anew."""
        dynamodb = self.deployment.client("dynamodb")
        [table] = self.resources("Sms", "AWS::DynamoDB::Table")
        for item in dynamodb.scan(TableName=table, ConsistentRead=True)["Items"]:
            if item["id"]["S"].startswith("budget/"):
                dynamodb.delete_item(TableName=table, Key={"id": item["id"]})

    def look_again(self) -> None:
        """Forget the queues: a stack was deployed anew."""
        for name in ("queues", "dead_letter_queues"):
            self.__dict__.pop(name, None)

    @cached_property
    def queues(self) -> dict[str, str]:
        """Each subscriber's queue by its stack's short name."""
        return dict(self._queues("SubscriberQueue"))

    @cached_property
    def dead_letter_queues(self) -> dict[str, str]:
        """Each subscriber's dead letters by its stack's short name."""
        return dict(self._queues("SubscriberDeadLetters"))

    def dead_letter(self, stack: str, sent: Sent) -> dict[str, str]:
        """Wait for an event in a subscriber's dead letters; what is written on it."""
        sqs = self.deployment.client("sqs")

        def find() -> dict[str, str] | None:
            answer = sqs.receive_message(
                QueueUrl=self.dead_letter_queues[stack],
                MaxNumberOfMessages=10,
                MessageAttributeNames=["All"],
                VisibilityTimeout=0,
            )
            for message in answer.get("Messages", []):
                if json.loads(message["Body"])["id"] == sent.id:
                    return {
                        name: value["StringValue"] for name, value in message["MessageAttributes"].items()
                    }
            return None

        return self.until(find, f"{sent.id} in the dead letters of {stack}") or {}

    def until_archived(self, label: str, sent: Sent) -> None:
        """Wait until a sample that was sent has come into the archive."""
        archive = Store.open(self.deployment).archive
        event = EventSummary(sent.id, f"/endpoints/{self.endpoint_of(label)}")
        self.until(lambda: archive.read([event]), f"{label} in the archive")

    def log_has(self, stack: str, sent: Sent, outcome: str) -> bool:
        """Whether a subscriber's log tells of this outcome of an event."""
        return any(
            line.get("event_id") == sent.id and line.get("message") == outcome for line in self.log(stack)
        )

    def log(self, stack: str) -> list[dict[str, Any]]:
        """The lines of a subscriber's log."""
        [group] = self.resources(stack, "AWS::Logs::LogGroup")
        pages = self.deployment.client("logs").get_paginator("filter_log_events").paginate(logGroupName=group)
        texts = [event["message"] for page in pages for event in page["events"]]
        return [json.loads(text) for text in texts if text.startswith("{")]

    def state(self, stack: str, id: str = STATE_ID) -> Any:
        """A state of a stateful subscriber; an empty one of one that has heard nothing yet."""
        outputs = next(found.outputs for found in self.deployment.stacks if found.short_name == stack)
        dynamodb = self.deployment.client("dynamodb")
        answer = dynamodb.get_item(TableName=outputs["DocumentsTable"], Key={"id": {"S": id}})
        return json.loads(answer["Item"]["document"]["S"])["state"] if "Item" in answer else {}

    def resources(self, stack: str, kind: str) -> list[str]:
        """Physical ids of a stack's resources of a type."""
        name = f"{self.deployment.name}-{stack}"
        answer = self.deployment.client("cloudformation").describe_stack_resources(StackName=name)
        return [r["PhysicalResourceId"] for r in answer["StackResources"] if r["ResourceType"] == kind]

    def _queues(self, part: str) -> Iterator[tuple[str, str]]:
        cloudformation = self.deployment.client("cloudformation")
        for stack in self.deployment.stacks:
            for resource in cloudformation.describe_stack_resources(StackName=stack.name)["StackResources"]:
                if resource["ResourceType"] == "AWS::SQS::Queue" and resource["LogicalResourceId"].startswith(
                    part
                ):
                    yield stack.short_name, resource["PhysicalResourceId"]

    def waiting(self, url: str) -> int:
        """Messages of a queue, at work or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.deployment.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def _ask(self, url: str, method: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        parts = urlsplit(url)
        connection: HTTPConnection
        if parts.scheme == "https":
            context = ssl.create_default_context(cafile=self.account.certificate)
            connection = HTTPSConnection(parts.netloc, timeout=PATIENCE_SECONDS, context=context)
        else:
            connection = HTTPConnection(parts.netloc, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, f"{parts.path}?{parts.query}", body, dict(headers))
            answer = connection.getresponse()
            text = answer.read()
            found = {name.lower(): value for name, value in answer.getheaders()}
            is_json = "json" in found.get("content-type", "") and bool(text)
            return Answer(answer.status, found, json.loads(text) if is_json else text.decode())
        finally:
            connection.close()
