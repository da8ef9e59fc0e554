"""The ports of a local account, which one command leaves to the next."""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from jamwire.local.credentials import HOST

FILE: Final = "state.json"


@dataclass(frozen=True, slots=True)
class Ports:
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


def load_ports(directory: Path) -> Ports | None:
    """The ports as last saved; None where no file of them can be read."""
    try:
        document = json.loads((directory / FILE).read_text())
        ports = Ports(**document)
    except (OSError, ValueError, TypeError):
        return None
    return ports if all(_is_port(value) for value in document.values()) else None


def _is_port(value: object) -> bool:
    return type(value) is int and 0 <= value < 2**16


def save_ports(directory: Path, ports: Ports) -> None:
    """Save the ports, whole or not at all."""
    directory.mkdir(parents=True, exist_ok=True)
    draft = directory / f"{FILE}.{os.getpid()}"
    draft.write_text(json.dumps(asdict(ports)))
    draft.replace(directory / FILE)
