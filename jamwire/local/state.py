"""What is known of a local account between two commands: its ports."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "state.json"


@dataclass(frozen=True, slots=True)
class State:
    """Ports of a local account on 127.0.0.1.

    Attributes:
        port: Where the account answers.
        inbox_port: Where the inbox answers.
    """

    port: int
    inbox_port: int

    @property
    def inbox_url(self) -> str:
        """Address of the inbox."""
        return f"http://127.0.0.1:{self.inbox_port}"


def load(directory: Path) -> State | None:
    """The state as last saved; None where there is none that can be read."""
    try:
        return State(**json.loads((directory / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def save(directory: Path, state: State) -> None:
    """Save the state, whole or not at all."""
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f"{FILE}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(state)))
    draft.replace(directory / FILE)
