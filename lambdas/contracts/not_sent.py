"""Why a message to one person was not sent, in words that all messaging services have in common."""

from typing import Literal

Fate = Literal["gone", "refused", "later", "account", "unknown"]
"""Nobody is to be reached there any more; this message will never be taken; it may be taken later; nothing is taken
until somebody sees to the account; the answer was lost, or the service failed on it, so that it may have been sent."""


class NotSentError(Exception):
    """A message was not sent, or nobody knows.

    Attributes:
        fate: What is to become of it.
        reason: Why, in words that hold nothing of the message and nobody's address.
    """

    def __init__(self, fate: Fate, reason: str) -> None:
        super().__init__(reason)
        self.fate = fate
        self.reason = reason
