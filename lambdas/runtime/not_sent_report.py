"""What is reported of a message to one person that was not sent, beside what became of all together."""

from lambdas.contracts.not_sent import NotSentError
from lambdas.runtime.report import count, logger


def report_not_sent(error: NotSentError) -> None:
    """Count and log it where nothing is sent until somebody sees to the account."""
    if error.fate == "account":
        count("AccountBlocked")
        logger.error("account_blocked", reason=error.reason)
