"""How much of a function's memory it needs for a first batch."""

from collections.abc import Iterator
from typing import Final

from bench.environment import figure_of
from bench.figure import Figure
from stacks.constructs.function import memory_of

# The first event goes through everything but the wire: all services answer from here.
FIRST_EVENT: Final = """
import time, json
from lambdas.ingest import handler
from lambdas.contracts.keyring import Key, write_document
from botocore.client import BaseClient
secret = write_document({"zap": [Key("1", "secret", "")]})
answers = {"GetSecretValue": {"SecretString": secret}, "PutObject": {}, "Publish": {}}
BaseClient._make_api_call = lambda self, operation, arguments: answers[operation]
event = {"requestContext": {"http": {"method": "POST"}}, "pathParameters": {"endpoint": "zap"},
         "headers": {"authorization": "Bearer secret"}, "body": json.dumps({"title": "x", "more": "y" * LETTERS})}
answer = handler.handle(event, None)
assert answer["statusCode"] == 200, answer
"""
INGEST: Final = {
    "ingest": f"LETTERS = 0\n{FIRST_EVENT}",
    "ingest of 6 MB": f"LETTERS = 6_000_000\n{FIRST_EVENT}",
}

# Ten events of 20 kB, the destination and all services answering from here.
SUBSCRIBER: Final = """
import importlib, time
from botocore.client import BaseClient
from lambdas.contracts.event import Event, Notice
from lambdas.contracts.keyring import Key, write_document
from lambdas.clients import http
secret = write_document({{"destination": [Key("1", "https://slack.invalid/x", "")]}})
invalidation = {{"Invalidation": {{"Id": "I1", "Status": "Completed"}}}}
answers = {{"GetSecretValue": {{"SecretString": secret}},
           "CreateInvalidation": invalidation, "GetInvalidation": invalidation}}
BaseClient._make_api_call = lambda self, operation, arguments: answers.get(operation, {{}})
http.send = lambda request: http.HttpResponse(200)
handle = importlib.import_module("lambdas.{name}.handler").handle
def record(n):
    event = Event(id=str(n), source="/endpoints/x", type="a.b", time="2027-01-15T08:00:00Z",
                  notice=Notice(title="t", text="x" * 2000), body=["x" * 20] * 1000)
    return {{"messageId": str(n), "receiptHandle": f"r{{n}}", "body": event.to_json(),
            "attributes": {{"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))}}}}
class Context:
    aws_request_id = "1"
    get_remaining_time_in_millis = lambda self: 30000
answer = handle({{"Records": [record(n) for n in range(10)]}}, Context())
assert len(answer["batchItemFailures"]) <= 1, answer  # a stateful one keeps a wake-up
"""

# Of this program alone, known on Linux only: `getrusage` would count what its parent had when it was forked (proc(5),
# VmHWM).
PEAK: Final = """
import re, sys
sys.stderr.write(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""


def measure(*, short: bool) -> Iterator[Figure]:
    """Peak resident memory of each function, of what it is given; each runs once, in the short form too."""
    scripts = {**INGEST, **{name: SUBSCRIBER.format(name=name) for name in ("slack", "sms", "cdn")}}
    for name, script in scripts.items():
        peak = figure_of(script + PEAK) / 1024
        memory_mb = memory_of(f"lambdas.{name.partition(' ')[0]}.handler.handle")
        note = f"{memory_mb - peak:.0f} MB to spare"
        yield Figure(name=f"{name}: peak memory", value=peak, unit="MB", goal=memory_mb, note=note)
