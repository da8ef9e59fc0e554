"""A Chromium on this machine, for the tests and the measurements that look at pages."""

import os
import shutil
from typing import Final

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",  # the local account's certificate is its own
)
MISSING: Final = "There is no Chromium here; install one with: apt-get install chromium"


def find_chromium() -> str | None:
    """Where one is; the environment's ``CHROMIUM`` before others."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
