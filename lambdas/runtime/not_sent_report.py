"""What is reported of a message to one person that was not sent, beside what became of all together."""

import math
import time
from collections.abc import Callable
from typing import Final

from lambdas.contracts.not_sent import NotSentError
from lambdas.runtime.report import count, logger

SAID_AGAIN_AFTER: Final = 60.0
"""Seconds. What is wrong with an account is wrong for a thousand recipients, and a log is paid for by the byte."""

_said: Final[dict[str, float]] = {}


def report_not_sent(error: NotSentError, clock: Callable[[], float] = time.monotonic) -> None:
    """Count it where nothing is sent until somebody sees to the account, and say why, once a minute."""
    if error.fate != "account":
        return
    count("AccountBlocked")
    now = clock()
    if now - _said.get(error.reason, -math.inf) >= SAID_AGAIN_AFTER:
        _said[error.reason] = now
        logger.error("account_blocked", reason=error.reason)
