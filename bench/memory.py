"""How much of a function's memory it needs for a first batch."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench import cold_start
from bench.environment import ENVIRONMENT
from bench.figure import Figure
from stacks.constructs.function import MEMORY_MB

ROOT: Final = Path(__file__).parent.parent

INGEST: Final = {"ingest": cold_start.INGEST, "ingest of 6 MB": cold_start.INGEST_OF_MUCH}

# Ten events of 20 kB, the destination and all services answering from here.
SUBSCRIBER: Final = """
import importlib, time
from botocore.client import BaseClient
from lambdas.contracts.event import Event, Notice
from lambdas.contracts.keyring import Key, write_document
from slack_sdk.webhook import WebhookClient, WebhookResponse
secret = write_document({{"destination": [Key("1", "https://slack.invalid/x", "")]}})
BaseClient._make_api_call = lambda self, operation, arguments: {{"SecretString": secret}}
WebhookClient.send_dict = lambda self, body: WebhookResponse(url="", status_code=200, body="ok", headers={{}})
handle = importlib.import_module("lambdas.{name}").handle
def record(n):
    event = Event(id=str(n), source="/endpoints/x", type="a.b", time="2027-01-15T08:00:00Z",
                  notice=Notice(title="t", text="x" * 2000), body=["x" * 20] * 1000)
    return {{"messageId": str(n), "receiptHandle": "r", "body": event.to_json(),
            "attributes": {{"ApproximateReceiveCount": "1", "SentTimestamp": str(int(time.time() * 1000))}}}}
class Context:
    aws_request_id = "1"
    get_remaining_time_in_millis = lambda self: 30000
answer = handle({{"Records": [record(n) for n in range(10)]}}, Context())
assert answer == {{"batchItemFailures": []}}, answer
"""

# Of this program alone: `getrusage` would count what its parent had when it was forked (proc(5), VmHWM).
PEAK: Final = """
import re, sys
sys.stderr.write(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
"""


def measure() -> Iterator[Figure]:
    """Peak resident memory of each function, of what it is given."""
    scripts = {**INGEST, **{name: SUBSCRIBER.format(name=name) for name in ("slack", "sms", "cdn")}}
    for name, script in scripts.items():
        peak = peak_mb(script)
        note = f"{MEMORY_MB - peak:.0f} MB to spare"
        yield Figure(name=f"{name}: peak memory", value=peak, unit="MB", goal=MEMORY_MB, note=note)


def peak_mb(script: str) -> float:
    """Peak resident memory of a script in an interpreter of its own; known on Linux only."""
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script + PEAK],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(run.stderr) / 1024
