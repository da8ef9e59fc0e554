"""What is written on a dead letter: the runtime writes it, the command reads it."""

from typing import Final

REASON: Final = "Reason"
"""The message attribute that every dead letter has."""
