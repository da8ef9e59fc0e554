"""The token of a local account's console, which only whoever runs the account can read."""

import os
import secrets
from pathlib import Path
from typing import Final

FILE: Final = "console-token"


def console_token(directory: Path) -> str:
    """The token, which is made where there is none."""
    path = directory / FILE
    if text := _read(path):
        return text
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f"{FILE}.{os.getpid()}"
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secrets.token_urlsafe(24))
    draft.replace(path)
    return path.read_text()


def _read(path: Path) -> str:
    """A token that nobody else could read."""
    try:
        return path.read_text() if path.stat().st_mode & 0o077 == 0 else ""
    except OSError:
        return ""
