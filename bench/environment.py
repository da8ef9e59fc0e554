"""The environment of a function, and an interpreter of its own in it."""

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Final

from lambdas.contracts.environment import Settings
from lambdas.contracts.ingest_settings import IngestSettings
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.settings import (
    ArchiveSettings,
    CdnSettings,
    LiveSettings,
    RebuildSettings,
    SlackSettings,
    SmsSettings,
    StorySettings,
    SubscriberSettings,
)
from lambdas.contracts.sms_limits import Budget

ROOT: Final = Path(__file__).parent.parent

_TOPIC: Final = "arn:aws:sns:us-east-1:000000000000:bench"

ENVIRONMENT: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Jamwire",
    **IngestSettings(
        topic_arn=_TOPIC,
        secret_arn="bench",  # noqa: S106 - the name of a secret
        payloads_bucket="bench",
        endpoints_file=str(ROOT / "bench" / "endpoints.json"),
    ).to_environment(),
    **SubscriberSettings(
        stack_id="Slack",
        queue_url="https://sqs.invalid/q",
        dead_letters_url="https://sqs.invalid/d",
        ledger_table="ledger",
        give_up_after=3600,
        state_table="state",
        topic_arn=_TOPIC,
    ).to_environment(),
    **SmsSettings(
        phone_numbers=("+12065550100",), max_price=0.5, budget=Budget(per_day=50_000, per_number=10_000)
    ).to_environment(),
    **CdnSettings(distributions=("E2QWRUHAPOMQZL",)).to_environment(),
}
"""Of any function, with what the functions need that are measured by their memory and their start."""

_RATE_LIMITS: Final = {
    "slack": RateLimit(per_second=1, burst=3),
    "cdn": RateLimit(per_second=1, burst=3),
    "rebuild": RateLimit(per_second=1, burst=3),
    "sms": RateLimit(per_second=20, burst=20),
}
_IDEMPOTENT: Final = ("archive", "live", "story")
_SETTINGS: Final[dict[str, Settings]] = {
    "cdn": CdnSettings(distributions=("E2QWRUHAPOMQZL",), wait_for_deploy=True),
    "slack": SlackSettings(secret_arn="slack"),  # noqa: S106 - the name of a secret
    "rebuild": RebuildSettings(
        build_host="netlify",
        secret_arn="rebuild",  # noqa: S106 - the name of a secret
        quiet=10,
        longest_wait=120,
        longest_build=1800,
    ),
    "story": StorySettings(until="deploy.succeeded", patience=2700),
    "live": LiveSettings(
        http_url="https://bench.appsync-api.us-east-1.amazonaws.com/event", states_table="states", keep=86_400
    ),
    "archive": ArchiveSettings(events_table="events", keep_seconds=30 * 24 * 3600),
}


def settings_of(function: str) -> dict[str, str]:
    """What the environment of one function has of its own, as its stack sets it."""
    settings = _SETTINGS[function].to_environment() if function in _SETTINGS else {}
    rate_limit = _RATE_LIMITS.get(function)
    limited = {"RATE_LIMIT": json.dumps(asdict(rate_limit))} if rate_limit else {}
    idempotent = {"IDEMPOTENT": "true"} if function in _IDEMPOTENT else {}
    tables = {"STATE_TABLE": f"state-{function}", "LEDGER_TABLE": f"ledger-{function}"}
    own = {"AWS_REGION": "us-east-1", **tables}
    return {**settings, **limited, **idempotent, **own}


def figure_of(script: str, environment: Mapping[str, str] | None = None) -> float:
    """The number that a script writes to standard error, in an interpreter of its own.

    Raises:
        RuntimeError: It failed; the text is what it wrote instead.
    """
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={**ENVIRONMENT, **(environment or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode:
        raise RuntimeError(run.stderr)
    return float(run.stderr)
