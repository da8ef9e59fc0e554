"""The official client of AppSync Events, in a process of its own: what it says line by line."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from jamwire.operations.live import Listening

PATH = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
"""Node comes from the project's own environment; another one may know no WebSocket."""

FOLDER = Path(__file__).parents[1] / "conformance" / "amplify"


def install() -> None:
    """Install it as its lock says, once."""
    if (FOLDER / "node_modules" / ".package-lock.json").exists():
        return
    npm = shutil.which("npm", path=PATH)
    if not npm:
        pytest.skip("npm is not found; make install brings it")
    options = ["--ignore-scripts", "--no-audit", "--no-fund"]
    run = subprocess.run(
        [npm, "--prefix", FOLDER, "ci", *options],
        env=os.environ | {"PATH": PATH},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if run.returncode:
        pytest.skip(f"npm cannot install aws-amplify: {run.stderr[-300:]}")


@contextmanager
def listens(listening: Listening, channel: str) -> Iterator[list[dict[str, Any]]]:
    """Let it listen to a channel and try to publish on it; what it says so far."""
    url = urlsplit(listening.publish_url)
    id = url.netloc.partition(".")[0]
    command = [
        shutil.which("node", path=PATH) or "node",
        FOLDER / "listen.js",
        id,
        f"localhost:{url.port}",
        listening.key,
        channel,
    ]
    said: list[dict[str, Any]] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        thread = threading.Thread(target=lambda: said.extend(map(json.loads, process.stdout or ())))
        thread.start()
        try:
            yield said
        finally:
            process.kill()
            thread.join()
