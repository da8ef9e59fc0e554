"""What one event takes of each service, and what that costs."""

import json
import math
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bench.cost.prices import GB, MILLION, Bill, dollars, together
from bench.cost.templates import ROOT, DeployedFunction, Template, resources
from bench.lambda_memory import takes_ms, waits_ms

MEASURED: Final = ROOT / "bench" / "cost" / "measured.json"
"""Milliseconds of a whole processor, as ``make cost ARGS=--measure`` found them."""

PLATFORM_LOG_BYTES: Final = 430
"""START, END and REPORT of an invocation, with what CloudWatch counts for each line."""

QUEUE_REQUESTS: Final = 3
"""For each message: SNS sends it, Lambda receives it and deletes it."""

ARCHIVE: Final = "archive"
"""The one that keeps a backup."""

ACCESS_LOG_VALUES: Final = {
    "$context.requestId": "JKJaXmPLvHcESHA=",
    "$context.requestTimeEpoch": "1800000000000",
    "$context.identity.sourceIp": "203.0.113.107",
    "$context.routeKey": "ANY /site",
    "$context.status": "200",
    "$context.responseLatency": "46",
}
LINE_OVERHEAD: Final = 26


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What one event takes of a function that is warm (`bench.cost.trial`).

    Attributes:
        invocations: Of the function.
        hidden: How often its message was left in the queue, to be received again.
        cpu_ms: Milliseconds of a whole processor.
        log_bytes: Of its own log lines, as CloudWatch counts them.
        byte_months: Bytes in DynamoDB, times the months for which they are kept.
        units: What else is billed, by the names of the prices.
        calls: Calls that it waits for (`bench.lambda_memory.call_name`).
        metrics: Custom metrics that its log lines make.
    """

    invocations: float
    hidden: float
    cpu_ms: float
    log_bytes: float
    byte_months: float
    units: Mapping[str, float]
    calls: Mapping[str, float]
    metrics: tuple[str, ...]


def try_out(name: str, function: DeployedFunction) -> Taken:
    """Give a function its events; it runs as its stack configures it.

    Args:
        name: The function's, or what ingest is called with (`bench.cost.trial.REQUESTS`).
        function: Its deployment.

    Raises:
        RuntimeError: It failed; the text is what it wrote.
    """
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "bench.cost.trial", name],
        cwd=ROOT,
        input=json.dumps(dict(function.environment)),
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(f"{name}: {run.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(run.stdout)
    return Taken(**found | {"metrics": tuple(found["metrics"])})


def billed_ms(taken: Taken, function: DeployedFunction, cpu_ms: float) -> float:
    """Milliseconds that Lambda bills for an event: its part of a processor takes longer, and waiting does not."""
    return takes_ms(cpu_ms, waits_ms(function.name, taken.calls), function.memory_mb)


def cost_of_function(taken: Taken, function: DeployedFunction, cpu_ms: float) -> Bill:
    """Dollars of a million events at a function: what it takes by itself."""
    gb_seconds = billed_ms(taken, function, cpu_ms) / 1000 * function.memory_mb / 1024
    platform = PLATFORM_LOG_BYTES * taken.invocations if function.logs_platform else 0
    kept = dollars("dynamodb gb-month", taken.byte_months / GB)
    if function.name == ARCHIVE:
        kept += dollars("dynamodb backup gb-month", taken.byte_months / GB)
    return _million(
        {
            "Lambda": dollars("lambda request", taken.invocations) + dollars("lambda gb-second", gb_seconds),
            "logs": dollars("log gb", (taken.log_bytes + platform) / GB),
            "kept": kept,
        },
        *({SERVICES[unit]: dollars(unit, amount)} for unit, amount in taken.units.items()),
    )


def cost_of_subscriber(taken: Taken, function: DeployedFunction, cpu_ms: float) -> Bill:
    """Dollars of a million events at a subscriber: with what its queue costs."""
    requests = QUEUE_REQUESTS + taken.hidden
    queue = _million({"SQS": dollars("sqs request", requests)})
    return together(queue, cost_of_function(taken, function, cpu_ms))


def cost_of_ingest(taken: Taken, function: DeployedFunction, cpu_ms: float, hub: Template) -> Bill:
    """Dollars of a million webhooks at the hub: with API Gateway and its access log."""
    log = dollars("log gb", access_log_bytes(hub) / GB)
    api = _million({"API Gateway": dollars("api request"), "logs": log})
    return together(api, cost_of_function(taken, function, cpu_ms))


def access_log_bytes(hub: Template) -> int:
    """Bytes of a line of API Gateway's access log."""
    [stage] = resources(hub, "AWS::ApiGatewayV2::Stage")
    line: str = stage["AccessLogSettings"]["Format"]
    # The longest names first: one may begin as another does.
    for name in sorted(ACCESS_LOG_VALUES, key=len, reverse=True):
        line = line.replace(name, ACCESS_LOG_VALUES[name])
    if "$context" in line:
        raise LookupError(f"The access log has a field of unknown length: {line}")
    return len(line) + LINE_OVERHEAD


SERVICES: Final = {
    "sns publish": "SNS",
    "sqs request": "SQS",
    "dynamodb write": "DynamoDB",
    "dynamodb read": "DynamoDB",
    "secret call": "Secrets Manager",
    "appsync operation": "AppSync",
}
"""Under which heading a unit is billed."""


def read_measured() -> dict[str, float]:
    """Milliseconds of a whole processor by function."""
    measured: dict[str, float] = json.loads(MEASURED.read_text())
    return measured


def write_measured(cpu_ms: Mapping[str, float]) -> None:
    """Keep what was measured, rounded up to a tenth."""
    rounded = {name: math.ceil(ms * 10) / 10 for name, ms in cpu_ms.items()}
    MEASURED.write_text(json.dumps(rounded, indent=2) + "\n")


def _million(*bills: Bill) -> Bill:
    return {name: cost * MILLION for name, cost in together(*bills).items()}
