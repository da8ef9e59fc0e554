"""Addresses of this machine."""

from typing import Final
from urllib.parse import urlsplit

_HOSTS: Final = ("127.0.0.1", "localhost", "::1")


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine and nowhere else."""
    return urlsplit(url).hostname in _HOSTS
