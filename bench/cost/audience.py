"""What a million followers cost who are told once, by channel.

A worker of each channel does one job of a thousand followers, as it is deployed; the table, the queue and the channel's
service are here and count what is asked of them. A million is a thousand such jobs.
"""

import importlib
import io
import json
import math
import os
import re
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any, Final
from unittest import mock

from bench.cost.prices import PRICES, Bill, Price, together, total
from bench.cost.templates import ROOT
from bench.lambda_memory import takes_ms
from lambdas.clients import aws
from lambdas.clients.http import HttpResponse
from lambdas.clients.push_connections import PushConnections
from lambdas.contracts.audience_job import RECIPIENTS, Job
from lambdas.contracts.audience_settings import (
    AudienceSettings,
    ChannelQueues,
    EmailSettings,
    PushSettings,
    SiteOfAudience,
    TextSettings,
)
from lambdas.contracts.audience_topics import CHANNELS, Channel
from lambdas.followers.keys import encode
from lambdas.followers.plan import Plan, Told
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer
from stacks.constructs.function import memory_of
from tests.fakes.audience_table import AudienceTable
from tests.fakes.dynamodb import item_bytes

PAGE: Final = ROOT / "docs" / "audience.md"
MILLION: Final = 1_000_000
JOBS: Final = MILLION // RECIPIENTS

PACKETS_BYTES: Final = 200
"""Assumed beside a request's own bytes: of TLS, TCP and IP, with the acknowledgements."""

_AWS: Final = "https://aws.amazon.com"
OWN_PRICES: Final = {
    "data out gb": Price(
        "EC2", "GB to the internet", 0.09, "$0.09", f"{_AWS}/ec2/pricing/on-demand/#Data_Transfer"
    ),
    "ses message": Price("SES", "e-mail", 0.1 / 1000, "$0.10 a thousand", f"{_AWS}/ses/pricing/"),
    "text part": Price(
        "End User Messaging",
        "part to a number of the US, without its carrier's fee",
        0.00883,
        "$0.00883",
        f"{_AWS}/end-user-messaging/pricing/",
    ),
}

SERVICES: Final = {
    "dynamodb read": "DynamoDB",
    "dynamodb write": "DynamoDB",
    "sqs request": "SQS",
    "data out gb": "data out",
    "ses message": "SES",
    "text part": "End User Messaging",
}
"""Under which heading a unit is billed."""


@dataclass(frozen=True, slots=True)
class Work:
    """What a recipient takes of a function's time, in milliseconds.

    Attributes:
        cpu_ms: Of a whole processor, measured (`docs/performance.md`).
        waits_ms: Of its share of the waiting, assumed.
    """

    cpu_ms: float
    waits_ms: float


WORK: Final[Mapping[Channel, Work]] = {
    "push": Work(cpu_ms=0.5, waits_ms=100 / 50),  # 100 ms for an answer, fifty at once
    "email": Work(cpu_ms=2.5, waits_ms=2 * 1000 / 14),  # two functions at SES's first rate, 14 a second
    "text": Work(cpu_ms=7.1, waits_ms=200 / 4 + 2 * 6),  # 200 ms, four at once; and a record before and after
}

KEYS: Final = {name: encode(bytes(32)) for name in ("data", "lookup", "links")}
SECRET: Final = json.dumps({**KEYS, "push": [{"id": "1", "private": encode(bytes(31) + b"\1")}]})

_POINT: Final = (  # RFC 8291, appendix A
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
)
_SUBSCRIPTION: Final = {"p256dh": _POINT, "auth": encode(bytes(16))}
ADDRESSES: Final[Mapping[Channel, str]] = {
    "push": json.dumps({"endpoint": f"https://fcm.googleapis.com/fcm/send/{'a' * 163}", **_SUBSCRIPTION}),
    "email": "somebody.of.the.town@example.com",
    "text": "+12065550100",
}
TOLD: Final = Told(
    fanout="0" * 32,
    event_id="0" * 32,
    topic="line-12",
    topic_title="Line 12",
    time="2027-01-15T08:00:00.000Z",
    title="The 06:15 is 10 min late",
    text="Road works at the harbour.",
    url="https://example.com/line-12/",
    severity="warning",
)


