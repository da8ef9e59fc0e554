"""What is reported of a message to one person that was not sent, beside what became of all together."""

from collections.abc import Mapping
from typing import Final

from lambdas.contracts.not_sent import Fate, NotSentError
from lambdas.runtime.report import count, logger

METRICS: Final[Mapping[Fate, str]] = {"account": "AccountBlocked", "unknown": "Uncertain"}


def report_not_sent(error: NotSentError) -> None:
    """Count it where nobody knows whether it was sent, and say why where somebody has to see to the account."""
    if metric := METRICS.get(error.fate):
        count(metric)
    if error.fate == "account":
        logger.error("account_blocked", reason=error.reason)
