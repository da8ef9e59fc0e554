"""A placeholder."""

from typing import Any


def handle(event: Any, context: Any) -> None:
    """Do nothing."""
