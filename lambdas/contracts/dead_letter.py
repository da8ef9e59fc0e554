"""The message attributes of a dead letter, which the runtime writes and the command reads."""

from typing import Final

REASON: Final = "Reason"
"""Why the event could not be delivered. Every dead letter has it, and so has one that is sent once more."""

SUBSCRIBER: Final = "Subscriber"
"""The service name of the subscriber."""

ATTEMPTS: Final = "Attempts"
"""How often delivery was tried."""

FIRST_ATTEMPT: Final = "FirstAttempt"
LAST_ATTEMPT: Final = "LastAttempt"
"""When delivery was tried first and last, RFC 3339 in UTC."""
