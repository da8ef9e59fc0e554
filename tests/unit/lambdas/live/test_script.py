"""What the visitor's script must be, whatever it does."""

import gzip
import json
import re
import shlex
import subprocess

import pytest

from lambdas.contracts.live_state import MAX_UPDATES
from tests.unit.lambdas.contracts.test_live_channels import SCRIPT

SOURCE = SCRIPT.read_text()
LIVE = SCRIPT.parent
ESBUILD = LIVE / "node_modules" / ".bin" / "esbuild"

needs_esbuild = pytest.mark.skipif(
    not ESBUILD.exists(), reason="live/node_modules is missing: `make live` installs it"
)


def gzipped(script: str) -> int:
    return len(gzip.compress(script.encode(), mtime=0))


def bundled(entry: str) -> str:
    """A bundle, made anew as the script is."""
    build = json.loads((LIVE / "package.json").read_text())["scripts"]["build:live"]
    _, _, *options = shlex.split(build.partition(" --outfile=")[0])
    command = [ESBUILD, f"src/{entry}.js", *options]
    return subprocess.run(command, cwd=LIVE, capture_output=True, text=True, check=True).stdout


def test_script_is_less_than_6_kb_on_its_way() -> None:
    assert gzipped(SOURCE) < 6 * 1024


@needs_esbuild
def test_script_is_less_than_4_kb_without_lists() -> None:
    assert gzipped(bundled("page").partition("\n")[2]) < 4 * 1024


@needs_esbuild
def test_script_is_what_its_sources_make() -> None:
    assert bundled("index") == SOURCE


def test_it_stands_alone_and_writes_text_only() -> None:
    assert not re.search(r"\bimport\b|\brequire\b", SOURCE)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|\.style\b", SOURCE
    )


def test_script_knows_how_much_a_document_has() -> None:
    source = (LIVE / "src" / "live.js").read_text()
    assert f"const MAX_UPDATES = {MAX_UPDATES};" in source
