"""What is known of a local account between two commands: its ports."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from jamwire.local.credentials import HOST

FILE: Final = "state.json"


@dataclass(frozen=True, slots=True)
class State:
    """Ports of a local account on this machine.

    Attributes:
        port: Where the account answers.
        inbox_port: Where the inbox answers.
    """

    port: int = 0
    inbox_port: int = 0

    @property
    def inbox_url(self) -> str:
        """Address of the inbox."""
        return f"http://{HOST}:{self.inbox_port}"


def load(directory: Path) -> State | None:
    """The state as last saved; None where there is none that can be read."""
    try:
        document = json.loads((directory / FILE).read_text())
        state = State(**document)
    except (OSError, ValueError, TypeError):
        return None
    return state if all(_is_port(value) for value in document.values()) else None


def _is_port(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**16


def save(directory: Path, state: State) -> None:
    """Save the state, whole or not at all."""
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f"{FILE}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(directory / FILE)