class Meter(AudienceTable):
    """The table and all other services: they count what they are asked for, by what it is billed by."""

    def __init__(self) -> None:
        super().__init__()
        self.units: defaultdict[str, float] = defaultdict(float)
        self._lock = threading.Lock()

    def client(self, service: str, config: object = None) -> Any:
        """A client of a service (`lambdas.clients.aws.client`)."""
        if service == "dynamodb":
            return self
        return SimpleNamespace(
            get_secret_value=lambda **call: {"SecretString": SECRET},
            send_email=lambda **call: self._add("ses message", 1),
            send_text_message=lambda **call: self._add("text part", 1),
        )

    def post(self, origin: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        """Take a push."""
        head = sum(len(f"{name}: {value}\r\n") for name, value in headers.items())
        self._add("data out gb", (len(origin + path) + head + len(body) + PACKETS_BYTES) / 1e9)
        return HttpResponse(201)

    def query(self, **call: Any) -> Any:
        """Read a page; eventually consistent reads cost a half."""
        answer = super().query(**call)
        self._read(answer["Items"], consistent=call.get("ConsistentRead", False))
        return answer

    def get_item(self, **call: Any) -> Any:
        """Read an item."""
        answer = super().get_item(**call)
        self._read([answer.get("Item", {})], consistent=call.get("ConsistentRead", False))
        return answer

    def _apply(self, write: Any) -> None:
        super()._apply(write)
        [call] = write.values()
        key = call.get("Item") or call["Key"]
        item = self.items.get((key["pk"]["S"], key["sk"]["S"]), {})
        self._add("dynamodb write", math.ceil(max(1, item_bytes(item)) / 1024))

    def _read(self, items: Sequence[Any], *, consistent: bool) -> None:
        units = math.ceil(max(1, sum(map(item_bytes, items))) / 4096)
        self._add("dynamodb read", units if consistent else units / 2)

    def _add(self, unit: str, amount: float) -> dict[str, Any]:
        with self._lock:  # a worker's threads count at once
            self.units[unit] += amount
        return {}


def bills() -> Mapping[Channel, Bill]:
    """The dollars of a million followers, by channel."""
    return {channel: bill_of(channel) for channel in CHANNELS}


def bill_of(channel: Channel) -> Bill:
    """The dollars of a million followers of one channel."""
    units = {**units_of_a_job(channel), "sqs request": 0.1 + 2}  # sent ten at a time, received, deleted
    memory_mb = memory_of(f"lambdas.audience_{channel}.handler.handle")
    seconds = RECIPIENTS * takes_ms(WORK[channel].cpu_ms, WORK[channel].waits_ms, memory_mb) / 1000
    units |= {"lambda gb-second": seconds * memory_mb / 1024, "lambda request": 1}
    prices = PRICES | OWN_PRICES
    return together(
        *(
            {SERVICES.get(unit, "Lambda"): prices[unit].dollars * amount * JOBS}
            for unit, amount in units.items()
        )
    )


@cache
def units_of_a_job(channel: Channel) -> Mapping[str, float]:
    """What a job of a thousand followers is billed by.

    Raises:
        RuntimeError: Somebody was not told.
    """
    meter = Meter()
    plan = Plan(name=TOLD.fanout, at=time.time(), followers={channel: RECIPIENTS}, told=TOLD)
    meter.put_item(TableName="audience", Item=plan.to_item())
    for recipient in _recipients(channel):
        meter.put_item(TableName="audience", Item=recipient.to_item(plan.partition(channel)))
    meter.units.clear()
    with _deployed(channel, meter) as handle:
        left = handle({"Records": [_record(channel)]}, _context())
    sent = [item["sent"]["N"] for item in meter.partition(f"fanout#{TOLD.fanout}") if "sent" in item]
    if left["batchItemFailures"] or sent != [str(RECIPIENTS)]:
        raise RuntimeError(f"{channel}: {sent} of {RECIPIENTS} were told")
    return meter.units


def _recipients(channel: Channel) -> Iterator[Recipient]:
    sealer = Sealer(bytes(32))
    for number in range(RECIPIENTS):
        id = f"{number:032x}"
        address = sealer.seal(ADDRESSES[channel], id)
        yield Recipient(id=id, address=address, push_key="1" if channel == "push" else "")


@contextmanager
def _deployed(channel: Channel, meter: Meter) -> Iterator[Any]:
    """The function's handler, as it is at its start in this account."""
    environment = {"POWERTOOLS_SERVICE_NAME": "bench", "POWERTOOLS_METRICS_NAMESPACE": "Jamwire"}
    for settings in _settings():
        environment |= settings.to_environment()
    with (
        mock.patch.dict(os.environ, environment),
        mock.patch.object(aws, "client", meter.client),
        mock.patch.object(PushConnections, "post", lambda self, *request: meter.post(*request)),
        redirect_stdout(io.StringIO()),  # where log lines and metrics go
    ):
        yield importlib.reload(importlib.import_module(f"lambdas.audience_{channel}.handler")).handle


def _settings() -> Sequence[Any]:
    site = SiteOfAudience(name="Harbour Buses", url="https://example.com")
    topics = str(ROOT / "bench" / "cost" / "topics.json")
    return (
        AudienceSettings(
            table="audience",
            secret_arn="keys",  # noqa: S106 - the name of a secret
            topics_file=topics,
            site=site,
            url="https://follow.example.com/",
        ),
        ChannelQueues(push_queue_url="push", email_queue_url="email", text_queue_url="text"),
        PushSettings(push_contact="mailto:web@example.com"),
        EmailSettings(
            email_from="news@example.com",
            email_consent="Yes.",
            email_configuration_set="set",
            email_per_second=1e6,
        ),
        TextSettings(
            text_identity="pool",
            text_consent="Yes.",
            text_help="Help.",
            text_countries=("US",),
            text_per_day=MILLION,
            text_per_follower=10,
            text_codes_per_day=100,
            text_quiet_start=f"{_far_hour()}:00",
            text_quiet_end=f"{_far_hour()}:30",
        ),
    )


def _far_hour() -> str:
    """The hour that is as far away as can be, so that it is not the time of quiet."""
    return f"{(time.gmtime().tm_hour + 12) % 24:02}"


def _record(channel: Channel) -> dict[str, Any]:
    job = Job(kind="topic", channel=channel, fanout=TOLD.fanout)
    sent_at = str(round(time.time() * 1000))
    return {
        "messageId": "1",
        "receiptHandle": "1",
        "eventSourceARN": f"arn:aws:sqs:us-east-1:000000000000:{channel}",
        "body": job.to_json(),
        "attributes": {"SentTimestamp": sent_at},
    }


def _context() -> Any:
    return SimpleNamespace(aws_request_id="1", get_remaining_time_in_millis=lambda: 900_000)


def rows(found: Mapping[Channel, Bill]) -> list[list[str]]:
    """The table of the page; the first row is the head."""
    columns = list(dict.fromkeys(name for bill in found.values() for name in bill))
    lines = [
        [
            NAMES[channel],
            *(f"{bill[name]:,.2f}" if name in bill else "" for name in columns),
            f"**{total(bill):,.2f}**",
        ]
        for channel, bill in found.items()
    ]
    return [["", *columns, "total"], *lines]


NAMES: Final[Mapping[Channel, str]] = {"push": "web push", "email": "e-mail", "text": "text message"}

_TABLE: Final = re.compile(r"(<!-- cost: a million followers -->\n).*?(<!-- end -->)", re.DOTALL)


def written(page: str, found: Mapping[Channel, Bill]) -> str:
    """The page with this table."""
    head, *lines = rows(found)
    table = [head, ["---", *["---:"] * (len(head) - 1)], *lines]
    text = "".join(f"| {' | '.join(line)} |\n" for line in table)
    return _TABLE.sub(lambda mark: mark[1] + text + mark[2], page)
