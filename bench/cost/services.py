"""AWS as a function meets it on the wire: it answers from here, and counts what each call is billed by."""

import json
import math
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import parse_qs

from botocore.awsrequest import AWSResponse

from bench.lambda_memory import call_name
from lambdas.contracts.archive_table import DAY, SUMMARY, TIME
from lambdas.contracts.archive_table import SOURCE as ARCHIVE_SOURCE
from tests.fakes.dynamodb import item_bytes

_SERVICES: Final = {"DynamoDB": "dynamodb", "AmazonSQS": "sqs", "secretsmanager": "secretsmanager"}
"""By the names in their calls' targets."""

ITEM_OVERHEAD: Final = 100
"""Bytes that each stored item takes beside its own ("DynamoDB pricing": data storage)."""

MESSAGE_CHUNK: Final = 64 * 1024
WRITE_UNIT: Final = 1024
READ_UNIT: Final = 4096
APPSYNC_CHUNK: Final = 5 * 1024

INDEXES: Final = {
    frozenset({DAY, TIME}): frozenset({"id", ARCHIVE_SOURCE, DAY, TIME, *SUMMARY}),
    frozenset({"dead", "updated_at"}): frozenset({"id", "dead", "updated_at"}),
}
"""By the key of an index, what it holds: the archive's, and the ledgers'. An item without the key is not in it."""

_SNS_ANSWER: Final = (
    '<{0}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><{0}Result><MessageId>1</MessageId></{0}Result>'
    "</{0}Response>"
)
_INVALIDATION: Final = (
    '<Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>I1</Id><Status>Completed</Status>'
    "<CreateTime>2027-01-15T08:00:00Z</CreateTime></Invalidation>"
)


class Raw:
    """A response's body, as urllib3 has it."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> list[bytes]:
        """All of it."""
        return [self._content]


class Services:
    """All services that functions call through boto3's own HTTP client.

    Attributes:
        units: What was used, by the names of `bench.cost.prices`.
        calls: Operations.
        kept: By table and key, bytes and seconds for which an item is kept, with those of its index entries.
    """

    def __init__(self, secret: str, clock: Callable[[], float]) -> None:
        self._secret = secret
        self._clock = clock
        self._items: dict[tuple[str, str], dict[str, Any]] = {}
        self.units: defaultdict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()
        self.kept: dict[tuple[str, str], tuple[int, float]] = {}

    def forget(self) -> None:
        """Count from here on; what is kept stays."""
        self.units.clear()
        self.calls.clear()
        self.kept.clear()

    def send(self, request: Any) -> AWSResponse:
        """Answer a request (`lambdas.clients.transport.Transport.send`)."""
        target = request.headers.get("X-Amz-Target", b"")
        target = target.decode() if isinstance(target, bytes) else target
        body = request.body.decode() if isinstance(request.body, bytes) else request.body or ""
        if target:
            service, _, operation = target.partition(".")
            answer = json.dumps(self._answer_json(service.partition("_")[0], operation, json.loads(body)))
        elif "/invalidation" in request.url:
            self.calls["cloudfront.Invalidation"] += 1
            answer = _INVALIDATION
        elif request.url.endswith("/event"):
            answer = json.dumps(self._publish_events(json.loads(body)))
        else:
            answer = self._publish(parse_qs(body))
        return AWSResponse(request.url, 200, {"content-type": "application/json"}, Raw(answer.encode()))  # type: ignore[arg-type]

    def _answer_json(self, service: str, operation: str, call: Mapping[str, Any]) -> dict[str, Any]:
        if (
            threading.current_thread() is threading.main_thread()
        ):  # a call beside another takes no time of its own
            self.calls[call_name(_SERVICES[service], operation, call)] += 1
        if service == "DynamoDB":
            return getattr(self, f"_{operation}")(call)  # type: ignore[no-any-return]
        if service == "secretsmanager":
            self.units["secret call"] += 1
            return {"SecretString": self._secret}
        chunks = math.ceil(max(1, len(call.get("MessageBody", ""))) / MESSAGE_CHUNK)
        self.units["sqs request"] += chunks
        return {}

    def _publish(self, form: Mapping[str, list[str]]) -> str:
        [action] = form["Action"]
        texts = [value for name, [value] in form.items() if name == "Message" or name.endswith(".Message")]
        self.calls[f"sns.{action}"] += 1
        # A text message to a phone costs what its carrier asks, and is left out.
        if "PhoneNumber" not in form:
            self.units["sns publish"] += sum(math.ceil(len(text.encode()) / MESSAGE_CHUNK) for text in texts)
        return _SNS_ANSWER.format(action)

    def _publish_events(self, call: Mapping[str, Any]) -> dict[str, Any]:
        self.calls["destination.AppSync"] += 1
        sizes = [len(text.encode()) for text in call["events"]]
        self.units["appsync operation"] += sum(math.ceil(size / APPSYNC_CHUNK) for size in sizes)
        return {"successful": [{"identifier": str(n), "index": n} for n in range(len(sizes))], "failed": []}

    def _GetItem(self, call: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802 - DynamoDB's names
        item = self._read(call["TableName"], call["Key"], consistent=call.get("ConsistentRead", False))
        return {"Item": item} if item else {}

    def _BatchGetItem(self, call: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        found = {
            table: [item for key in asked["Keys"] if (item := self._read(table, key, consistent=True))]
            for table, asked in call["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _read(self, table: str, key: Mapping[str, Any], *, consistent: bool) -> dict[str, Any] | None:
        item = self._items.get(_key(table, key))
        units = math.ceil(max(1, item_bytes(item or {})) / READ_UNIT)
        self.units["dynamodb read"] += units if consistent else units / 2
        return item

    def _PutItem(self, call: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        self._write(call["TableName"], call["Item"])
        return {}

    def _BatchWriteItem(self, call: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        for table, writes in call["RequestItems"].items():
            for write in writes:
                self._write(table, write["PutRequest"]["Item"])
        return {"UnprocessedItems": {}}

    def _UpdateItem(self, call: Mapping[str, Any]) -> dict[str, Any]:  # noqa: N802
        """The item with the values over what it was; a condition always holds, and numbers are not added."""
        names, values = call.get("ExpressionAttributeNames", {}), call.get("ExpressionAttributeValues", {})
        written = {
            name: values[f":{word}_{name}"]
            for name in names.values()
            for word in ("set", "add")
            if f":{word}_{name}" in values
        }
        old = self._items.get(_key(call["TableName"], call["Key"]), {})
        self._write(call["TableName"], {**old, **call["Key"], **written})
        return {"Attributes": old}

    def _write(self, table: str, item: dict[str, Any]) -> None:
        entries = [
            {name: value for name, value in item.items() if name in held}
            for key, held in INDEXES.items()
            if key <= item.keys()
        ]
        sizes = [item_bytes(entry) for entry in (item, *entries)]
        self.units["dynamodb write"] += sum(math.ceil(size / WRITE_UNIT) for size in sizes)
        key = _key(table, item)
        if "ttl" in item:
            kept = int(item["ttl"]["N"]) - self._clock()
            self.kept[key] = (sum(size + ITEM_OVERHEAD for size in sizes), kept)
        self._items[key] = item


def _key(table: str, item: Mapping[str, Any]) -> tuple[str, str]:
    return table, json.dumps([item[name] for name in ("id", "source") if name in item])
