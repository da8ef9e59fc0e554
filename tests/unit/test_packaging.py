"""Jamwire is used from a clone: its command is there from anywhere, and nothing is made to be carried away."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.mark.parametrize("kind", ["--wheel", "--sdist"])
def test_distribution_is_refused(kind: str, tmp_path: Path) -> None:
    command = [BIN / "uv", "build", kind, "--offline", "--no-build-isolation", "--python", sys.executable]
    build = subprocess.run(
        [*command, "--out-dir", tmp_path, ROOT], capture_output=True, text=True, check=False
    )
    assert build.returncode != 0
    assert "Jamwire is used from a clone" in build.stderr
    assert not [path for path in tmp_path.iterdir() if path.suffix in {".whl", ".gz"}]


def test_command_works_outside_the_clone(tmp_path: Path) -> None:
    command = [BIN / "jamwire", "send", "--list"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "netlify/deploy-succeeded" in run.stdout
