"""The environment of a function, and an interpreter of its own in it."""

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent

ENVIRONMENT: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Jamwire",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:bench",
    "SECRET_ARN": "bench",
    "PAYLOADS_BUCKET": "bench",
    "DESTINATION": "Slack",
    "ENDPOINTS": '{"zap": {"source": "token"}}',
    "PHONE_NUMBERS": '["+12065550100"]',
    "MAX_PRICE": "0.50",
    "BUDGET": '{"per_day": 50, "per_number": 10}',
    "DOCUMENTS_TABLE": "documents",
    "STACK_ID": "Slack",
    "QUEUE_URL": "https://sqs.invalid/q",
    "DEAD_LETTERS_URL": "https://sqs.invalid/d",
    "RULES": '{"distributions": ["E2QWRUHAPOMQZL"]}',
    "LEDGER_TABLE": "ledger",
    "GIVE_UP_AFTER": "3600",
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
