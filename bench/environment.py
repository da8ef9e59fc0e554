"""The environment of a function, and an interpreter of its own in it."""

import subprocess
import sys
from pathlib import Path
from typing import Final

from lambdas.contracts.ingest_settings import IngestSettings
from lambdas.contracts.settings import CdnSettings, SmsSettings, SubscriberSettings
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
        phone_numbers=("+12065550100",), max_price=0.5, budget=Budget(per_day=50, per_number=10)
    ).to_environment(),
    **CdnSettings(distributions=("E2QWRUHAPOMQZL",)).to_environment(),
}


def figure_of(script: str) -> float:
    """The number that a script writes to standard error, in an interpreter of its own.

    Raises:
        RuntimeError: It failed; the text is what it wrote instead.
    """
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    if run.returncode:
        raise RuntimeError(run.stderr)
    return float(run.stderr)
