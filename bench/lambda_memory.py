"""What an event takes on Lambda at a function's memory: how long, and for how much.

A function has a processor's part by its memory, so that its own work takes longer than here and waiting does not. A
processor of Lambda's is taken to be as fast as this machine's.
"""

from collections.abc import Mapping
from typing import Any, Final

WHOLE_PROCESSOR_MB: Final = 1769
"""The memory that brings one processor (Lambda developer guide, "Configure Lambda function memory")."""

SIZES_MB: Final = (192, 256, 512, 1024)
GB_SECOND: Final = 0.0000133334
REQUEST: Final = 0.2 / 1e6
"""Dollars, us-east-1, arm64 (aws.amazon.com/lambda/pricing)."""

LONG_POLL: Final = "sqs.ReceiveMessage for a second"
"""A look into the queue that lasts until something comes, a second at most."""

WAITS_MS: Final = {
    "dynamodb": 6.0,
    "sqs": 8.0,
    "sns": 15.0,
    "cloudfront": 150.0,
    "secretsmanager": 15.0,
    "s3": 20.0,
    LONG_POLL: 1000.0,
}
"""Milliseconds until a service of the same region answers. Assumed: the local account answers at once."""

DESTINATIONS_MS: Final = {"slack": 200.0, "rebuild": 200.0, "live": 20.0}
"""The same of what a function calls beside them: Slack, a build host, AppSync."""


def call_name(service: str, operation: str, arguments: Mapping[str, Any]) -> str:
    """By which calls are counted: ``dynamodb.UpdateItem``; a long poll has a name of its own."""
    return LONG_POLL if arguments.get("WaitTimeSeconds") else f"{service}.{operation}"


def waits_ms(function: str, calls: Mapping[str, float]) -> float:
    """Milliseconds that a function waits for answers, of its calls by name."""
    waits = {**WAITS_MS, "destination": DESTINATIONS_MS.get(function, 0.0)}
    return sum((waits.get(call) or waits[call.partition(".")[0]]) * count for call, count in calls.items())


def takes_ms(cpu_ms: float, waits_ms: float, memory_mb: int) -> float:
    """Milliseconds for which the function is at work, and billed."""
    return cpu_ms / min(1.0, memory_mb / WHOLE_PROCESSOR_MB) + waits_ms


def dollars_of_a_million(takes_ms: float, memory_mb: int) -> float:
    """What a million invocations cost."""
    return 1e6 * (takes_ms / 1000 * memory_mb / 1024 * GB_SECOND + REQUEST)
