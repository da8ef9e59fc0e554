"""The message attribute by which a subscriber knows that an operator wants an event tried now."""

from typing import Final

RETRIED: Final = "Retried"
"""On a copy of a message whose event waits; its value is when the operator asked, RFC 3339 in UTC."""
